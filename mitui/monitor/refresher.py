"""The background refresher: an async stream of frozen Snapshots, driven by what is due and by intents."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Final

from mitui.clock import Clock
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.plan import Plan
from mitui.monitor.scheduling.due_items import Turn
from mitui.monitor.scheduling.scheduler import Scheduler
from mitui.monitor.snapshot import Snapshot
from mitui.monitor.views.snapshot_builder import SnapshotBuilder

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.monitor.intent_handler import IntentHandler
    from mitui.monitor.intents import Intent
    from mitui.monitor.remembered import Remembered

PACE_A_TOKEN: Final = 0.001
"""Seconds between two Snapshots for each token that is watched: of a thousand, one more or less can wait a second."""


class Refresher:
    """Watches what the plan names and yields a Snapshot whenever something changed.

    ``environment`` is our own view of the host. ``remember`` is handed each change to what the dashboard remembers.
    Snapshots are at least ``pace`` seconds apart, and further where very much is watched, but for the one that answers
    an intent: what changes in quick succession, as at the start, is drawn together.
    """

    def __init__(
        self,
        plan: Plan,
        environment: HostEnvironment,
        clock: Clock,
        *,
        remember: Callable[[Callable[[Remembered], Remembered]], None] | None = None,
        pace: float = 0.0,
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._changed = asyncio.Event()
        self._scheduler = Scheduler(plan, environment, clock, self._changed.set)
        self._builder = SnapshotBuilder(plan, self._scheduler.schedule)
        self._remember = remember or (lambda change: None)
        self._asks: IntentHandler | None = None
        self._intents: deque[Intent] = deque()
        self._asked = asyncio.Event()
        self._pace = pace
        self._told_at = 0.0

    def send(self, intent: Intent) -> None:
        """Take an intent; returns at once. Called on the loop that iterates."""
        self._intents.append(intent)
        self._asked.set()
        self._changed.set()

    def raw_token(self, identity: Identity, resource: str) -> str:
        """The token itself, for one copy that a person has confirmed; "" if there is none.

        The only way by which a token leaves the engine: to be wired up only where the config allows it.
        """
        session = self._scheduler.requests.session
        token = session.engine.cached(identity, resource) if session is not None else None
        return token.secret.reveal() if token is not None else ""

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """Every Snapshot that differs from the one before; closing the iterator cancels all that is under way."""
        scheduler = self._scheduler
        last: Snapshot | None = None
        try:
            scheduler.begin()
            while True:
                self._changed.clear()
                self._asked.clear()
                while self._intents:
                    await self._carry_out(self._intents.popleft())
                if not scheduler.watched.paused:
                    await scheduler.run_due()
                snapshot = self._snapshot()
                if snapshot != last:
                    last = snapshot
                    self._told_at = self._clock.monotonic()
                    yield snapshot
                await self._until_something()
        finally:
            await scheduler.close()

    async def _carry_out(self, intent: Intent) -> None:
        if self._asks is None:  # `check` never asks for anything, so it does not load what answers
            from mitui.monitor.intent_handler import IntentHandler

            self._asks = IntentHandler(self._scheduler, self._remember)
        await self._asks.take(intent)

    def _snapshot(self) -> Snapshot:
        scheduler, builder = self._scheduler, self._builder
        scheduler.tokens.dress_failures()
        snapshot = builder.build(
            scheduler.watched, scheduler.log.events, self._clock.now(), complete=scheduler.is_complete
        )
        if builder.turn is not None and scheduler.schedule.at(Turn()) != builder.turn:
            scheduler.schedule.put(Turn(), builder.turn)
        return snapshot

    @property
    def _pace_now(self) -> float:
        """The pace for as much as is watched by now; none where there is none at all."""
        count = sum(len(each.tokens) for each in self._scheduler.watched.identities)
        return max(self._pace, PACE_A_TOKEN * count) if self._pace else 0.0

    async def _until_something(self) -> None:
        """Sleep until the next thing is due, an intent comes or the board changes; what happens at once is one wake."""
        if not self._changed.is_set():
            due = None if self._scheduler.watched.paused else self._scheduler.schedule.next_at()
            waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(self._changed.wait())]
            if due is not None:
                waiting.append(asyncio.ensure_future(self._clock.sleep_until(due)))
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waiting:
                    each.cancel()
        await asyncio.sleep(0)
        early = self._told_at + self._pace_now - self._clock.monotonic()
        if early > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), early)
