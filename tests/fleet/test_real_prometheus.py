"""A real Prometheus that scrapes the exporter, and a real node exporter that reads the textfile."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from mitui.cli.packaged_files import packaged_text
from mitui.simulator.host import SimulatedHost
from mitui.simulator.vault.server import SimulatedVault
from tests.cli.commands import run
from tests.cli.exporter.running import LOCAL, running_exporter

PATIENCE = 60.0
ARM = "https://management.azure.com"
PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: mitui
    static_configs: [{{targets: ["{target}"]}}]
"""


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: it is Debian's package of this name")
    return found


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(holds: Callable[[], object], what: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)


class Server:
    """A server's HTTP API on loopback."""

    def __init__(self, port: int) -> None:
        self.place = f"127.0.0.1:{port}"

    def get(self, path: str, **query: str) -> httpx.Response:
        return httpx.get(f"http://{self.place}{path}", params=query, trust_env=False, timeout=10)

    def query(self, expression: str) -> list[dict[str, Any]]:
        answer = self.get("/api/v1/query", query=expression).json()
        assert answer["status"] == "success", (expression, answer)
        return list(answer["data"]["result"])

    def alerts(self) -> dict[str, dict[str, str]]:
        """The labels of each alert that fires, by its name."""
        found = self.get("/api/v1/alerts").json()["data"]["alerts"]
        return {each["labels"]["alertname"]: each["labels"] for each in found if each["state"] == "firing"}


@contextmanager
def serving(command: list[str], port: int, folder: Path) -> Iterator[Server]:
    """A program of Debian's that serves on this port, until the block ends."""
    log = folder / "log"
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=folder) as process:
        try:
            server = Server(port)
            wait_for(lambda: server.get("/").status_code < 500, log.read_text)
            yield server
        finally:
            process.kill()


@contextmanager
def prometheus(target: str, folder: Path) -> Iterator[Server]:
    """Prometheus with our rules, that scrapes this target each second; what is to hold for minutes holds at once."""
    binary, port = program("prometheus"), free_port()
    (folder / "rules.yml").write_text(re.sub(r"for: \S+", "for: 1s", packaged_text("fleet/rules.yml")))
    (folder / "prometheus.yml").write_text(PROMETHEUS.format(target=target))
    arguments = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{port}"]
    with serving([binary, *arguments], port, folder) as server:
        yield server


@pytest.fixture
def vm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedHost]:
    """A VM, on which the exporters of this test run."""
    with SimulatedHost("imds") as host:
        for name, value in host.variables.items():
            monkeypatch.setenv(name, value)
        yield host


def test_an_alert_fires_when_it_should_and_ends_with_its_cause(vm: SimulatedHost, tmp_path: Path) -> None:
    program("prometheus")
    config = tmp_path / "my.toml"
    config.write_text("[dashboard]\ninterval = 2\n")
    vm.fail("imds.notfound")
    with (
        running_exporter(*LOCAL, "--resource", ARM, "--config", str(config)) as exporter,
        prometheus(exporter.url.removeprefix("http://"), tmp_path) as server,
    ):
        failing = "ManagedIdentityTokenFailing"
        wait_for(lambda: failing in server.alerts(), lambda: server.get("/api/v1/targets").text)
        assert server.alerts()[failing]["resource"] == ARM
        assert server.alerts()[failing]["severity"] == "critical"
        assert "ManagedIdentityTokenExpired" not in server.alerts()
        vm.heal()
        wait_for(lambda: failing not in server.alerts())
        assert server.query("mitui_token_valid")[0]["value"][1] == "1"
        exporter.process.kill()
        wait_for(lambda: "ManagedIdentityCheckSilent" in server.alerts())


def test_a_missing_permission_fires_too(vm: SimulatedHost, tmp_path: Path) -> None:
    program("prometheus")
    missing = "ManagedIdentityPermissionMissing"
    with SimulatedVault("contoso-kv", tls=False) as vault:
        of_vault = ("--vault", vault.url, "--allow-loopback-vault", "--want", "secrets/get,secrets/list")
        with (
            running_exporter(*LOCAL, "--resource", ARM, *of_vault) as exporter,
            prometheus(exporter.url.removeprefix("http://"), tmp_path) as server,
        ):
            wait_for(lambda: missing in server.alerts(), lambda: exporter.get().text)
            assert server.alerts()[missing]["vault"] == vault.url
            assert server.query("mitui_vault_wanted_missing")[0]["value"][1] == "2"
            denied = server.query('mitui_vault_permission{verdict="denied"}')
            assert {each["metric"]["permission"] for each in denied} >= {"get", "list"}


def test_the_dashboards_queries_find_something(vm: SimulatedHost, tmp_path: Path) -> None:
    program("prometheus")
    board = json.loads(packaged_text("fleet/dashboard.json"))
    expressions = [
        target["expr"].replace("$instance", ".*") for panel in board["panels"] for target in panel["targets"]
    ]
    with running_exporter(*LOCAL, "--demo", "vm") as exporter:
        exporter.wait_until_ready()
        with prometheus(exporter.url.removeprefix("http://"), tmp_path) as server:
            wait_for(lambda: server.query("mitui_status"))
            empty = {each for each in expressions if not server.query(each)}
    # On this host nothing wanted is missing, no permission is blocked, no token is overdue.
    assert {re.findall(r"mitui_\w+", each)[0] for each in empty} <= {
        "mitui_vault_wanted_missing",
        "mitui_vault_permission",
        "mitui_token_refresh_timestamp_seconds",
        "mitui_warning_info",
    }


def test_the_node_exporter_reads_the_textfile(vm: SimulatedHost, tmp_path: Path) -> None:
    binary, port = program("prometheus-node-exporter"), free_port()
    done = run("check", "--format", "prometheus", "--output", str(tmp_path / "mitui.prom"), "--resource", ARM)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    arguments = [
        "--collector.disable-defaults",
        "--collector.textfile",
        f"--collector.textfile.directory={tmp_path}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with serving([binary, *arguments], port, tmp_path) as server:
        text = server.get("/metrics").text
    assert "node_textfile_scrape_error 0" in text
    assert f'mitui_token_valid{{identity="system-assigned",resource="{ARM}"}} 1' in text
