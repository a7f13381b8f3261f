"""What a bench prints once it listens: variables for a shell, a file or a pipeline, and what else there is to know."""

from __future__ import annotations

import json
import secrets
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from mitui.simulator.bench.bench import Bench
from mitui.simulator.bench.spec import OutputFormat

CONTROL: Final = "MITUI_SIMULATOR"
"""The variable that names the control port."""


def printed(bench: Bench, control_url: str) -> str:
    """Everything, in the format that the bench's spec names."""
    variables = bench.variables | {CONTROL: control_url}
    if bench.spec.format == "json":
        value = {
            "source": bench.spec.source,
            "url": "" if bench.host is None else bench.host.url,
            "root": str(bench.root),
            "variables": variables,
            "vaults": [
                {"name": each.name, "url": each.url, "host": each.host, "address": "{}:{}".format(*each.address)}
                for each in bench.vaults
            ],
            "control": control_url,
            "notes": list(notes(bench, control_url)),
        }
        return json.dumps(value, indent=2) + "\n"
    lines = _LINES[bench.spec.format](variables)
    if bench.spec.format != "github":  # whose file knows no comments
        lines += [f"# {each}" for each in notes(bench, control_url)]
    return "\n".join(lines) + "\n"


def export_lines(variables: Mapping[str, str]) -> list[str]:
    """Each variable as a line for a POSIX shell."""
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]


def dotenv_lines(variables: Mapping[str, str]) -> list[str]:
    """Each variable as a line of a .env file; a text is in quotes where it needs them."""
    return [f"{name}={_dotenv(value)}" for name, value in variables.items()]


def docker_lines(variables: Mapping[str, str]) -> list[str]:
    """Each variable as a line for ``docker run --env-file``, which takes it as it stands; none can have two lines."""
    return [f"{name}={value}" for name, value in variables.items() if "\n" not in value]


def github_lines(variables: Mapping[str, str]) -> list[str]:
    """Each variable as lines for the file that GITHUB_ENV names."""
    lines = []
    for name, value in variables.items():
        if "\n" in value:
            end = f"end-{secrets.token_hex(8)}"
            lines += [f"{name}<<{end}", *value.splitlines(), end]
        else:
            lines.append(f"{name}={value}")
    return lines


_LINES: Final[dict[OutputFormat, Callable[[Mapping[str, str]], list[str]]]] = {
    "env": export_lines,
    "dotenv": dotenv_lines,
    "docker": docker_lines,
    "github": github_lines,
}


def _dotenv(value: str) -> str:
    if all(each.isalnum() or each in "/:.,@%+=_-" for each in value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\n")
    return f'"{escaped}"'


def notes(bench: Bench, control_url: str) -> Iterator[str]:
    """What a person has to know to use it."""
    if bench.scenario is not None:
        yield bench.scenario.words
    kind = bench.host.kind if bench.host is not None else ""
    if kind == "azure_arc" and bench.root == Path("/"):
        yield "The agent's files are where clients look for them, and go when this ends."
    elif kind == "azure_arc":
        yield f"The agent's files, key files included, are below {bench.root}: clients have to look for them there."
    if kind == "workload_identity":
        yield "mitui needs --allow-endpoint 127.0.0.1 here: this is no cloud's own Entra ID."
    for vault in bench.vaults:
        address, port = vault.address
        if not vault.tls:
            yield f"Key Vault {vault.url}"
            continue
        yield f"Key Vault {vault.url} listens on {address}:{port}; its certificate authority: {vault.ca_file}"
        if port == 443:
            yield f"For /etc/hosts: {address} {vault.host}"
        else:
            yield f"To reach it: curl --connect-to {vault.host}:443:{address}:{port}, or port=443 and /etc/hosts."
    if bench.host is not None and bench.host.signed:
        tenant = bench.host.tenant
        yield f"The tokens are signed: {control_url}/{tenant}/v2.0/.well-known/openid-configuration leads to the keys."
    if bench.manager is not None:
        yield f"Azure Resource Manager: {bench.manager.url}; az login --identity works with these variables."
