"""A host's identity endpoint is shared by every process on it: never more than our part of its limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from mitui.clock import Clock

IN_FLIGHT: Final = 2
BURST: Final = 10
PER_SECOND: Final = 8.0  # with a full burst 18 in one second; IMDS throttles at 20


class Limiter:
    """At most 2 requests in flight and 18 started within any second, first come, first served."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._tokens = float(BURST)
        self._counted_at = clock.monotonic()

    async def enter(self, waiting: Callable[[], None]) -> None:
        """Take one of the places for a request; calls ``waiting`` first if there is none at once. ``leave`` it then."""
        self._refill()
        if self._slots.locked() or self._tokens < 1:
            waiting()
        await self._slots.acquire()
        try:
            self._refill()
            while self._tokens < 1:
                await self._clock.sleep((1 - self._tokens) / PER_SECOND)
                self._refill()
        except BaseException:
            self._slots.release()
            raise
        self._tokens -= 1

    def leave(self) -> None:
        """Give the place back."""
        self._slots.release()

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(float(BURST), self._tokens + max(0.0, now - self._counted_at) * PER_SECOND)
        self._counted_at = now
