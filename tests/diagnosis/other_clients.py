"""Compares what npm's clients and Azure CLI do with what mitui says they would do.

``python -m tests.diagnosis.other_clients`` installs @azure/identity, @azure/msal-node and azure-cli-core at the
releases that the rules name, into a folder of their own, and runs each once a case: on every shape of host, and on
every failure that the simulator plays. ``--record`` writes the choices of every SDK to ``recorded-choices.json`` once
all that could be run agrees. Needs Node and npm; no request leaves loopback.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.sdk.families.node import AZURE_IDENTITY_JS, MSAL_NODE
from mitui.diagnosis.sdk.families.tools import AZURE_CLI
from mitui.diagnosis.sdk.messages import sdk_messages
from mitui.engine.host.environment import HostEnvironment
from mitui.simulator.host import SimulatedHost
from tests.diagnosis.host_shapes import RECORDED, SHAPES, THUMBPRINT, listener_of, name_of, named, on_our_ports
from tests.diagnosis.running import VAULT, environment_of, fail, himds
from tests.diagnosis.sdk_runner import Listeners, SdkProcess
from tests.diagnosis.test_sdk_messages import FAULTS, fits

CLI: Final = "Azure CLI"
CLIENTS: Final = {"msal-node": MSAL_NODE, "@azure/identity": AZURE_IDENTITY_JS, CLI: AZURE_CLI}
RECORD: Final = Path(__file__).with_name("recorded-choices.json")
_SCRIPT: Final = Path(__file__).with_name("npm_client.mjs")
_CLASS: Final = re.compile(r"\w+: ")


class OtherClients:
    """The clients, installed below ``folder`` at the releases that the rules name, and nothing newer."""

    def __init__(self, folder: Path) -> None:
        self._packages = folder / "packages"
        self._packages.mkdir()
        (self._packages / "package.json").write_text('{"name": "clients", "private": true}')
        wanted = [f"{sdk.packages[0]}@{sdk.version}" for name, sdk in CLIENTS.items() if name != CLI]
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", *wanted]
        subprocess.run(npm, cwd=self._packages, check=True)
        venv = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*map(str, pip), f"{AZURE_CLI.packages[0]}=={AZURE_CLI.version}"], check=True)
        self._cli = SdkProcess(venv / "bin/python")

    def run(self, client: str, variables: dict[str, str], *, root: str = "", **more: Any) -> str | None:
        """The error that this client's user sees, None for a token."""
        if client == CLI:
            error = self._cli.run("azure-cli", variables, **more)
            return error if error is None else _CLASS.sub("ERROR: ", error, count=1)
        given = {"client": client, "packages": str(self._packages), "resource": VAULT, "root": root, **more}
        own = {"PATH": os.environ["PATH"], "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9", **variables}
        done = subprocess.run(
            ["node", _SCRIPT], input=json.dumps(given), capture_output=True, text=True, env=own, timeout=60
        )
        said = json.loads(done.stdout)["error"]
        assert said is None or isinstance(said, str)
        return said

    def close(self) -> None:
        """End what still runs."""
        self._cli.close()


def wrong_choices(clients: OtherClients, folder: Path) -> Iterator[str]:
    """Each case in which a client called another address than mitui says."""
    listeners = Listeners(folder)
    for index, shape in enumerate(SHAPES):
        variables = on_our_ports(shape["variables"], listeners)
        choices = {each.sdk: each for each in sdk_choices(_host(folder / str(index), variables, shape))}
        for client, sdk in CLIENTS.items():
            listeners.called.clear()
            error = clients.run(client, variables, himds=shape["himds_installed"], agent_port=listeners.port("arc"))
            called = listeners.called[0] if listeners.called else None
            expected = named(choices[sdk.name].endpoint, listeners)
            if called != expected or (expected is None and error is None):
                yield f"{client} on {name_of(index)} called {called}, not {expected}: {error}"
    listeners.close()


async def wrong_messages(clients: OtherClients) -> list[str]:
    """Each failure about which a client says something else than mitui says it would."""
    wrong = []
    for kind, fault, options in FAULTS:
        with SimulatedHost(kind) as host:
            host.fail(fault, **options)
            predicted = {each.sdk: each.message for each in sdk_messages(await fail(environment_of(host)))}
            variables = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9", **host.variables}
            for client in CLIENTS:
                if client == CLI and predicted[client].startswith("("):
                    continue  # MSAL Python has no message of the kind, which its own test looks at
                said = clients.run(client, variables, root=str(host.root), agent_port=9)
                silent = predicted[client].startswith("(no error")
                if (said is None) != silent or (said is not None and not fits(predicted[client], said)):
                    wrong.append(f"{client} on {kind} with {fault} said {said!r}, not {predicted[client]!r}")
    return wrong


def dumped(shapes: dict[str, dict[str, list[str | None]]]) -> str:
    """JSON with a line for each choice."""
    parts = [
        f"{json.dumps(shape)}: {{\n"
        + ",\n".join(f"  {json.dumps(sdk)}: {json.dumps(each)}" for sdk, each in made.items())
        for shape, made in shapes.items()
    ]
    return "{\n" + "\n},\n".join(parts) + "\n}\n}\n"


def recording(folder: Path) -> dict[str, dict[str, list[str | None]]]:
    """Every SDK's choice on every shape: its source, the listener that stands for the address, and whether it was run.

    MSAL Go was run on the shapes of ``sdk-choices.json`` only.
    """
    shapes = {}
    for index, shape in enumerate(SHAPES):
        variables = {name: value.replace("<thumbprint>", THUMBPRINT) for name, value in shape["variables"].items()}
        choices = sdk_choices(_host(folder / f"record-{index}", variables, shape))
        shapes[name_of(index)] = {
            each.sdk: [
                each.source,
                listener_of(each.endpoint),
                each.basis if was_run(each.sdk, index) else "read, not run",
            ]
            for each in choices
        }
    return shapes


def was_run(sdk: str, index: int) -> bool:
    """Whether this SDK was run on this shape, if it was run at all."""
    return sdk != "MSAL Go 1.9" or index < len(RECORDED)


def _host(root: Path, variables: dict[str, str], shape: dict[str, Any]) -> HostEnvironment:
    root.mkdir()
    if shape["himds_installed"]:
        himds(root)
    return HostEnvironment(variables, root)


def main(arguments: list[str]) -> int:
    """0 where everything agrees."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clients = OtherClients(folder)
        wrong = [*wrong_choices(clients, folder), *asyncio.run(wrong_messages(clients))]
        clients.close()
        for each in wrong:
            print(each)
        if "--record" in arguments and not wrong:
            RECORD.write_text(dumped(recording(folder)))
    print(f"{len(SHAPES)} shapes and {len(FAULTS)} failures, {len(wrong)} of them otherwise than mitui says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
