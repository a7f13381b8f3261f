"""A feed made of snapshots by hand, and the dashboard over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from mitui.clock import ManualClock
from mitui.monitor.intents import Intent
from mitui.monitor.snapshot import Snapshot
from mitui.tui.app import MituiApp
from mitui.tui.feed import Exports
from mitui.tui.settings import DashboardSettings
from tests.support.snapshots import NOW


class ScriptedFeed:
    """Yields the snapshots it was given, then whatever ``push`` brings; remembers every intent."""

    def __init__(self, *snapshots: Snapshot | Exception) -> None:
        self.sent: list[Intent] = []
        self.closed = False
        self._queue: asyncio.Queue[Snapshot | Exception] = asyncio.Queue()
        for snapshot in snapshots:
            self._queue.put_nowait(snapshot)

    def send(self, intent: Intent) -> None:
        self.sent.append(intent)

    def push(self, snapshot: Snapshot | Exception) -> None:
        """The next snapshot, or the error that ends the feed."""
        self._queue.put_nowait(snapshot)

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        try:
            while True:
                snapshot = await self._queue.get()
                if isinstance(snapshot, Exception):
                    raise snapshot
                yield snapshot
        finally:
            self.closed = True


def dashboard(
    *snapshots: Snapshot,
    settings: DashboardSettings | None = None,
    exports: Exports | None = None,
    clock: ManualClock | None = None,
) -> tuple[MituiApp, ScriptedFeed]:
    """The application over a scripted feed, at the time of the hand-made snapshots."""
    feed = ScriptedFeed(*snapshots)
    return MituiApp(
        lambda: feed, clock or ManualClock(NOW), settings=settings, exports=exports or Exports(processes=True)
    ), feed
