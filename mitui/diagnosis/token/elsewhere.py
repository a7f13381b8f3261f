"""What the rest of the board knows when one token fails: what came for others in the same moment, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOMENT: Final = 60.0
"""Seconds: tokens that came no further apart than this tell of the same state of the host."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """``tokens`` are those that the same source handed out within a moment of the failure, each as the identity that
    it was asked for and the resource. ``user_assigned`` are the user-assigned identities that have tokens here, each as
    its name and its client ID.
    """

    tokens: tuple[tuple[str, str], ...] = ()
    user_assigned: tuple[tuple[str, str], ...] = ()


NOTHING: Final = Elsewhere()
