"""The dashboard over one Snapshot made by hand: ``python -m tests.terminal.board NAME``.

Times in the Snapshot are moved to now, so that its countdowns run.
"""

from __future__ import annotations

import asyncio
import dataclasses
import signal
import sys
import time
from collections.abc import AsyncGenerator
from typing import Any

from textual import events

from mitui.clock import SystemClock
from mitui.monitor.intents import Intent, Refresh, SetPaused
from mitui.monitor.snapshot import Snapshot
from mitui.report.markdown import markdown_report
from mitui.tui.app import MituiApp
from mitui.tui.feed import Exports
from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.hostile import poisoned

CANARY = "canary-6e1f0a9c"


def moved(value: Any, seconds: float) -> Any:
    """The value with every moment in it later by so many seconds."""
    if isinstance(value, tuple):
        return tuple(moved(each, seconds) for each in value)
    if isinstance(value, float) and value > 1e9:
        return value + seconds
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = {field.name: moved(getattr(value, field.name), seconds) for field in dataclasses.fields(value)}
    return dataclasses.replace(value, **fields)


class Feed:
    """Yields one Snapshot, on SIGUSR1 a later one, and a paused one when asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._intents: asyncio.Queue[Intent] = asyncio.Queue()

    def send(self, intent: Intent) -> None:
        self._intents.put_nowait(intent)

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.send, Refresh())
        yield self._snapshot
        while True:
            intent = await self._intents.get()
            if isinstance(intent, SetPaused):
                self._snapshot = dataclasses.replace(self._snapshot, paused=intent.paused)
            elif isinstance(intent, Refresh):
                self._snapshot = moved(self._snapshot, 7.0)
            yield self._snapshot


class CrashingApp(MituiApp):
    """A defect that the dashboard can't survive, at the key ``!``, with a secret among its local variables."""

    def on_key(self, event: events.Key) -> None:
        """Crash."""
        if event.character == "!":
            access_token = CANARY + "-token"
            raise RuntimeError(f"a defect after {len(access_token)} characters")


def main(name: str) -> int:
    """Run the dashboard on the named Snapshot."""
    hostile = name == "hostile"
    made: Snapshot = snapshots.failed() if hostile else getattr(snapshots, "healthy" if name == "crash" else name)()
    made = moved(made, time.time() - snapshots.NOW)
    if hostile:
        made = poisoned(made)
    kind = CrashingApp if name == "crash" else MituiApp
    settings = DashboardSettings(mouse="--no-mouse" not in sys.argv, ascii="--ascii" in sys.argv)
    app = kind(
        lambda: Feed(made), SystemClock(), settings=settings, exports=Exports(report=markdown_report, processes=True)
    )
    app.run(mouse=settings.mouse)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
