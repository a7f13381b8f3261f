"""What the dashboard remembers between two runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitui.monitor.plan import PlannedIdentity, PlannedResource


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was added, renamed, removed and chosen by hand.

    ``names`` holds new names of identities that come from elsewhere, by identity spec; ``removed`` the specs,
    resources and vaults that were taken off the board although a default or the config names them.
    """

    identities: tuple[PlannedIdentity, ...] = ()
    resources: tuple[PlannedResource, ...] = ()
    vaults: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    selected: str = ""
    theme: str = ""
