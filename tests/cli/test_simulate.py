"""`mitui simulate` as a program: another one uses what it prints, unchanged."""

from __future__ import annotations

import contextlib
import json
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mitui.cli.main import main
from mitui.simulator.faults.table import FAULTS
from mitui.simulator.kinds import KINDS
from mitui.simulator.scenarios.table import SCENARIOS
from tests.cli.commands import TIMEOUT, command, run

_CLIENT = """
import base64, json, sys
import azure.identity
credential = azure.identity.ManagedIdentityCredential(retry_total=0, retry_status=0)
try:
    raw = credential.get_token("https://vault.azure.net/.default").token
except Exception as error:
    print(type(error).__name__)
else:
    part = raw.split(".")[1]
    print(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["oid"])
"""


@contextlib.contextmanager
def simulated(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The program that serves, and what it printed as JSON."""
    serving = command("simulate", *arguments, "--format", "json")
    with subprocess.Popen(serving, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = ""
        for line in process.stdout:
            text += line
            if line == "}\n":
                break
        try:
            yield process, json.loads(text)
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT) == 0
        finally:
            process.kill()


def client(variables: dict[str, str]) -> str:
    """What azure-identity says as another program with these variables."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CLIENT],
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT,
        env=variables,
    )
    return done.stdout.strip()


def test_a_client_gets_what_the_options_say() -> None:
    options = ["--identity", "orders", "--fault", "imds.badres,times=1,resource=https://vault.azure.net"]
    with simulated("imds", "--no-system-assigned", *options) as (_, bench):
        assert client(bench["variables"]) == "CredentialUnavailableError"
        first = client(bench["variables"])
    with simulated("app-service", "--no-system-assigned", "--identity", "orders") as (process, bench):
        assert client(bench["variables"]) == "CredentialUnavailableError"  # App Service wants to be told which
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read().split()[1:4] == ["app_service", "GET", "/msi/token"]
    with simulated("imds", "--identity", "orders", "--no-system-assigned") as (_, bench):
        assert client(bench["variables"]) == first


def test_a_file_says_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text('source = "imds"\nlog = "none"\n[[fault]]\nname = "imds.notfound"\n')
    with simulated("--config", str(file)) as (process, bench):
        assert client(bench["variables"]) == "CredentialUnavailableError"
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_the_list_has_a_line_for_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--list"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == ""
    for name in (*KINDS, *SCENARIOS, *FAULTS, "network.firewall"):
        assert any(f" {name} " in line for line in lines), name


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("simulate", ["SOURCE", "--list"]),
        ("simulate imsd", ["did you mean imds?"]),
        ("simulate imds --fault imds.trottle", ["did you mean imds.throttle?"]),
        ("simulate imds --fautl x", ["did you mean --fault?"]),
        ("simulate imds --host 0.0.0.0", ["loopback"]),
        ("simulate imds --host 169.254.169.254", ["169.254.169.254:0 can't be used: Cannot assign requested address"]),
        ("simulate --config /no/such.toml", ["/no/such.toml can't be read"]),
        ("simulate imds --role Owner", ["after --vault"]),
    ],
)
def test_a_mistake_is_one_sentence(line: str, words: list[str]) -> None:
    done = run(*shlex.split(line))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    for each in words:
        assert each in done.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("simulate", "imds", "--port", str(port))
    assert done.returncode == 3
    assert done.stderr == f"mitui: 127.0.0.1:{port} can't be used: Address already in use\n"


def test_variables_of_a_unit_are_not_about_it() -> None:
    done = run("simulate", "--list", variables={"MITUI_VAULT": "contoso-kv", "MITUI_FORMAT": "nagios"})
    assert (done.returncode, done.stderr) == (0, "")
