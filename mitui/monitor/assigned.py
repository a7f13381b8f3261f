"""The identities that Azure says are assigned to this host."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AssignedIdentities:
    """The answer to "which identities are assigned to this host", asked of ARM on request; or why there is none."""

    asked_at: float
    identities: tuple[tuple[str, str, str], ...] = ()  # (resource ID or "system", client ID, object ID)
    refusal: str = ""
