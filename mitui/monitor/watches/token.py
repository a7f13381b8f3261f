"""Acquires the tokens on the board, and decides when each is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mitui.clock import Clock
from mitui.defect import describe
from mitui.durations import in_words
from mitui.engine.engine_event import EngineEvent
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.identity import Identity
from mitui.engine.token.access_token import AccessToken
from mitui.engine.token.expiry import EARLY
from mitui.monitor.events import EventLog
from mitui.monitor.identity_view import Activity, FailureView
from mitui.monitor.scheduling.due_items import Due, TokenDue
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.session import Session
from mitui.monitor.watch_state import TokenState, WatchState

LONGEST_BACKOFF: Final = 300.0
LONGEST_PAUSE: Final = 3600.0
"""Seconds that Retry-After may ask for; whoever names a year would end the renewals of a board that runs for weeks."""
SHORTEST_REFRESH: Final = 30.0


class TokenWatch:
    """Keeps the token states of the board current."""

    def __init__(
        self, watched: WatchState, schedule: Schedule[Due], log: EventLog, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self._watched = watched
        self._schedule = schedule
        self._log = log
        self._clock = clock
        self._changed = changed
        self._has_news = False  # a token has come since the failures were dressed

    def observe(self, event: EngineEvent) -> None:
        """Show what the engine is doing; called by the engine at each step."""
        state = self._watched.token(event.identity, event.resource)
        if state is None:
            return
        if event.kind == "done":
            state.activity = None
        else:
            state.activity = Activity(event.words, self._clock.now(), event.until)
        self._changed()

    async def acquire(self, session: Session, identity: Identity, resource: str, *, force: bool) -> None:
        """Ask the engine for one token and note the outcome."""
        state = self._watched.token(identity, resource)
        if state is None:
            return
        state.asked_at = self._clock.now()
        try:
            outcome = await session.engine.acquire(identity, resource, force=force)
        finally:
            state.activity = None
        if self._watched.token(identity, resource) is not state:
            return
        if isinstance(outcome, TokenFailure):
            is_new = self.fail(state, identity, resource, outcome)
            self.dress(state)
            if is_new:
                await self._ask_further(session, state, identity, resource, outcome)
        else:
            self._succeed(state, identity, resource, outcome)
            self.dress(state)
            self._has_news = True

    async def _ask_further(
        self, session: Session, state: TokenState, identity: Identity, resource: str, failure: TokenFailure
    ) -> None:
        """Ask the second question that settles this failure, if there is one; the failure is on the board meanwhile."""
        from mitui.monitor.watches.also_tried import about_token

        state.also_tried, state.second_question = (), True
        self._changed()
        cloud = self._watched.source.host.cloud
        try:
            found = await about_token(failure, identity, resource, session, cloud)
        finally:
            state.second_question = False
        if state.failure is failure and found:
            state.also_tried = found
            self.dress(state)

    def fail(self, state: TokenState, identity: Identity, resource: str, failure: TokenFailure) -> bool:
        """Note a failure, beside the last good token, and when to try again: each interval, backing off to 5 min,
        or after the pause that the endpoint asks for, up to an hour.

        True if it is another one than before.
        """
        known = state.failure
        is_new = known is None or (known.kind, known.code) != (failure.kind, failure.code)
        if known is None or (known.kind, known.message) != (failure.kind, failure.message):
            self._log.add("error", self._subject(identity, resource), failure.message)
        _note_failure(state, failure)
        state.failures_in_a_row += 1
        wait = self._watched.interval * 2.0 ** min(state.failures_in_a_row - 1, 10)
        wait = max(
            min(wait, max(LONGEST_BACKOFF, self._watched.interval)), min(failure.retry_after or 0.0, LONGEST_PAUSE)
        )
        self._schedule.put(TokenDue(identity, resource), self._clock.now() + wait)
        return is_new

    def break_down(self, identity: Identity, resource: str, error: BaseException) -> None:
        """Note that asking for this token ended in a defect of ours; it is tried again as after any failure."""
        state = self._watched.token(identity, resource)
        if state is None:
            return
        message, source = describe(error), str(self._watched.source.detection.source)
        now = self._clock.now()
        failure = TokenFailure(FailureKind.DEFECT, message, source, str(identity), resource, attempts=1, failed_at=now)
        self.fail(state, identity, resource, failure)

    def dress(self, state: TokenState) -> None:
        """Make the texts that depend on the host's facts anew."""
        source = self._watched.source
        notices = state.token.notices if state.token is not None else ()
        if notices:
            from mitui.diagnosis.notices import warning_of

            state.warnings = tuple(warning_of(each, source.host, source.environment) for each in notices)
        if state.failure is not None:
            from mitui.monitor.watches.elsewhere import elsewhere
            from mitui.monitor.watches.failure_views import token_failure_view

            around = elsewhere(self._watched, state.failure)
            state.failure_view = token_failure_view(
                state.failure, source.host, source.environment, state.also_tried, around
            )

    def dress_all(self) -> None:
        """The same for every token on the board."""
        for person in self._watched.identities:
            for state in person.tokens.values():
                self.dress(state)

    def dress_failures(self) -> None:
        """The same for what failed, where a token has come since: it may refute a cause, or be the one to use instead.

        To be called before they are looked at, and not for each of the tokens that come at once.
        """
        if not self._has_news:
            return
        self._has_news = False
        for person in self._watched.identities:
            for state in person.tokens.values():
                if state.failure is not None:
                    self.dress(state)

    def share_silence(self, silence: TokenFailure | None) -> None:
        """Without an endpoint nothing is asked for, and every token that is not there fails for that reason."""
        if silence is None:
            return
        for person in self._watched.identities:
            for resource, state in person.tokens.items():
                if state.token is None:
                    _note_failure(state, replace(silence, identity=str(person.planned.identity), resource=resource))
                    self.dress(state)

    def _succeed(self, state: TokenState, identity: Identity, resource: str, token: AccessToken) -> None:
        now = self._clock.now()
        before = state.token
        recovered = state.failure is not None
        state.token, state.failure, state.failure_view = token, None, None
        state.failures_in_a_row, state.also_tried, state.warnings = 0, (), ()
        renewed = ""
        if before is not None and not token.from_cache:
            from mitui.monitor.claim_changes import change_words, renewal_words

            renewed = renewal_words(before.claims, token.claims)
            changed = change_words(before.claims, token.claims)
            if changed:
                self._log.add("warning", self._subject(identity, resource), f"the token changed: {changed}")
            from mitui.diagnosis.stale_permissions import same_token_warning

            due = before.refresh_at <= now or token.expires_at - now <= EARLY
            state.stale = same_token_warning(before.claims, token.claims, was_due=due)
            if before.claims != token.claims:
                state.claims_before = before.claims
        if before is None or recovered or not token.from_cache:
            again = " (the same token as before)" if state.stale is not None else ""
            left = in_words(token.expires_at - now)
            words = f"token acquired in {token.latency_ms:.0f} ms, expires in {left}{again}"
            words = f"{words}; {renewed}" if renewed else words
            self._log.add("ok", self._subject(identity, resource), words)
        if not token.from_cache:
            source = self._watched.source
            source.answered_ms = token.latency_ms
            source.answered_at = source.checked_at = now
        # A token that came with its refresh already due must not make a busy loop.
        self._schedule.put(TokenDue(identity, resource), max(token.refresh_at, now + SHORTEST_REFRESH))

    def _subject(self, identity: Identity, resource: str) -> str:
        state = self._watched.identity(identity)
        name = state.name if state is not None else str(identity)
        return f"{name} · {resource.removeprefix('https://')}"


def _note_failure(state: TokenState, failure: TokenFailure) -> None:
    """Put a failure on the board in plain words; what makes the fuller ones may itself be what breaks."""
    state.failure = failure
    state.failure_view = FailureView(
        str(failure.kind), failure.message, failure.failed_at, failure.http_status, failure.code, failure.exchanges
    )
