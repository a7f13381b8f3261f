"""Notices that the wall clock was set, or that the machine slept: all that is due, and every age, is in wall time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mitui.clock import Clock
from mitui.durations import in_words
from mitui.monitor.events import EventLog
from mitui.monitor.scheduling.due_items import Due
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.snapshot import Activity
from mitui.monitor.watch_state import TokenState, WatchState

NOTICED: Final = 10.0
"""Seconds; a clock that is corrected by less disturbs nothing."""


class ClockWatch:
    """Compares the wall clock with the one that never goes back. Linux counts no sleep of the machine in that one."""

    def __init__(self, watched: WatchState, schedule: Schedule[Due], log: EventLog, clock: Clock) -> None:
        self._watched = watched
        self._schedule = schedule
        self._log = log
        self._clock = clock
        self._ahead = clock.now() - clock.monotonic()
        self._by = 0.0

    def was_set(self) -> bool:
        """Whether it was set since this was last asked.

        If so, what is due is due after as long a wait as before, or at once where that moment has passed; whatever is
        under way began as long ago as before.
        """
        ahead = self._clock.now() - self._clock.monotonic()
        by, self._ahead = ahead - self._ahead, ahead
        self._by = by
        if abs(by) < NOTICED:
            return False
        if by < 0:
            self._schedule.shift(by)
            self._log.add("warning", "clock", f"this host's clock was set back by {in_words(-by)}")
        else:
            self._log.add("info", "clock", f"this host slept for {in_words(by)}, or its clock was set ahead by it")
        self._shift_what_is_under_way(by)
        return True

    def is_suspect(self, state: TokenState) -> bool:
        """Whether what is known of this token was measured by a clock that showed another time, or whether, after the
        clock was set back, the moment for its renewal comes only when it is over.
        """
        now, back = self._clock.now(), max(0.0, -self._by)
        token, failure = state.token, state.failure
        if token is not None and (token.acquired_at > now or any(each.kind == "clock_skew" for each in token.notices)):
            return True
        if token is not None and token.refresh_at + back > token.expires_at:
            return True
        return failure is not None and failure.failed_at > now

    def _shift_what_is_under_way(self, by: float) -> None:
        for person in self._watched.identities:
            for token in person.tokens.values():
                token.activity = _shifted(token.activity, by)
            for vault in person.vaults.values():
                vault.activity = _shifted(vault.activity, by)
                if vault.watch is not None and vault.watch.next_probe_at is not None and by < 0:
                    vault.watch = replace(vault.watch, next_probe_at=vault.watch.next_probe_at + by)


def _shifted(activity: Activity | None, by: float) -> Activity | None:
    if activity is None:
        return None
    until = None if activity.until is None else activity.until + by
    return Activity(activity.words, activity.since + by, until)
