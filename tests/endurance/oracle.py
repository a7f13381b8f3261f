"""Knows the truth, and holds every Snapshot against it for as long as it stands on the board."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from mitui.engine.identity import ClientId
from mitui.monitor.identity_view import IdentityView, TokenView
from mitui.monitor.snapshot import Snapshot
from tests.endurance.defects import CANARY
from tests.endurance.world import TokenAnswer, World

NOTICED: Final = 15.0
"""Seconds in which a clock that was set, or a machine that slept, is noticed and looked into."""
SETTLES: Final = 250.0
"""Seconds in which one acquisition has ended, its retries included: four times as long as a Retry-After may be."""
HEALS: Final = 300.0 + SETTLES
"""Seconds after the end of a trouble in which everything is asked for again, and is well."""
SLACK: Final = 5.0
RENEWAL: Final = 16.0
"""Seconds that a renewal has, where it is due only when the token would begin to count as expiring."""


@dataclass(slots=True)
class Oracle:
    """Every wrong word on the board, with the moment and the trouble of it."""

    world: World
    interval: float
    wrong: list[str] = field(default_factory=list)
    checks: int = 0
    states: set[tuple[str, str]] = field(default_factory=set)

    def look(self, snapshot: Snapshot, *, stands: bool = False) -> None:
        """Hold this Snapshot against the truth: it has just come, or ``stands`` on the board for a while."""
        self.checks += 1
        world, now = self.world, self.world.clock.monotonic()
        self.states.add((snapshot.status, world.trouble))
        self._source(snapshot, now)
        for identity in snapshot.identities:
            for token in identity.tokens:
                self._token(snapshot, identity, token, now)
                if stands and not self._just_jumped:
                    self._hold(_will_be_asked(token), f"nothing will ask for {token.resource} again")
        self._status(snapshot)
        if now - max(world.calm_since, world.jumped_at) > HEALS and not world.trouble:
            well = snapshot.status == "ok" or (world.clock.skew != 0 and snapshot.status in ("warning", "critical"))
            self._hold(well, f"{snapshot.status} although all is well: {_troubles(snapshot)}")
        self._hold(CANARY not in repr(snapshot), "the text of an exception")

    def _hold(self, right: bool, what: str) -> None:
        if not right:
            world = self.world
            recent = ", ".join(f"{name} at {at:.0f}" for at, name in world.history[-4:])
            trouble, elapsed = world.trouble or "no trouble", world.clock.monotonic()
            self.wrong.append(f"at {elapsed:.0f} s, {trouble}, skew {world.clock.skew:.0f} ({recent}): {what}")

    @property
    def _just_jumped(self) -> bool:
        return self.world.clock.monotonic() - self.world.jumped_at <= NOTICED

    def _source(self, snapshot: Snapshot, now: float) -> None:
        world, source, wall = self.world, snapshot.source, self.world.clock.now()
        steady = now - max(world.troubled_since, world.calm_since) > self.interval + NOTICED
        if steady:
            expected = "azure_arc" if world.trouble == "agent" else "imds"
            self._hold(source.kind == expected, f"the source is {source.kind}")
            if world.trouble == "network":
                self._hold(source.failure is not None, "a silent endpoint, and no word of it")
            if not world.trouble:
                self._hold(source.failure is None, f"silence where there is none: {source.failure}")
        if world.trouble not in ("agent", "network", "defect") and steady:
            self._hold(now - world.checked_at <= self.interval + NOTICED, "nobody has looked at the source")
        if self._just_jumped:
            return
        if source.checked_at is not None:
            self._hold(source.checked_at <= wall + SLACK, f"checked {source.checked_at - wall:.0f} s from now")
        due = snapshot.next_check_at
        if due is not None:
            late, far = wall - due, due - wall - self.interval
            self._hold(late <= SLACK and far <= SLACK, f"the next check is {late:.0f} s late or {far:.0f} s too far")

    def _token(self, snapshot: Snapshot, identity: IdentityView, token: TokenView, now: float) -> None:
        world, wall = self.world, self.world.clock.now()
        who = identity.identity.value if isinstance(identity.identity, ClientId) else "system"
        what = f"{who[:6]} {token.resource.removeprefix('https://')}"
        answers = world.answers.get((who, token.resource), deque())
        good = [each for each in answers if each.expires_at is not None]
        if not self._just_jumped:
            self._times(token, what, wall)
            self._by_the_clock(token, what, wall)
        if token.expires_at is not None:
            told = {each.expires_at for each in good[-3:] if each is good[-1] or now - good[-1].at < SLACK}
            self._hold(round(token.expires_at) in told, f"{what}: expires at {token.expires_at}, never said")
        if token.status == "failed":
            self._cause(snapshot, token, what, good)
        bad_since = _failing_since(answers)
        silent = snapshot.source.failure is not None or world.trouble in ("network", "defect", "agent")
        if bad_since is not None and now - bad_since > SETTLES and not silent and not self._just_jumped:
            self._hold(token.status == "failed", f"{what}: {token.status} although it fails since {bad_since:.0f}")

    def _times(self, token: TokenView, what: str, wall: float) -> None:
        past = {"acquired": token.acquired_at, "failed": token.failure.at if token.failure else None}
        for word, moment in past.items():
            self._hold(
                moment is None or moment <= wall + SLACK, f"{what}: {word} {(moment or 0) - wall:.0f} s from now"
            )
        due = token.next_attempt_at
        if due is not None and token.activity is None:
            self._hold(wall - due <= SLACK, f"{what}: the next attempt was due {wall - due:.0f} s ago")
        if due is not None and token.status == "failed":
            self._hold(due - wall <= 400 + SLACK, f"{what}: tried again in {due - wall:.0f} s only")
        until = token.activity.until if token.activity is not None else None
        self._hold(until is None or until - wall <= 60 + SLACK, f"{what}: waits for {(until or 0) - wall:.0f} s")

    def _by_the_clock(self, token: TokenView, what: str, wall: float) -> None:
        if token.status not in ("ok", "expiring", "expired") or token.expires_at is None:
            return
        left = token.expires_at - wall
        possible = {
            name
            for name, low, high in (("ok", 300.0 - RENEWAL, 1e12), ("expiring", 0.0, 300.0), ("expired", -1e12, 0.0))
            if low - 1.0 <= left <= high + 1.0
        }
        self._hold(token.status in possible, f"{what}: {token.status} with {left:.0f} s left")

    def _cause(self, snapshot: Snapshot, token: TokenView, what: str, good: list[TokenAnswer]) -> None:
        if token.failure is None:
            self._hold(False, f"{what}: failed, and no word why")
            return
        since = max((each.at for each in good if self.world.clock.monotonic() - each.at > 1.0), default=0.0)
        allowed = self.world.kinds_since(since)
        if self.world.clock.skew > 0 or self._just_jumped:
            allowed |= {"token_expired"}
        silence = snapshot.source.failure
        if silence is not None:
            allowed |= {silence.kind}
        self._hold(token.failure.kind in allowed, f"{what}: {token.failure.kind}, {token.failure.message}")

    def _status(self, snapshot: Snapshot) -> None:
        """The status of the whole is what its parts add up to."""
        if snapshot.source.failure is not None:
            expected = "critical" if snapshot.source.answered_at is not None else "unknown"
        else:
            tokens = [token for identity in snapshot.identities for token in identity.tokens]
            warned = [*snapshot.warnings, *(warning for token in tokens for warning in token.warnings)]
            if any(token.status in ("failed", "expired") for token in tokens):
                expected = "critical"
            elif any(token.status == "expiring" for token in tokens) or any(
                each.kind != "same_token" for each in warned
            ):
                expected = "warning"
            elif all(any(token.status == "ok" for token in each.tokens) for each in snapshot.identities):
                expected = "ok"
            else:
                expected = "unknown"
        if snapshot.status != expected and not (snapshot.status == "warning" and expected == "ok"):
            self._hold(False, f"{snapshot.status} in place of {expected}")


def _failing_since(answers: Sequence[TokenAnswer]) -> float | None:
    """When the first of the failures came that have come since the last token; None if that came last."""
    since = None
    for each in reversed(answers):
        if each.expires_at is not None:
            break
        since = each.at
    return since


def _will_be_asked(token: TokenView) -> bool:
    return token.next_attempt_at is not None or token.activity is not None


def _troubles(snapshot: Snapshot) -> str:
    tokens = [token for identity in snapshot.identities for token in identity.tokens]
    said = [f"{token.status} {token.failure.message if token.failure else ''}" for token in tokens]
    warned = [*snapshot.warnings, *(warning for each in snapshot.identities for warning in each.warnings)]
    warned += [warning for token in tokens for warning in token.warnings]
    said += [each.message for each in warned]
    return "; ".join(said)
