"""A vault to ask, and a client that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mitui.simulator.vault import SimulatedVault
from tests.simulator_vault.wire import Wire


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
