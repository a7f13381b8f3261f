"""What to watch: the refresher's input, made from the config, the options and the remembered state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.keyvault.verdict import ProbeDepth
    from mitui.monitor.origin import Origin

DEPTHS: Final[tuple[ProbeDepth, ...]] = ("read", "crypto", "deep")
"""How deep a probe may go, the shallowest first."""


@dataclass(frozen=True, slots=True)
class PlannedIdentity:
    identity: Identity
    name: str
    origin: Origin = "default"


@dataclass(frozen=True, slots=True)
class PlannedResource:
    resource: str
    name: str = ""
    origin: Origin = "default"


@dataclass(frozen=True, slots=True)
class PlannedVault:
    """A vault by URL or bare name. ``secret`` is a name to test by the random-version trick, ``prefix`` one for ABAC.

    ``want`` holds permissions such as "secrets/get". ``probe_every`` is in seconds; None probes only when asked.
    ``connect_to`` sends connections for the vault's host to this (address, port) instead, for a simulated vault.
    """

    vault: str
    name: str = ""
    secret: str = ""
    prefix: str = ""
    want: tuple[str, ...] = ()
    depth: ProbeDepth = "read"
    allow_loopback: bool = False
    ca_file: str = ""
    probe_every: float | None = None
    connect_to: tuple[str, int] | None = None
    origin: Origin = "default"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the refresher needs to know before it starts.

    No ``resources`` means the ARM and Key Vault audiences of the host's cloud. ``timeout`` is the longest that any one
    token or vault exchange may take, its retries included, in seconds; None waits as long as it takes, visibly.
    ``expiring_below`` is the remaining lifetime, in seconds, from which a token counts as expiring; from
    ``critical_below`` on, no more than that, it makes its identity critical.
    """

    identities: tuple[PlannedIdentity, ...] = ()
    resources: tuple[PlannedResource, ...] = ()
    vaults: tuple[PlannedVault, ...] = ()
    process_id: int | None = None
    interval: float = 60.0
    timeout: float | None = None
    expiring_below: float = 300.0
    critical_below: float = 0.0
    allow_endpoints: frozenset[str] = field(default=frozenset())
    ca_file: str = ""  # PEM authorities to trust for Entra ID
    probe_at_start: bool = False
    assumptions: tuple[str, ...] = ()
    selected: Identity | None = None  # at the start; None for the first
    names: tuple[tuple[str, str], ...] = ()  # (identity spec, name) of identities that a person renamed
    removed: tuple[str, ...] = ()  # identity specs and resources that a person took off the board
    arm_endpoint: str = ""  # where ARM is, for a simulated host; "" for the cloud's own
