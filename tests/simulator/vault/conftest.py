"""A vault to ask, and a client that speaks to it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3.util.connection
from azure.keyvault.certificates._shared import http_challenge_cache as certificate_challenges
from azure.keyvault.keys._shared import http_challenge_cache as key_challenges
from azure.keyvault.secrets._shared import http_challenge_cache as secret_challenges

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.clients import Clients
from tests.simulator.vault.wire import Wire


@pytest.fixture
def vault() -> Iterator[SimulatedVault]:
    """A vault in which nobody may do anything, over plain HTTP on loopback."""
    with SimulatedVault(tls=False) as started:
        yield started


@pytest.fixture
def wire(vault: SimulatedVault) -> Iterator[Wire]:
    """A connection to ``vault``."""
    client = Wire(vault)
    yield client
    client.close()


@pytest.fixture
def pin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, tuple[str, int]], None]:
    """Let requests dial another address for a host name; every other name stays out of reach."""
    pins: dict[str, tuple[str, int]] = {}
    dial: Callable[..., socket.socket] = urllib3.util.connection.create_connection

    def pinned(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        return dial(pins.get(address[0], address), *rest, **more)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", pinned)
    return pins.__setitem__


@pytest.fixture
def clients(pin: Callable[[str, tuple[str, int]], None]) -> Iterator[Clients]:
    """Microsoft's clients for a vault with TLS, which have not met a challenge yet."""
    for cache in (secret_challenges, key_challenges, certificate_challenges):
        cache.clear()
    with SimulatedVault() as started:
        pin(started.host, started.address)
        made = Clients(started)
        with made.stack:
            yield made
