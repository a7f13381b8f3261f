"""Fixtures for every test: no address but loopback can be reached, and nothing of the caller's environment leaks in."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from mitui.monitor.snapshot import Snapshot
    from tests.support.saved_scenarios import ScenarioFiles

_IDENTITY_VARIABLES = (
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "DEFAULT_IDENTITY_CLIENT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "AZUREPS_HOST_ENVIRONMENT",
    "AZURE_KUBERNETES_TOKEN_PROXY",
    "AZURE_KUBERNETES_SNI_NAME",
    "AZURE_KUBERNETES_CA_FILE",
    "AZURE_KUBERNETES_CA_DATA",
    "KUBERNETES_SERVICE_HOST",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "NO_COLOR",
    "TEXTUAL_THEME",
)
for _name in ("NO_COLOR", "TEXTUAL_THEME", *(each for each in os.environ if each.startswith("MITUI_"))):
    os.environ.pop(_name, None)


def pytest_xdist_auto_num_workers() -> int:
    """Three workers for two cores: half of the time a test waits for a clock, a process or a terminal."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def is_loopback(address: object) -> bool:
    """Whether a socket address stays on this machine: a Unix path, 127.0.0.0/8, ::1 or localhost."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Refuse every connection, datagram and name look-up that would leave this machine; returns what was refused."""
    refused: list[object] = []
    connect, connect_ex, sendto, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
        socket.getaddrinfo,
    )

    def guard(address: object) -> None:
        if not is_loopback(address):
            refused.append(address)
            raise OSError(101, f"the test suite refuses to reach {address!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        guard(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        guard(address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        guard(rest[-1])
        return sendto(self, data, *rest)

    def guarded_look_up(host: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        try:
            ipaddress.ip_address(str(name).partition("%")[0])
        except ValueError:
            if name not in (None, "", "localhost", socket.gethostname()):
                refused.append(name)
                raise socket.gaierror(socket.EAI_NONAME, f"the test suite looks no name up: {name!r}") from None
        return look_up(host, *rest, **more)

    def guarded_aliases(host: Any) -> Any:
        refused.append(host)
        raise socket.gaierror(socket.EAI_NONAME, f"the test suite looks no name up: {host!r}")

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket.socket, "sendto", guarded_sendto)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    monkeypatch.setattr(socket, "gethostbyname_ex", guarded_aliases)
    return refused


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No identity, proxy or colour variables; a home of its own; and a dead IMDS for whatever slips through."""
    for name in _IDENTITY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="session")
def scenario_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ScenarioFiles]:
    """Every scenario of the simulator, saved, masked and not."""
    from tests.support.saved_scenarios import save_scenarios

    return save_scenarios(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="session")
def replayed(scenario_files: dict[str, ScenarioFiles]) -> dict[str, Snapshot]:
    """What a replay of each scenario shows, by the scenario's name."""
    return {name: files.replayed() for name, files in scenario_files.items()}


settings.register_profile("long", max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
"""``--hypothesis-profile=long`` takes 100,000 examples for every test that says nothing else."""
settings.register_profile("usual", deadline=None)
settings.load_profile("usual")
