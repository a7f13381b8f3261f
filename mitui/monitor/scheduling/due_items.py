"""The things that can be due, and the names of the jobs that do them."""

from __future__ import annotations

from dataclasses import dataclass

from mitui.engine.identity import Identity


@dataclass(frozen=True, slots=True)
class Arrival:
    """Find out where we are, and set out."""


@dataclass(frozen=True, slots=True)
class AssignedAsked:
    """Ask which identities are assigned to this host."""


@dataclass(frozen=True, slots=True)
class ProcessAsked:
    """Find out which SDKs the process carries whose view this is."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Look at the source again."""


@dataclass(frozen=True, slots=True)
class TokenDue:
    """Ask for this token: it is to be refreshed, or failed and is tried again."""

    identity: Identity
    resource: str


@dataclass(frozen=True, slots=True)
class VaultDue:
    """Probe this vault, named as it was given, as this identity."""

    identity: Identity
    vault: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A token becomes expiring or expired: nothing to do but to say so."""


Due = Arrival | HealthCheck | TokenDue | VaultDue | Turn
