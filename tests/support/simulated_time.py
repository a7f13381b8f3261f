"""An event loop on which time passes only while nothing can be done, and a wall clock on it that somebody may set.

Everything that waits, deadlines of requests included, waits in simulated time; sockets are real.
"""

from __future__ import annotations

import asyncio
import selectors

from mitui.clock import SystemClock

START = 1_767_225_600.0
_REAL_PATIENCE = 5.0
"""Real seconds after which a loop without timers or bytes will never go on."""


class _Selector(selectors.SelectSelector):
    """Skips each wait in which no byte comes; loopback delivers at once."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            ready = super().select(_REAL_PATIENCE)
            if not ready:
                raise AssertionError("nothing waits for a moment, and no byte comes")
            return ready
        self.elapsed += timeout
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Asyncio's own loop over that selector; ``time()`` is the simulated seconds since it began."""

    def __init__(self) -> None:
        self._waits = _Selector()
        super().__init__(self._waits)

    def time(self) -> float:
        return self._waits.elapsed


class SettableClock(SystemClock):
    """The clock of a machine on a simulated loop. ``skew`` is by how many seconds the wall clock is ahead of truth,
    ``suspended`` how many seconds the machine was asleep: Linux counts them in wall time only.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.skew = 0.0
        self.suspended = 0.0

    def now(self) -> float:
        return self.true_now() + self.skew

    def true_now(self) -> float:
        """What time it really is, in epoch seconds."""
        return START + self.suspended + self.monotonic()

    def monotonic(self) -> float:
        return self._loop.time()

    def asleep(self) -> float:
        return self.suspended
