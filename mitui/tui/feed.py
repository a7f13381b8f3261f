"""Where Snapshots come from, as the dashboard sees it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
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

RawToken = Callable[["Identity", str], str]
"""The raw token of an identity for a resource, for one copy to the clipboard; "" where there is none."""
