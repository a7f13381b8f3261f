"""The demo scenarios show what they say."""

from __future__ import annotations

import http.client
import io
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from mitui.simulator.bench.assembly import source_of, sources
from mitui.simulator.bench.output import export_lines
from mitui.simulator.bench.spec import BenchSpec
from mitui.simulator.scenarios.scenario import DEFAULT_SCENARIO, SCENARIOS, RunningScenario, start_scenario
from mitui.simulator.serve import serve
from tests.simulator.sdk_clients import claims_of, enter, msal_token
from tests.simulator.wire import ask_arc_token, ask_token

_PROJECT = Path(__file__).parents[2]
_NOW = 1_800_000_000.0
_ARM = "https://management.azure.com"
_VAULT = "https://vault.azure.net"
_ORDERS = "api://contoso-orders"
_WEB = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"


def _left(running: RunningScenario, resource: str, **selector: str) -> int:
    assert running.host is not None
    value = ask_token(running.host, resource, **selector).json
    return int(claims_of(value["access_token"])["exp"] - _NOW)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_starts_and_cleans_up(name: str) -> None:
    with start_scenario(name, now=lambda: _NOW) as running:
        assert running.scenario.name == name
        assert running.scenario.identities[0].spec == (f"client:{_WEB}" if name.startswith("pod") else "system")
        assert running.scenario.resources
        assert running.root.is_dir()
        assert all("169.254" not in value for value in running.variables.values())
        assert all(running.scenario.secret in vault.secrets for vault in running.vaults)
    assert not running.root.exists()
    assert SCENARIOS[name].words


def test_the_default_shows_the_pictures() -> None:
    with start_scenario(now=lambda: _NOW) as running:
        host = running.host
        assert host is not None
        assert running.scenario.name == DEFAULT_SCENARIO == "vm"
        assert [each.spec for each in running.scenario.identities] == [
            "system",
            f"client:{_WEB}",
            "object:91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07",
        ]
        assert _left(running, _ARM) == 23 * 3600 + 41 * 60 + 7
        assert _left(running, _VAULT) == 4 * 60 + 12
        assert _left(running, "https://storage.azure.com") == 11 * 3600 + 2 * 60 + 45
        assert _left(running, "https://database.windows.net") == 23 * 3600 + 59 * 60 + 58
        assert "AADSTS500011" in ask_token(host, _ORDERS).json["error_description"]
        assert _left(running, _VAULT, client_id=_WEB) == 86_700
        batch = ask_token(host, object_id="91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07")
        assert (batch.status, batch.json["error_description"]) == (400, "Identity not found")
        assert running.arm_endpoint == host.url


def test_the_vault_of_a_scenario_takes_its_tokens() -> None:
    with start_scenario("healthy") as running:
        host, vault = running.host, running.vaults[0]
        assert host is not None
        assert (vault.url, running.scenario.want) == (
            "https://contoso-kv.vault.azure.net",
            ("secrets/get", "secrets/list"),
        )
        token = ask_token(host, _VAULT).json["access_token"]
        secrets, keys = (_status(vault.address, vault.ca_file, path, token) for path in ("secrets", "keys"))
    assert (secrets, keys) == (200, 403)


def _status(address: tuple[str, int], ca_file: str, path: str, token: str) -> int:
    name = "contoso-kv.vault.azure.net"
    connection = http.client.HTTPSConnection(name, timeout=5)
    context = ssl.create_default_context(cafile=ca_file)
    connection.sock = context.wrap_socket(socket.create_connection(address, timeout=5), server_hostname=name)
    try:
        connection.request("GET", f"/{path}?api-version=7.4", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_without_trustme_the_vault_speaks_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    with start_scenario("healthy") as running:
        vault = running.vaults[0]
        assert vault.url.startswith("http://127.0.0.1:")
        assert (vault.tls, vault.ca_file) == (False, "")


def _description(running: RunningScenario, **selector: str) -> Any:
    assert running.host is not None
    value = ask_token(running.host, **selector).json
    return value.get("error_description") or value.get("message")


def test_what_goes_wrong_in_the_others() -> None:
    now = _NOW
    with start_scenario("multiple") as running:
        assert _description(running).startswith("Multiple user assigned")
        assert _description(running, client_id=_WEB) is None
    with start_scenario("functions-user-only") as running:
        assert _description(running).startswith("No Managed Identity found")
        assert _description(running, client_id=_WEB) is None
        assert running.variables["FUNCTIONS_WORKER_RUNTIME"] == "python"
    with start_scenario("upgrade", now=lambda: now) as running:
        assert running.host is not None
        assert ask_token(running.host).status == 410
        now += 45
        assert ask_token(running.host).status == 200
    with start_scenario("throttled", now=lambda: now) as running:
        assert running.host is not None
        assert ask_token(running.host).headers["retry-after"] == "4"
        now += 20
        assert ask_token(running.host).status == 200
    with start_scenario("arc-legacy") as running:
        assert running.host is not None
        assert "client_id" not in ask_arc_token(running.host, client_id=_WEB).json
    with start_scenario("expired", now=lambda: _NOW) as running:
        assert _left(running, _ARM) == -3600


def test_the_empty_machine_refuses_connections() -> None:
    with start_scenario("empty") as running:
        assert running.host is None
        assert running.arm_endpoint == ""
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(running.variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"], timeout=5)


async def test_an_sdk_gets_a_token_in_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    with start_scenario("arc") as running:
        assert running.host is not None
        enter(running.host, monkeypatch)
        assert claims_of(await msal_token("client_id", _WEB))["appid"] == _WEB


def test_an_unknown_scenario_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="there is no scenario 'nope'; there are vm, healthy"), start_scenario("nope"):
        pass
    with pytest.raises(ValueError, match="nothing to simulate goes by 'nope'; there are vm"):
        source_of("nope")


def test_values_are_quoted_for_a_shell() -> None:
    assert export_lines({"A": "plain", "B": "it's $HOME"}) == ["export A=plain", "export B='it'\"'\"'s $HOME'"]
    shown = subprocess.run(
        ["/bin/sh", "-c", export_lines({"B": "it's $HOME\n; exit 3"})[0] + '; printf %s "$B"'],
        capture_output=True,
        check=True,
        text=True,
    )
    assert shown.stdout == "it's $HOME\n; exit 3"


@pytest.mark.parametrize("source", ["azure-arc", "azure_arc", "arc"])
def test_serving_says_where_the_key_files_are(source: str, tmp_path: Path) -> None:
    out, stop = io.StringIO(), threading.Event()
    stop.set()
    serve(BenchSpec(source_of(source), root=tmp_path), out=out, stop=stop)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("export IDENTITY_ENDPOINT=http://127.0.0.1:")
    assert any(line.startswith("#") and str(tmp_path) in line for line in lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_at_a_signal_and_leaves_nothing_behind(number: int) -> None:
    serving = [sys.executable, "-m", "mitui", "simulate", "azure_arc"]
    with subprocess.Popen(serving, cwd=_PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        variables = dict(word.split("=", 1) for line in lines[:3] for word in shlex.split(line)[1:])
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(variables["IDENTITY_ENDPOINT"], timeout=5)
        root = Path(lines[3].split("are below ")[1].split(":")[0])
        assert root.is_dir()
        process.send_signal(number)
        assert process.wait(5) == 0
    assert not root.exists()


@pytest.mark.parametrize("source", ["workload-identity", "pod"])
def test_another_programs_azure_identity_gets_its_token_there(source: str) -> None:
    serving = [sys.executable, "-m", "mitui", "simulate", source]
    with subprocess.Popen(serving, cwd=_PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        exports = []
        for line in lines:
            if not line.startswith("export "):
                break
            exports.append(line.rstrip())
        program = (
            "import base64, json, azure.identity as ai\n"
            "raw = ai.WorkloadIdentityCredential().get_token('https://vault.azure.net/.default').token\n"
            "part = raw.split('.')[1]\n"
            "print(json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))['appid'])"
        )
        script = "\n".join([*exports, f"exec {shlex.quote(sys.executable)} -W ignore -c {shlex.quote(program)}"])
        done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False, timeout=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert done.stdout.strip() == _WEB, done.stderr
    assert any("SSL_CERT_FILE=" in line for line in exports)


def test_everything_that_can_be_served_is_listed() -> None:
    assert "vm" in sources()
    assert "service_fabric" in sources()


def test_the_simulator_needs_nothing_but_the_standard_library_until_it_speaks_tls() -> None:
    program = (
        "import sys; from mitui.simulator.scenarios.scenario import start_scenario\n"
        "with start_scenario('docker'): pass\n"
        "heavy = {'trustme', 'cryptography', 'httpx', 'jwt', 'textual', 'asyncio'} & set(sys.modules)\n"
        "rooms = {name for name in sys.modules if name.startswith('mitui.')}\n"
        "print(heavy or '', {name for name in rooms if not name.startswith('mitui.simulator')} or '')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=_PROJECT, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == ""
