"""The world that a refresher looks at: a host whose faults follow a seeded schedule, and the truth about it."""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from mitui.simulator.faults.fault import Answer
from mitui.simulator.host import SimulatedHost, SimulatedIdentity
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import LoopbackServer, Reply
from tests.endurance.answers import Answers, TokenAnswer
from tests.endurance.defects import PLACES, Defects
from tests.endurance.troubles import FAULTS, UNANSWERED, kinds_of
from tests.support.loop_server import LoopServer
from tests.support.simulated_time import START, SettableClock

HOUR: Final = 3600.0
TOKEN_PATH: Final = "/metadata/identity/oauth2/token"
HIMDS: Final = "opt/azcmagent/bin/himds"
ANSWER: Final = 0.5
"""Seconds in which an answer has become a failure on the board."""
HANG: Final = 31.0
"""Seconds after which a request that nothing answers has ended."""


@dataclass(slots=True)
class World:
    """One VM. ``trouble`` is the name of what is wrong now, "" for nothing; ``calm_since`` in elapsed seconds.

    ``rests`` are the seconds, give or take, between one trouble and the next. ``jumped_by`` is by how many seconds the
    wall clock was set last or, if it ``slept``, the machine was asleep. ``source_changed_at`` is when the agent came or
    went.
    """

    clock: SettableClock
    seed: int
    rests: tuple[float, ...]
    host: SimulatedHost = field(init=False)
    server: LoopServer = field(init=False)
    defects: Defects = field(default_factory=Defects)
    trouble: str = ""
    calm_since: float = 0.0
    troubled_since: float = 0.0
    jumped_at: float = -1e9
    jumped_by: float = 0.0
    slept: bool = False
    source_changed_at: float = 0.0
    _troubles: list[tuple[float, str]] = field(default_factory=lambda: [(0.0, "")])
    _sleeps: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])  # when, and the sum of them
    answers: dict[tuple[str, str], Answers] = field(default_factory=dict)
    request_times: deque[float] = field(default_factory=deque)
    most_in_a_second: int = 0
    most_in_an_hour: int = 0
    checked_at: float = 0.0
    press_refresh: Callable[[], None] = lambda: None
    history: list[tuple[float, str]] = field(default_factory=list)
    _identities: Sequence[SimulatedIdentity] = ()
    _pressing: random.Random = field(default_factory=random.Random)
    _chance: random.Random = field(default_factory=random.Random)
    _events: Iterator[str] = field(default_factory=lambda: iter(()))

    async def begin(self, folder: Path) -> None:
        """Listen."""
        self._chance, self._pressing = random.Random(self.seed), random.Random(-self.seed)
        self._events = _one_of_each(self._chance)
        self.host = SimulatedHost("imds", now=self.clock.true_now)
        self.host.root = folder
        self.server = LoopServer(self._handle)
        self.host._server = cast("LoopbackServer", self.server)  # of the same shape, on the loop
        await self.server.listen()
        self.host.url = f"http://127.0.0.1:{self.server.port}"

    def _handle(self, request: RecordedRequest) -> Answer:
        now = self.clock.monotonic()
        self._count(now)
        answer = self.host._handle(request)
        self.host.requests.clear()
        if request.path != TOKEN_PATH:
            return answer
        if "metadata" not in request.headers:
            self.checked_at = now
            return answer
        identity = request.query.get("client_id", ["system"])[0]
        key = (identity, request.query["resource"][0])
        self.answers.setdefault(key, Answers()).add(self._told(answer, now))
        return answer

    def _told(self, answer: Answer, now: float) -> TokenAnswer:
        """What this answer comes to: a token that is over by either clock, the host's or the true one, is none."""
        expires_at, skew = self._expiry_in(answer), self.clock.skew
        if expires_at is None:
            return TokenAnswer(now, skew, None, FAULTS.get(self.trouble, frozenset()))
        if expires_at <= max(self.clock.now(), self.clock.true_now()):
            return TokenAnswer(now, skew, None, FAULTS["expired"])
        return TokenAnswer(now, skew, expires_at)

    def _expiry_in(self, answer: Answer) -> int | None:
        if "read" in self.defects.broken or not isinstance(answer, Reply) or answer.status != 200:
            return None
        if answer.length not in (None, len(answer.body)):
            return None
        try:
            return int(json.loads(answer.body)["expires_on"])
        except ValueError:
            return None

    def _count(self, now: float) -> None:
        times = self.request_times
        times.append(now)
        while times[0] < now - HOUR:
            times.popleft()
        self.most_in_an_hour = max(self.most_in_an_hour, len(times))
        self.most_in_a_second = max(self.most_in_a_second, sum(1 for each in reversed(times) if each > now - 1.0))

    async def live(self, days: float) -> None:
        """Let what the seed has in store happen for so many days."""
        chance = self._chance
        end = self.clock.true_now() + days * 24 * HOUR
        while self.clock.true_now() < end:
            await self.clock.sleep(chance.choice(self.rests) * (0.5 + chance.random()))
            event = next(self._events)
            self.history.append((self.clock.monotonic(), event))
            await self._happen(event, chance)

    async def _happen(self, event: str, chance: random.Random) -> None:
        lasting = chance.choice((30.0, 70.0, 300.0, 1500.0)) * (0.7 + 0.6 * chance.random())
        if event.startswith("clock"):
            self._jump(lambda: self._set_clock(chance))
        elif event == "suspend":
            self._jump(self._sleep)
        elif event.startswith("defect:"):
            place = event.partition(":")[2]
            with self.defects.at(place):
                await self._troubled("defect", lasting, self._nothing, self._nothing)
        elif event == "network":
            await self._troubled("network", lasting, self.server.silence, self.server.listen)
        elif event == "agent":
            await self._troubled("agent", lasting, self._install_agent, self._remove_agent)
        elif event == "identity":
            await self._troubled("identity", lasting, self._take_identities, self._give_identities)
        else:
            name, _, retry_after = event.partition(" ")
            options: dict[str, Any] = {"retry_after": int(retry_after)} if retry_after else {}
            self.host.fail(name, **options)
            await self._troubled(name, 70.0 if name == "imds.gone" else lasting, self._nothing, self._heal)

    def _jump(self, do: Callable[[], None]) -> None:
        before, asleep = self.clock.now(), self.clock.asleep()
        do()
        self.slept = self.clock.asleep() > asleep
        self.jumped_at, self.jumped_by = self.clock.monotonic(), self.clock.now() - before
        if self.slept:
            self._sleeps.append((self.jumped_at, self.clock.asleep()))

    def _set_clock(self, chance: random.Random) -> None:
        self.clock.skew = 0.0 if self.clock.skew else chance.choice((-5.0, -2.0, -0.4, 0.4, 2.0, 5.0)) * HOUR

    def _sleep(self) -> None:
        self.server.drop_connections()
        self.clock.suspended += 6 * HOUR

    async def _troubled(
        self, name: str, lasting: float, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        self.trouble, self.troubled_since = name, self.clock.monotonic()
        self._troubles.append((self.troubled_since, name))
        await begin()
        await self.clock.sleep(1.0)
        if begin != self._nothing or self._pressing.random() < 0.7:
            self.press_refresh()
        await self._last(lasting)
        await end()
        self.trouble, self.calm_since = "", self.clock.monotonic()
        self._troubles.append((self.calm_since, ""))

    async def _last(self, seconds: float) -> None:
        """Let a trouble last so long; now and then the clock is set in its midst, or the machine sleeps."""
        if self._pressing.random() < 0.3:
            before = seconds * self._pressing.random()
            await self.clock.sleep(before)
            seconds -= before
            sleeps = self._pressing.random() < 0.3
            self.history.append((self.clock.monotonic(), "suspend" if sleeps else "clock"))
            self._jump(self._sleep if sleeps else lambda: self._set_clock(self._pressing))
        await self.clock.sleep(seconds)

    async def _nothing(self) -> None:
        await asyncio.sleep(0)

    async def _heal(self) -> None:
        self.host.heal()

    async def _install_agent(self) -> None:
        himds = self.host.root / HIMDS
        himds.parent.mkdir(parents=True, exist_ok=True)
        himds.touch()
        self.source_changed_at = self.clock.monotonic()

    async def _remove_agent(self) -> None:
        (self.host.root / HIMDS).unlink()
        self.source_changed_at = self.clock.monotonic()

    async def _take_identities(self) -> None:
        self._identities, self.host.identities, self.host.system_assigned = self.host.identities, (), False

    async def _give_identities(self) -> None:
        self.host.identities, self.host.system_assigned = self._identities, True

    def walls(self, within: float) -> tuple[float, ...]:
        """What the wall clock shows now; and what it would without the last jump, if that is not longer ago."""
        now = self.clock.now()
        return (now,) if self.clock.monotonic() - self.jumped_at > within else (now, now - self.jumped_by)

    def moments(self, wall: float, within: float) -> list[float]:
        """The moments, in elapsed seconds, at which the wall clock would have shown this if it had gone as it goes now;
        and as it did before it was set, if that is not longer ago.
        """
        skews = {self.clock.skew}
        if not self.slept and self.clock.monotonic() - self.jumped_at <= within:
            skews.add(self.clock.skew - self.jumped_by)
        ends = [*(begun for begun, _ in self._sleeps[1:]), self.clock.monotonic()]
        spans = [(begun, end, wall - START - slept) for (begun, slept), end in zip(self._sleeps, ends, strict=True)]
        found = [(begun, end, moment - skew) for begun, end, moment in spans for skew in skews]
        return [moment for begun, end, moment in found if begun - 0.01 <= moment <= end + 0.01]

    def troubles_between(self, begin: float, end: float) -> set[str]:
        """What was wrong at any time from ``begin`` to ``end``, in elapsed seconds."""
        ends = [*(at for at, _ in self._troubles[1:]), float("inf")]
        spans = zip(self._troubles, ends, strict=True)
        return {name for (begun, name), ended in spans if name and begun <= end and ended >= begin}

    def kinds_at(self, key: tuple[str, str], moment: float, gone: float = 0.0) -> frozenset[str]:
        """The kinds of failure in which a request for this token may have ended then: those of the answer that came at
        that moment; without one, those of a trouble in which nothing answers.

        An agent that went at most ``gone`` seconds before may have been asked as well. It is looked for once in an
        interval, and a token that it has failed is tried again in between, where the clock was set shortly before the
        agent went: then it was looked for at once.
        """
        answers = self.answers.get(key, Answers()).last
        answered = [each for each in answers if -0.01 <= moment - each.at <= ANSWER]
        silent = self.troubles_between(moment - HANG, moment) & UNANSWERED
        silent |= self.troubles_between(moment - gone, moment) & {"agent"}
        if not answered:
            return kinds_of(silent)
        return frozenset().union(*(each.kinds for each in answered)) | kinds_of(silent & {"defect"})


def _one_of_each(chance: random.Random) -> Iterator[str]:
    """Every event once in an order of chance, and again in another, without end."""
    plain = [name for name in FAULTS if name not in ("defect", "imds.throttle")]
    every = [
        *plain,
        *("imds.throttle", "imds.throttle 2", "imds.throttle 40", "imds.throttle 400"),
        *("clock 1", "clock 2", "suspend"),
        *(f"defect:{place}" for place in PLACES),
    ]
    while True:
        chance.shuffle(every)
        yield from every
