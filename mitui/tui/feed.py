"""Where Snapshots come from, and how what they hold may leave the board."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.monitor.intents import Intent
    from mitui.monitor.snapshot import Snapshot


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
class Exports:
    """The ways out of the board; each is None where it can't be gone or the config does not allow it."""

    redact: Redaction | None = None
    report: Report | None = None
    raw_token: RawToken | None = None
