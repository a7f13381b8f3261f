"""A host that commands are run on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mitui.simulator.host import SimulatedHost


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedHost]:
    """An App Service app, on which this process runs."""
    monkeypatch.delenv("AZURE_POD_IDENTITY_AUTHORITY_HOST")
    with SimulatedHost("app_service") as host:
        for name, value in host.variables.items():
            monkeypatch.setenv(name, value)
        yield host
