"""Knows the truth, and holds every Snapshot against it for as long as it stands on the board.

The board speaks by the wall clock, right or wrong, as every SDK on the host does: a token whose end that clock has
passed is expired, and one that comes so is refused as ``token_expired``. Where the clock is off by more than
``TOLERANCE`` s, the board says that as well: in a warning of the source after each look at it, and in one of each token
that came meanwhile. A token that is over by the endpoint's clock is no token, whatever the host's own clock shows.

Whatever was measured before the clock was set is as old as before. Let pass, and no more than this:

- for 6 s (``NOTICED``) after a jump of the clock, times and ages by the clock as it was before: that wakes nobody, and
  who waits for a moment glances at the clock every 5 s; after a sleep, a source whose answer the sleep broke off, too;
- for 63 s (the interval, ``LOOKS`` and ``SLACK``) after a trouble has begun or ended, the source as it was before: that
  is how often it is looked at; and while Arc's agent is still taken for the source, what comes of asking it then;
- for 165 s (``SETTLES``) after the first answer that was a failure, the status of before: the retries are under way;
- for 405 s (``HEALS``) after the end of a trouble, its failures: the longest wait for the next try;
- for 1 s (``SLACK``), the token before the one that has just come;
- silence for what only an answer tells: while nothing answers, whether the clock is right, and whether a token that is
  good by the wall clock has failed, or is over in truth;
- a failure of ``defect`` for the warnings of a token that mitui could not make;
- the failure that a token shares with a silent source, until the question is answered that follows the silence;
- the log of events, whose times are those that the clock showed then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Final

from mitui.clock import GLANCE
from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.warning_kinds import QUIET_WARNINGS
from mitui.durations import in_words
from mitui.engine.identity import ClientId
from mitui.monitor.event import Event
from mitui.monitor.identity_view import FailureView, IdentityView, TokenView
from mitui.monitor.snapshot import Snapshot
from tests.endurance.answers import Answers, TokenAnswer
from tests.endurance.defects import CANARY
from tests.endurance.troubles import SILENCES
from tests.endurance.world import World

NOTICED: Final = GLANCE + 1.0
"""Seconds in which a clock that was set, or a machine that slept, is noticed, and what it made wrong asked for anew."""
LOOKS: Final = 2.0
"""Seconds that one look at the source takes at most."""
SLACK: Final = 1.0
"""Seconds for what is under way at this moment."""
SETTLES: Final = 4 * 40.0 + 5.0
"""Seconds in which one acquisition has ended: four waits of the longest Retry-After that is heeded here."""
HEALS: Final = max(300.0 + 30.0, 400.0) + 5.0
"""Seconds after a trouble in which everything is well again: the longest wait, after a last request that hung until its
deadline; or the longest Retry-After."""
TOLERANCE: Final = 60.0
"""Seconds that a clock may be off without a word."""
EXPIRING, RENEWED = 300.0, 15.0
"""Seconds before its end from which a token counts as expiring; and those that a renewal may take that is due then."""


@dataclass(slots=True)
class Oracle:
    """Every wrong word on the board, with the moment and the trouble of it."""

    world: World
    interval: float
    wrong: list[str] = field(default_factory=list)
    checks: int = 0
    states: set[tuple[str, str]] = field(default_factory=set)
    _last_event: Event | None = None
    _silent_at: float = -1e9
    _came: dict[tuple[str, str], tuple[object, list[TokenAnswer]]] = field(default_factory=dict)

    def look(self, snapshot: Snapshot, *, stands: bool = False) -> None:
        """Hold this Snapshot against the truth: it has just come, or ``stands`` on the board for a while."""
        self.checks += 1
        world, now = self.world, self.world.clock.monotonic()
        self.states.add((snapshot.status, world.trouble))
        self._source(snapshot, now)
        self._clock(snapshot, now)
        for identity in snapshot.identities:
            for token in identity.tokens:
                self._token(snapshot, identity, token, now)
                if stands:
                    idle = token.next_attempt_at is None and token.activity is None
                    self._hold(not idle, f"nothing will ask for {token.resource} again")
        self._status(snapshot)
        if not stands:
            self._hold(CANARY not in self._words(snapshot), "the text of an exception")

    def _words(self, snapshot: Snapshot) -> str:
        """All that is new on the board, as text."""
        old, self._last_event = self._last_event, snapshot.events[-1] if snapshot.events else None
        fresh = list(takewhile(lambda each: each is not old, reversed(snapshot.events)))
        return f"{fresh} {replace(snapshot, events=())}"

    def _hold(self, right: bool, what: str) -> None:
        if not right:
            world = self.world
            recent = ", ".join(f"{name} at {at:.0f}" for at, name in world.history[-4:])
            trouble, elapsed = world.trouble or "no trouble", world.clock.monotonic()
            self.wrong.append(f"at {elapsed:.0f} s, {trouble}, skew {world.clock.skew:.0f} ({recent}): {what}")

    @property
    def _looked(self) -> float:
        """Seconds after which the source has been looked at once more."""
        return self.interval + LOOKS + SLACK

    def _is_calm(self, now: float) -> bool:
        """Whether no trouble, nor a jump of the clock, is so recent that its traces may still be on the board."""
        world = self.world
        return not world.trouble and now - world.calm_since > HEALS and now - world.jumped_at > NOTICED

    def _source(self, snapshot: Snapshot, now: float) -> None:
        world, source = self.world, snapshot.source
        broken_off = world.slept and now - world.jumped_at <= NOTICED
        steady = now - max(world.troubled_since, world.calm_since) > self._looked and not broken_off
        if steady:
            expected = "azure_arc" if world.trouble == "agent" else "imds"
            self._hold(source.kind == expected, f"the source is {source.kind}")
            self._hold((world.trouble in SILENCES) == (source.failure is not None), f"silence: {_said(source.failure)}")
            self._kinds_of_source(snapshot)
        if world.trouble not in ("agent", "network", "defect") and steady:
            self._hold(now - world.checked_at <= self._looked, "nobody has looked at the source")
        if source.failure is not None:
            self._silent_at = now
            allowed = self._kinds_of_silence(source.failure) | ({"connection_lost"} if broken_off else set())
            self._hold(source.failure.kind in allowed, _said(source.failure))
            self._past("silence since", source.failure.at)
        self._past("checked", source.checked_at)
        self._past("answered", source.answered_at)
        self._due("the next check", snapshot.next_check_at, self.interval)

    def _kinds_of_source(self, snapshot: Snapshot) -> None:
        """What is warned of at the source: that it is slow, or that mitui itself can't look at it."""
        world, kinds = self.world, {each.kind for each in snapshot.warnings}
        self._hold((world.trouble == "blackhole") == ("endpoint_slow" in kinds), f"slow: {sorted(kinds)}")
        blind = bool(world.defects.broken & {"probe", "send"})
        self._hold(blind == ("defect" in kinds), f"broken: {sorted(kinds)}")

    def _kinds_of_silence(self, failure: FailureView) -> frozenset[str]:
        """The kinds that a look at the source may have met which ended when this failure is said to have come."""
        world = self.world
        troubles = [world.troubles_between(each - LOOKS, each) for each in world.moments(failure.at, NOTICED)]
        return frozenset().union(*(SILENCES[each] for each in set().union(*troubles) if each in SILENCES))

    def _past(self, what: str, moment: float | None) -> None:
        """It is not still to come by the clock."""
        if moment is not None:
            ahead = moment - max(self.world.walls(NOTICED))
            self._hold(ahead <= SLACK, f"{what} {ahead:.0f} s from now")

    def _due(self, what: str, moment: float | None, within: float) -> None:
        """It is not over by the clock, nor further away than that."""
        if moment is not None:
            left = [moment - wall for wall in self.world.walls(NOTICED)]
            is_right = any(-SLACK <= each <= within + SLACK for each in left)
            self._hold(is_right, f"{what} is due in {left[0]:.0f} s")

    def _clock(self, snapshot: Snapshot, now: float) -> None:
        """What is said of the clock itself: that it jumped, and by how much it is off."""
        world = self.world
        if NOTICED < now - world.jumped_at < HEALS:
            said = [each.message for each in snapshot.events if each.subject == "clock"][-1:]
            words = f"this host's clock was set {'back' if world.jumped_by < 0 else 'ahead'} by"
            expected = f"{'this host slept for' if world.slept else words} {in_words(round(abs(world.jumped_by)))}"
            self._hold(said == [expected], f"{said} in place of {expected}")
        if now - max(world.jumped_at, world.calm_since) > self._looked and not world.trouble:
            self._warned(snapshot.warnings, world.clock.skew, "the source")

    def _warned(self, warnings: Iterable[HealthWarning], skew: float, who: str) -> None:
        """Whether a clock that is off by so much is warned of, and by how much it is off in the words."""
        said = [each.message for each in warnings if each.kind == "clock_skew"]
        is_off = abs(skew) > TOLERANCE
        self._hold(bool(said) == is_off, f"{who}: a clock that is {skew:.0f} s ahead: {said}")
        # The header has whole seconds only.
        spoken = [f" {in_words(abs(skew) + late)} off " for late in (-1.0, 0.0, 1.0)]
        right = all(any(words in each for words in spoken) for each in said)
        self._hold(right, f"{who}, by {skew:.0f}: {said}")

    def _token(self, snapshot: Snapshot, identity: IdentityView, token: TokenView, now: float) -> None:
        world = self.world
        who = identity.identity.value if isinstance(identity.identity, ClientId) else "system"
        key = (who or "", token.resource)
        what = f"{key[0][:6]} {token.resource.removeprefix('https://')}"
        answers = world.answers.get(key, Answers())
        good = answers.good
        self._times(token, what)
        self._by_the_clock(token, what)
        self._waiting(token, what, now)
        if token.acquired_at is not None:
            came = self._origins(key, token.acquired_at, good)
            right_end = any(each.expires_at == token.expires_at for each in came)
            self._hold(right_end, f"{what}: acquired when no such token came, {came}")
            newest = bool(good) and (now - good[-1].at <= SLACK or any(each is good[-1] for each in came))
            self._hold(newest, f"{what}: not the token that came last")
            skews = {each.skew for each in came}
            broken = "dress" in world.defects.broken or (token.failure is not None and token.failure.kind == "defect")
            if len(skews) == 1 and (token.warnings or not broken):
                self._warned(token.warnings, skews.pop(), what)
        if token.status == "failed":
            self._cause(snapshot, token, what, key)
        else:
            self._hold(token.failure is None, f"{what}: {token.status}, and a failure")
            silent = snapshot.source.failure is not None
            failing = answers.failing_since
            settles = failing is None or now - max(failing, world.source_changed_at) <= SETTLES
            self._hold(silent or settles, f"{what}: {token.status} although it fails")
        if self._is_calm(now):
            self._in_calm(token, what, answers.last[-1])

    def _origins(self, key: tuple[str, str], acquired_at: float, good: Iterable[TokenAnswer]) -> list[TokenAnswer]:
        """The answers that brought a token at the moment when this one is said to have come."""
        world = self.world
        stamp = (acquired_at, world.jumped_at, world.clock.monotonic() - world.jumped_at <= NOTICED)
        known = self._came.get(key)
        if known is None or known[0] != stamp:
            told = world.moments(acquired_at, NOTICED)
            came = [each for each in good if any(abs(each.at - moment) <= SLACK for moment in told)]
            known = self._came[key] = (stamp, came)
        return known[1]

    def _times(self, token: TokenView, what: str) -> None:
        self._past(f"{what}: acquired", token.acquired_at)
        self._past(f"{what}: failed", token.failure.at if token.failure else None)
        if token.activity is None:
            longest = 400.0 if token.status == "failed" else 86_700.0
            self._due(f"{what}: the next attempt", token.next_attempt_at, longest)
        else:
            self._past(f"{what}: at it since", token.activity.since)
            self._due(f"{what}: the end of its wait", token.activity.until, 60.0)

    def _by_the_clock(self, token: TokenView, what: str) -> None:
        if token.status not in ("ok", "expiring", "expired") or token.expires_at is None or token.refresh_at is None:
            self._hold(token.status in ("waiting", "failed"), f"{what}: {token.status}, and no time")
            return
        ends = token.expires_at
        begins = ends - EXPIRING
        if abs(token.refresh_at - begins) < RENEWED:
            begins = min(token.refresh_at + RENEWED, ends)
        walls = self.world.walls(NOTICED)
        possible = {
            "expired" if wall + late >= ends else "expiring" if wall + late >= begins else "ok"
            for wall in walls
            for late in (-0.1, 0.1)
        }
        self._hold(token.status in possible, f"{what}: {token.status} with {ends - walls[0]:.0f} s left")

    def _waiting(self, token: TokenView, what: str, now: float) -> None:
        """A token waits unasked only until the board has set out, at the start and on a source that is new."""
        if token.status == "waiting" and token.activity is None:
            setting_out = now - self.world.source_changed_at <= self._looked + LOOKS
            self._hold(setting_out, f"{what}: waits for nothing")

    def _cause(self, snapshot: Snapshot, token: TokenView, what: str, key: tuple[str, str]) -> None:
        """The failure is of a kind that came at its very moment, or the silence of the source."""
        failure, silence, world = token.failure, snapshot.source.failure, self.world
        if failure is None:
            self._hold(False, f"{what}: failed, and no word why")
            return
        gone = self._looked if snapshot.source.kind == "azure_arc" else 0.0
        moments = world.moments(failure.at, NOTICED)
        allowed: frozenset[str] = frozenset().union(*(world.kinds_at(key, each, gone) for each in moments))
        if silence is not None or token.activity is not None or world.clock.monotonic() - self._silent_at <= SLACK:
            allowed |= self._kinds_of_silence(failure)
        self._hold(failure.kind in allowed, f"{what}: {failure.kind}, {failure.message}; not of {sorted(allowed)}")

    def _in_calm(self, token: TokenView, what: str, last: TokenAnswer) -> None:
        """Nothing is wrong but the clock, for a while: each token is what its last answer was."""
        clock = self.world.clock
        if last.expires_at is None:
            self._hold(last.skew == clock.skew, f"{what}: failed by a clock that has been set since")
            self._hold(token.status == "failed", f"{what}: {token.status} in place of failed")
            self._hold(clock.skew > 0 and "token_expired" in last.kinds, f"{what}: failed without a reason")
        else:
            self._hold(token.status == "ok", f"{what}: {token.status} although all is well")
            self._hold(last.expires_at > clock.true_now(), f"{what}: over in truth, and not renewed")

    def _status(self, snapshot: Snapshot) -> None:
        """The status of the whole is what its parts add up to."""
        tokens = [token for identity in snapshot.identities for token in identity.tokens]
        said = [*snapshot.warnings, *(warning for each in snapshot.identities for warning in each.all_warnings)]
        lowering = {each.kind for each in said} - QUIET_WARNINGS
        if snapshot.source.failure is not None:
            expected = "critical" if snapshot.source.answered_at is not None else "unknown"
        elif any(token.status in ("failed", "expired") for token in tokens):
            expected = "critical"
        elif any(token.status == "expiring" for token in tokens) or lowering:
            expected = "warning"
        elif all(any(token.status == "ok" for token in each.tokens) for each in snapshot.identities):
            expected = "ok"
        else:
            expected = "unknown"
        states = [*(token.status for token in tokens), *(each.kind for each in said)]
        self._hold(snapshot.status == expected, f"{snapshot.status} in place of {expected}: {states}")
        if self._is_calm(self.world.clock.monotonic()):
            self._hold(lowering <= {"clock_skew"}, f"warned of {sorted(lowering)} although all is well")


def _said(failure: FailureView | None) -> str:
    return f"{failure.kind}: {failure.message}" if failure is not None else "none"
