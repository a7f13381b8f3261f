"""A pytest fixture that puts a test on a simulated Azure host.

``simulated_host`` runs a host on loopback, makes the environment that of a process on it, yields the host and undoes
both. ``@pytest.mark.simulated_host("app_service", ...)`` says which, with the keys that the TOML file of
``mitui simulate`` has: ``identities=["orders"]``, ``system_assigned=False``, ``lifetime=60``, ``faults=["imds.gone"]``.
The bench behind it, with its vaults and its log, is the fixture ``simulated_bench``. Each test has a host of its own,
on a free port, so that tests may run side by side.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from mitui.simulator.bench.bench import Bench
    from mitui.simulator.host import SimulatedHost

_MARKER: Final = "simulated_host"
_HIDDEN: Final = (
    "ACC_CLOUD",
    "ACC_TERM_ID",
    "AZUREPS_HOST_ENVIRONMENT",
    "AZURE_AUTHORITY_HOST",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "AZURE_TENANT_ID",
    "DEFAULT_IDENTITY_CLIENT_ID",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
)
"""The variables that would lead a client elsewhere, and those of an identity of the person who runs the tests."""
_PLURALS: Final = {"identities": "identity", "faults": "fault", "vaults": "vault"}


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", f"{_MARKER}(source, **settings): the simulated Azure host that a test runs on")


@pytest.fixture
def simulated_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The bench that the test's marker says, or an Azure VM, while the environment leads to it."""
    from mitui.simulator.bench.bench import Bench

    with Bench(_spec(request)) as bench, pytest.MonkeyPatch.context() as patch:
        for name in _HIDDEN:
            patch.delenv(name, raising=False)
        for name in os.environ:
            if name.startswith("AZURE_KUBERNETES_"):
                patch.delenv(name)
        for name, value in bench.variables.items():
            patch.setenv(name, value)
        yield bench


@pytest.fixture
def simulated_host(simulated_bench: Bench) -> SimulatedHost:
    """The host that the test runs on: its ``requests``, its ``identities``, and ``fail()``."""
    if simulated_bench.host is None:
        raise pytest.UsageError(f"the scenario {simulated_bench.spec.source} has no host")
    return simulated_bench.host


def _spec(request: pytest.FixtureRequest) -> Any:
    from mitui.simulator.bench.assembly import bench_of

    marker = request.node.get_closest_marker(_MARKER)
    arguments: tuple[Any, ...] = marker.args if marker is not None else ()
    settings: dict[str, Any] = dict(marker.kwargs) if marker is not None else {}
    table: dict[str, Any] = {_PLURALS.get(name, name): value for name, value in settings.items()}
    for key in _PLURALS.values():
        if isinstance(table.get(key), (list, tuple)):
            table[key] = [{"name": each} if isinstance(each, str) else each for each in table[key]]
    if len(arguments) > 1:
        raise pytest.UsageError(f"the marker {_MARKER} takes one source, not {len(arguments)}")
    try:
        return bench_of({"source": arguments[0] if arguments else "imds", **table})
    except ValueError as error:
        raise pytest.UsageError(f"the marker {_MARKER}: {error}") from None
