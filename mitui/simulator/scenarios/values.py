"""What a demo scenario hands to whoever shows it: plain strings and values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitui.simulator.host import SimulatedHost
    from mitui.simulator.vault.server import SimulatedVault


@dataclass(frozen=True, slots=True)
class ScenarioIdentity:
    """An identity to look at; ``spec`` is such as "system" or "client:<guid>"."""

    name: str
    spec: str


@dataclass(frozen=True, slots=True)
class ScenarioResource:
    """A resource to ask a token for."""

    resource: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioVault:
    """A vault to probe. Connections for its host go to ``connect_to`` and trust ``ca_file``; over plain HTTP neither
    is needed, and ``allow_loopback`` is. ``secret`` is the name of a secret that it holds."""

    url: str
    name: str = ""
    connect_to: tuple[str, int] | None = None
    ca_file: str = ""
    allow_loopback: bool = False
    want: tuple[str, ...] = ()
    prefix: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class RunningScenario:
    """A scenario that runs: the environment of a process on its host, and what there is to look at.

    ``root`` is the filesystem root to look for files below; ``arm_endpoint`` stands in for Azure Resource Manager, and
    ``allow_endpoints`` names hosts that stand in for Entra ID. The host (None where there is none) and the vaults can
    be made to fail, or healed, while it runs.
    """

    name: str
    variables: dict[str, str]
    root: Path
    identities: tuple[ScenarioIdentity, ...]
    resources: tuple[ScenarioResource, ...]
    vaults: tuple[ScenarioVault, ...] = ()
    host: SimulatedHost | None = None
    simulated_vaults: tuple[SimulatedVault, ...] = field(default=())
    allow_endpoints: frozenset[str] = field(default=frozenset())

    @property
    def exported_variables(self) -> dict[str, str]:
        """The variables for a program on this machine, which looks for files where they really are."""
        return self.variables | (self.host.exported_variables if self.host is not None else {})

    @property
    def arm_endpoint(self) -> str:
        """The base URL of the simulated Azure Resource Manager, "" where there is no host."""
        return "" if self.host is None else self.host.url
