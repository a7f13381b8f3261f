"""What a person can ask of the refresher. Small messages; the refresher owns all timing."""

from __future__ import annotations

from dataclasses import dataclass

from mitui.engine.identity import Identity
from mitui.keyvault.verdict import ProbeDepth


@dataclass(frozen=True, slots=True)
class SelectIdentity:
    identity: Identity


@dataclass(frozen=True, slots=True)
class AddIdentity:
    """Add and select an identity; remembered in the state file."""

    identity: Identity
    name: str


@dataclass(frozen=True, slots=True)
class RenameIdentity:
    identity: Identity
    name: str


@dataclass(frozen=True, slots=True)
class RemoveIdentity:
    identity: Identity


@dataclass(frozen=True, slots=True)
class AddResource:
    resource: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RemoveResource:
    resource: str


@dataclass(frozen=True, slots=True)
class AddVault:
    """Add a vault by URL or bare name."""

    vault: str


@dataclass(frozen=True, slots=True)
class RemoveVault:
    vault: str


@dataclass(frozen=True, slots=True)
class Refresh:
    """Ask for a new token now, past the cache: of this resource, or of all for the selected identity if None."""

    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """Probe this vault (its URL; None: the first) as the selected identity. ``deep`` has been confirmed by a person."""

    vault: str | None = None
    depth: ProbeDepth = "read"


@dataclass(frozen=True, slots=True)
class WatchVault:
    """Start (or stop) probing every 30 s until what is denied is granted."""

    vault: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class SetPaused:
    paused: bool


@dataclass(frozen=True, slots=True)
class SetInterval:
    """Seconds between health checks; at least 2."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LookAs:
    """See the host as this process does; None for our own view."""

    process_id: int | None


@dataclass(frozen=True, slots=True)
class ListAssigned:
    """Ask ARM which identities are assigned to this host (needs Reader on the host's own resource)."""


Intent = (
    SelectIdentity
    | AddIdentity
    | RenameIdentity
    | RemoveIdentity
    | AddResource
    | RemoveResource
    | AddVault
    | RemoveVault
    | Refresh
    | Probe
    | WatchVault
    | SetPaused
    | SetInterval
    | LookAs
    | ListAssigned
)
