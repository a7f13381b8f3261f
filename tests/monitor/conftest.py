"""A clock that stands until it is moved, and a VM that goes by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mitui.clock import ManualClock
from mitui.simulator.host import SimulatedHost


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def vm(clock: ManualClock) -> Iterator[SimulatedHost]:
    with SimulatedHost("imds", now=clock.now) as host:
        yield host
