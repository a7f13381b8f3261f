"""Wall time, elapsed time and sleeping: real, or driven by a test."""

from __future__ import annotations

import asyncio
import heapq
import sys
import time
from typing import Final, Protocol

GLANCE: Final = 5.0
"""Seconds between two glances at the wall clock of who waits for a moment."""
_SET_BACK: Final = 1.0
"""Seconds by which a clock is set back, rather than corrected."""


class Clock(Protocol):
    """The only way to tell the time outside this module."""

    def now(self) -> float:
        """Wall time in epoch seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; for durations and deadlines."""
        ...

    def asleep(self) -> float:
        """Seconds that the machine has slept and ``monotonic()`` has left out, as far as the system tells."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` (at once for zero and less), or earlier with CancelledError."""
        ...

    async def sleep_until(self, moment: float) -> None:
        """Return at ``moment`` in epoch seconds, at once if it has passed; whenever the sleep itself begins.

        Where the wall clock is set meanwhile, or the machine sleeps, it returns within ``GLANCE`` seconds if that made
        the moment pass, and earlier than at the moment if the clock went back.
        """
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def asleep(self) -> float:
        # Linux: CLOCK_MONOTONIC leaves out what CLOCK_BOOTTIME counts, see clock_gettime(2). Elsewhere nothing tells.
        if sys.platform != "linux":
            return 0.0
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    async def sleep_until(self, moment: float) -> None:
        ahead = self.now() - self.monotonic()
        await self.sleep(min(moment - self.now(), GLANCE))
        while (left := moment - self.now()) > 0 and self.now() - self.monotonic() > ahead - _SET_BACK:
            await self.sleep(min(left, GLANCE))


class StillClock(SystemClock):
    """The machine's clock, but for the wall time, which stands at one moment: that of a file."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now


class ManualClock:
    """A clock that stands still until it is advanced; sleepers wake in the order in which they are due."""

    def __init__(self, now: float = 1_767_225_600.0) -> None:
        self._now = now
        self._started = now
        self._order = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now - self._started

    def asleep(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await self.sleep_until(self._now + seconds)

    async def sleep_until(self, moment: float) -> None:
        if moment <= self._now:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._sleepers, (moment, self._order, future))
        await future

    @property
    def sleeping(self) -> int:
        """How many sleepers wait."""
        return sum(not future.done() for _, _, future in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Move on by ``seconds``, waking each sleeper at its own moment and letting it run before the next.

        Whoever can run does so first: it may be about to sleep, and its sleep begins now.
        """
        await self.settle()
        target = self._now + seconds
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not future.done():
                future.set_result(None)
            await self.settle()
        self._now = target
        await self.settle()

    async def settle(self, rounds: int = 50) -> None:
        """Let every task that can run do so, without the time moving."""
        for _ in range(rounds):
            await asyncio.sleep(0)
