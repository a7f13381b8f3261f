"""Run a named demo scenario: its host and its vault, on loopback, until nobody looks any more."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM, default_identities
from mitui.simulator.scenarios.table import DEFAULT_SCENARIO, SCENARIOS, Scenario, find_scenario
from mitui.simulator.scenarios.values import RunningScenario, ScenarioResource, ScenarioVault
from mitui.simulator.tokens import USER_OBJECT_ID

if TYPE_CHECKING:
    from mitui.simulator.vault.server import SimulatedVault

__all__ = ["DEFAULT_SCENARIO", "SCENARIOS", "RunningScenario", "Scenario", "find_scenario", "start_scenario"]


@contextmanager
def start_scenario(
    name: str = DEFAULT_SCENARIO,
    *,
    now: Callable[[], float] = time.time,
    port: int = 0,
    address: str = "127.0.0.1",
    root: Path | None = None,
) -> Iterator[RunningScenario]:
    """Run a scenario until the ``with`` block ends. ``now`` gives epoch seconds.

    ``port``, ``address`` and ``root`` are those of its SimulatedHost: any free port, loopback and a temporary directory
    unless told otherwise.

    Raises ValueError for an unknown name or an address that isn't this machine's own, OSError when the port is taken,
    and TlsUnavailableError where the host speaks TLS and the package for it is missing.
    """
    scenario = find_scenario(name)
    resources = tuple(ScenarioResource(each) for each in scenario.resources)
    with ExitStack() as stack:
        if not scenario.kind:
            root = Path(stack.enter_context(TemporaryDirectory(prefix="simulated-host-")))
            variables = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": stack.enter_context(_dead_endpoint())}
            yield RunningScenario(name, variables, root, scenario.identities, resources)
            return
        host = SimulatedHost(
            scenario.kind,
            scenario.assigned,
            system_assigned=scenario.system_assigned,
            port=port,
            host=address,
            root=root,
            now=now,
        )
        stack.enter_context(host)
        scenario.prepare(host)
        simulated = (stack.enter_context(_vault(now)),) if scenario.vaults else ()
        yield RunningScenario(
            name,
            host.variables | scenario.variables,
            host.root,
            scenario.identities,
            resources,
            tuple(_vault_value(vault) for vault in simulated),
            host,
            simulated,
            frozenset({"127.0.0.1"} if scenario.kind == "workload_identity" else ()),
        )


@contextmanager
def _dead_endpoint() -> Iterator[str]:
    """A port that refuses connections: it is taken, but nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def _vault(now: Callable[[], float]) -> SimulatedVault:
    """A vault whose secrets everybody on the host may read; "web" may use keys as well.

    It speaks TLS where certificates can be made.
    """
    from mitui.simulator.vault.server import SimulatedVault

    try:
        import trustme  # noqa: F401
    except ImportError:
        vault = SimulatedVault("contoso-kv", tls=False, clock=now)
    else:
        vault = SimulatedVault("contoso-kv", clock=now)
    vault.secrets["db-password"] = vault.canary
    vault.add_key("signing")
    web, jobs = default_identities()
    for object_id in (SYSTEM.object_id, web.object_id, jobs.object_id, USER_OBJECT_ID):
        vault.grant(object_id, "Key Vault Secrets User")
    vault.grant(web.object_id, "Key Vault Crypto User")
    return vault


def _vault_value(vault: SimulatedVault) -> ScenarioVault:
    return ScenarioVault(
        vault.url,
        vault.name,
        vault.address if vault.tls else None,
        vault.ca_file,
        allow_loopback=not vault.tls,
        want=("secrets/get", "secrets/list"),
        secret="db-password",
    )
