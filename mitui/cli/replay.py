"""``mitui --replay FILE``: a saved Snapshot in place of the refresher's, at the time at which it was taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING

from mitui.monitor.intents import SelectIdentity
from mitui.monitor.snapshot import Snapshot

if TYPE_CHECKING:
    from mitui.monitor.intents import Intent


class ReplayFeed:
    """The one Snapshot of a file, for as long as somebody iterates; another identity can be selected in it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._changed = asyncio.Event()

    def send(self, intent: Intent) -> None:
        """Select an identity; there is nobody to ask for anything else."""
        if isinstance(intent, SelectIdentity):
            identities = [each.identity for each in self._snapshot.identities]
            if intent.identity in identities:
                self._snapshot = replace(self._snapshot, selected=identities.index(intent.identity))
                self._changed.set()

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """The Snapshot, again after each selection."""
        while True:
            self._changed.clear()
            yield self._snapshot
            await self._changed.wait()
