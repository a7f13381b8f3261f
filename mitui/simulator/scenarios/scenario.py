"""Run a named demo scenario: its host and its vault, on loopback, until nobody looks any more."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM, SimulatedIdentity, default_identities
from mitui.simulator.scenarios.table import DEFAULT_SCENARIO, SCENARIOS, Scenario, find_scenario
from mitui.simulator.tokens import USER_OBJECT_ID

if TYPE_CHECKING:
    from mitui.simulator.vault.server import SimulatedVault

__all__ = ["DEFAULT_SCENARIO", "SCENARIOS", "RunningScenario", "Scenario", "find_scenario", "start_scenario"]


@dataclass(frozen=True, slots=True)
class RunningScenario:
    """A scenario that runs: the environment of a process on its host, and what can be made to fail, or healed.

    ``root`` is the filesystem root to look for files below; ``host`` is None where there is none. ``allow_endpoints``
    names hosts that stand in for Entra ID.
    """

    scenario: Scenario
    variables: dict[str, str]
    root: Path
    host: SimulatedHost | None = None
    vaults: tuple[SimulatedVault, ...] = ()
    allow_endpoints: frozenset[str] = frozenset()

    @property
    def exported_variables(self) -> dict[str, str]:
        """The variables for a program on this machine, which looks for files where they really are."""
        return self.variables | (self.host.exported_variables if self.host is not None else {})

    @property
    def arm_endpoint(self) -> str:
        """The base URL of the simulated Azure Resource Manager, "" where there is no host."""
        return "" if self.host is None else self.host.url


@contextmanager
def start_scenario(
    name: str = DEFAULT_SCENARIO,
    *,
    now: Callable[[], float] = time.time,
    port: int = 0,
    address: str = "127.0.0.1",
    root: Path | None = None,
    assigned: Sequence[SimulatedIdentity] | None = None,
    system_assigned: bool | None = None,
    with_vault: bool = True,
) -> Iterator[RunningScenario]:
    """Run a scenario until the ``with`` block ends. ``now`` gives epoch seconds.

    ``port``, ``address`` and ``root`` are those of its SimulatedHost: any free port, loopback and a temporary directory
    unless told otherwise. ``assigned`` and ``system_assigned`` replace what the scenario has; without ``with_vault``
    its vault is left out.

    Raises ValueError for an unknown name or an address that isn't this machine's own, OSError when the port is taken,
    and TlsUnavailableError where the host speaks TLS and the package for it is missing.
    """
    scenario = find_scenario(name)
    with ExitStack() as stack:
        if not scenario.kind:
            root = Path(stack.enter_context(TemporaryDirectory(prefix="simulated-host-")))
            variables = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": stack.enter_context(_dead_endpoint())}
            yield RunningScenario(scenario, variables, root)
            return
        host = SimulatedHost(
            scenario.kind,
            scenario.assigned if assigned is None else assigned,
            system_assigned=scenario.system_assigned if system_assigned is None else system_assigned,
            port=port,
            host=address,
            root=root,
            now=now,
        )
        stack.enter_context(host)
        scenario.prepare(host)
        vaults = (stack.enter_context(_vault(now, scenario.secret)),) if scenario.has_vault and with_vault else ()
        for vault in vaults:
            scenario.prepare_vault(vault)
        allowed = frozenset({"127.0.0.1"} if scenario.kind == "workload_identity" else ())
        yield RunningScenario(scenario, host.variables | scenario.variables, host.root, host, vaults, allowed)


@contextmanager
def _dead_endpoint() -> Iterator[str]:
    """A port that refuses connections: it is taken, but nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def _vault(now: Callable[[], float], secret: str) -> SimulatedVault:
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
    stock(vault, secret)
    web, jobs = default_identities()
    for object_id in (SYSTEM.object_id, web.object_id, jobs.object_id, USER_OBJECT_ID):
        vault.grant(object_id, "Key Vault Secrets User")
    vault.grant(web.object_id, "Key Vault Crypto User")
    return vault


def stock(vault: SimulatedVault, secret: str) -> None:
    """Put into a scenario's vault what lies there at the start; ``secret`` is the name of the one secret."""
    vault.secrets[secret] = vault.canary
    vault.add_key("signing")
