"""Notices that the wall clock was set, or that the machine slept: all that is due, and every age, is in wall time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mitui.clock import Clock
from mitui.durations import in_words
from mitui.engine.failure import FailureKind
from mitui.engine.token.access_token import AccessToken
from mitui.engine.token.expiry import EARLY
from mitui.monitor.events import EventLog
from mitui.monitor.identity_view import Activity, FailureView
from mitui.monitor.scheduling.due_items import Due
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.watch_state import TokenState, VaultState, WatchState

NOTICED: Final = 10.0
"""Seconds; a clock that is corrected by less disturbs nothing."""
_JUST_NOW: Final = 0.5
"""Seconds in which an answer has been drawn, and with it a clock noticed that was set."""


class ClockWatch:
    """Compares the wall clock with the one that never goes back, and that one with the time the machine has slept."""

    def __init__(self, watched: WatchState, schedule: Schedule[Due], log: EventLog, clock: Clock) -> None:
        self._watched = watched
        self._schedule = schedule
        self._log = log
        self._clock = clock
        self._slept = clock.asleep()
        self._ahead = self._ahead_now()
        self._by = 0.0

    def _ahead_now(self) -> float:
        return self._clock.now() - self._clock.monotonic() - self._clock.asleep()

    def was_set(self) -> bool:
        """Whether it was set, or the machine has slept, since this was last asked.

        If it was set, all that was measured before is as old as before, and what is due is due after as long a wait as
        before. What fell due while the machine slept is due at once. Where no system tells of a sleep, it looks like a
        clock that was set ahead.
        """
        ahead, slept = self._ahead_now(), self._clock.asleep()
        by, slept_for = ahead - self._ahead, slept - self._slept
        self._ahead, self._slept, self._by = ahead, slept, 0.0
        if abs(by) < NOTICED and slept_for < NOTICED:
            return False
        if slept_for >= NOTICED:
            self._log.add("info", "clock", f"this host slept for {in_words(round(slept_for))}")
        if abs(by) >= NOTICED:
            self._by = by
            self._schedule.shift(by)
            way = "back" if by < 0 else "ahead"
            self._log.add("warning", "clock", f"this host's clock was set {way} by {in_words(round(abs(by)))}")
            self._move_the_past()
        self._shift_what_is_under_way(by + slept_for)
        return True

    def is_suspect(self, state: TokenState) -> bool:
        """Whether what is known of this token was said because of a clock that showed another time, or whether it is
        renewed only shortly before its end, which a clock that was set ahead has brought nearer.
        """
        token, failure = state.token, state.failure
        if token is not None and any(each.kind == "clock_skew" for each in token.notices):
            return True
        if token is not None and self._by > 0 and token.refresh_at >= token.expires_at - EARLY:
            return True
        return failure is not None and failure.kind is FailureKind.TOKEN_EXPIRED

    def moved(self, token: AccessToken) -> AccessToken:
        """The token, with the times that were measured here as this clock would have shown them.

        Its end is the endpoint's word and stays, so its renewal is put off to that at most.
        """
        acquired_at = self._moved(token.acquired_at)
        by = acquired_at - token.acquired_at
        refresh_at = token.refresh_at + by
        if by > 0:
            refresh_at = min(refresh_at, max(token.refresh_at, token.expires_at - EARLY))
        return replace(token, acquired_at=acquired_at, refresh_at=refresh_at) if by else token

    def _is_of_now(self, moment: float) -> bool:
        """Whether it was measured after the clock was set: whatever happens then has that noticed at once."""
        return 0 <= self._clock.now() - moment <= _JUST_NOW

    def _moved(self, moment: float) -> float:
        return moment if self._is_of_now(moment) else moment + self._by

    def _moved_if_known(self, moment: float | None) -> float | None:
        return None if moment is None else self._moved(moment)

    def _move_the_past(self) -> None:
        watched, source = self._watched, self._watched.source
        source.checked_at = self._moved_if_known(source.checked_at)
        source.answered_at = self._moved_if_known(source.answered_at)
        source.failure = self._moved_view(source.failure)
        if watched.assigned is not None:
            watched.assigned = replace(watched.assigned, asked_at=self._moved(watched.assigned.asked_at))
        for person in watched.identities:
            for token in person.tokens.values():
                self._move_token(token)
            for vault in person.vaults.values():
                self._move_vault(vault)

    def _move_token(self, state: TokenState) -> None:
        state.asked_at = self._moved_if_known(state.asked_at)
        state.failure_view = self._moved_view(state.failure_view)
        if state.token is not None:
            state.token = self.moved(state.token)
        if state.failure is not None:
            state.failure = replace(state.failure, failed_at=self._moved(state.failure.failed_at))

    def _move_vault(self, state: VaultState) -> None:
        state.failure_view = self._moved_view(state.failure_view)
        if state.result is not None:
            started_at, finished_at = self._moved(state.result.started_at), self._moved(state.result.finished_at)
            state.result = replace(state.result, started_at=started_at, finished_at=finished_at)
        if state.watch is not None:
            granted_at = self._moved_if_known(state.watch.granted_at)
            state.watch = replace(state.watch, started_at=self._moved(state.watch.started_at), granted_at=granted_at)

    def _moved_view(self, view: FailureView | None) -> FailureView | None:
        return None if view is None else replace(view, at=self._moved(view.at))

    def _shift_what_is_under_way(self, by: float) -> None:
        for person in self._watched.identities:
            for token in person.tokens.values():
                token.activity = self._shifted(token.activity, by)
            for vault in person.vaults.values():
                vault.activity = self._shifted(vault.activity, by)
                if vault.watch is not None and vault.watch.next_probe_at is not None:
                    vault.watch = replace(vault.watch, next_probe_at=vault.watch.next_probe_at + self._by)

    def _shifted(self, activity: Activity | None, by: float) -> Activity | None:
        if activity is None or self._is_of_now(activity.since):
            return activity
        until = None if activity.until is None else activity.until + by
        return Activity(activity.words, activity.since + by, until)
