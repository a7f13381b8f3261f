"""Where Snapshots come from, and how what they hold may leave the board."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.monitor.identity_view import IdentityView
    from mitui.monitor.intents import Intent
    from mitui.monitor.snapshot import Snapshot
    from mitui.tui.compared_row import ComparedRow


class SnapshotFeed(Protocol):
    """The refresher, or in tests a list of snapshots made by hand."""

    def send(self, intent: Intent) -> None:
        """Take an intent; returns at once. Called on the loop that iterates."""
        ...

    def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """Every Snapshot from now on; closing the iterator cancels all that is under way."""
        ...


FeedFactory = Callable[[], "SnapshotFeed"]
"""Builds the feed, with all its heavy imports; called once the first frame stands."""

Redaction = Callable[["Snapshot"], "Snapshot"]
"""The snapshot with every id masked, consistently."""

Report = Callable[["Snapshot"], str]
"""The whole snapshot as text for a ticket."""

RawToken = Callable[["Identity", str], str]
"""The raw token of an identity for a resource, for one copy to the clipboard; "" where there is none."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of saving, in ``words``; ``command`` opens the file, and is "" where that did not work."""

    words: str
    command: str = ""


Saving = Callable[["Snapshot", bool], Kept]
"""Keep the snapshot in a new file, with every id masked or not."""


@dataclass(frozen=True, slots=True)
class SavedBoard:
    """A file of this folder that the board can be compared with; ``at`` in epoch seconds, ``host`` "" if not known."""

    name: str
    at: float
    host: str = ""
    masked: bool = False


class Comparing(Protocol):
    """What differs, in the order in which it matters."""

    def compare(self, a: Snapshot, b: Snapshot) -> tuple[ComparedRow, ...]:
        """Between two looks."""
        ...

    def compare_identities(self, a: IdentityView, b: IdentityView) -> tuple[ComparedRow, ...]:
        """Between two identities of one look."""
        ...

    def saved_boards(self) -> tuple[SavedBoard, ...]:
        """The files that were saved from boards in this folder, the newest first."""
        ...

    def compare_saved(self, name: str, board: Snapshot, masked: bool) -> tuple[ComparedRow, ...] | str:
        """Between such a file and the board as it came, ``masked`` or as it is; or why it can't be read."""
        ...

    async def look_as(self, process: int | None) -> Snapshot:
        """One look at this host, beside the feed, as that process sees it; None for our own view."""
        ...


@dataclass(frozen=True, slots=True)
class Exports:
    """The ways out of the board; each is None where it can't be gone or the config does not allow it.

    ``processes`` says whether the board is of this very host, whose processes can be compared with; ``masked`` whether
    each id on it is a mask already, as in a masked file.
    """

    redact: Redaction | None = None
    report: Report | None = None
    raw_token: RawToken | None = None
    save: Saving | None = None
    comparing: Comparing | None = None
    processes: bool = False
    masked: bool = False
