"""The bounded log of what the refresher did."""

from __future__ import annotations

from typing import Final, Literal

from mitui.clock import Clock
from mitui.monitor.event import Event

LIMIT: Final = 500


class EventLog:
    """The last 500 events, the oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.events: tuple[Event, ...] = ()

    def add(self, level: Literal["info", "ok", "warning", "error"], subject: str, message: str) -> None:
        """Note what happened just now."""
        event = Event(self._clock.now(), level, subject, message)
        self.events = (*self.events[-(LIMIT - 1) :], event)
