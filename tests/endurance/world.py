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
from tests.endurance.defects import PLACES, Defects
from tests.support.loop_server import LoopServer
from tests.support.simulated_time import SettableClock

HOUR: Final = 3600.0
TOKEN_PATH: Final = "/metadata/identity/oauth2/token"
HIMDS: Final = "opt/azcmagent/bin/himds"

FAULTS: Final[dict[str, frozenset[str]]] = {
    "imds.throttle": frozenset({"throttled"}),
    "imds.gone": frozenset({"endpoint_updating"}),
    "imds.updating": frozenset({"not_found"}),
    "imds.restart": frozenset({"server_error"}),
    "imds.unknown": frozenset({"server_error"}),
    "reset": frozenset({"connection_lost"}),
    "closed": frozenset({"connection_lost"}),
    "blackhole": frozenset({"timeout"}),
    "html": frozenset({"reply_not_json"}),
    "half-json": frozenset({"reply_not_json"}),
    "truncated": frozenset({"connection_lost"}),
    "expired": frozenset({"token_expired"}),
    "network": frozenset({"connection_refused", "unreachable", "no_endpoint", "connection_lost", "timeout"}),
    "identity": frozenset({"identity_not_found", "multiple_identities"}),
    "agent": frozenset({"connection_refused", "connection_lost", "not_found"}),
    "defect": frozenset({"defect"}),
}
"""The kinds of failure that may stand on the board because of each trouble."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What one token request was answered with: an expiry in epoch seconds, or None and the trouble of that moment.

    ``at`` is simulated elapsed time, ``wall`` what the host's clock showed.
    """

    at: float
    wall: float
    expires_at: int | None
    trouble: str = ""


@dataclass(slots=True)
class World:
    """One VM. ``trouble`` is the name of what is wrong now, "" for nothing; ``calm_since`` in elapsed seconds.

    ``rests`` are the seconds, give or take, between one trouble and the next.
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
    suspects: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=40))
    answers: dict[tuple[str, str], deque[TokenAnswer]] = field(default_factory=dict)
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
        told = TokenAnswer(now, self.clock.now(), self._expiry_in(answer), self.trouble)
        self.answers.setdefault(key, deque(maxlen=200)).append(told)
        return answer

    def _expiry_in(self, answer: Answer) -> int | None:
        if "read" in self.defects.broken or not isinstance(answer, Reply) or answer.status != 200:
            return None
        if answer.length not in (None, len(answer.body)):
            return None
        try:
            expires_at = int(json.loads(answer.body)["expires_on"])
        except ValueError:
            return None
        return expires_at if expires_at > self.clock.now() else None

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
            self.jumped_at = self.clock.monotonic()
            self.clock.skew = 0.0 if self.clock.skew else chance.choice((-5.0, -2.0, -0.4, 0.4, 2.0, 5.0)) * HOUR
        elif event == "suspend":
            self.jumped_at = self.clock.monotonic()
            self.server.drop_connections()
            self.clock.suspended += 6 * HOUR
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

    async def _troubled(
        self, name: str, lasting: float, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        await begin()
        self.trouble, self.troubled_since = name, self.clock.monotonic()
        self.suspects.append((self.troubled_since, name))
        await self.clock.sleep(1.0)
        if begin is not self._nothing or self._pressing.random() < 0.7:
            self.press_refresh()
        await self.clock.sleep(lasting)
        await end()
        self.trouble, self.calm_since = "", self.clock.monotonic()

    async def _nothing(self) -> None:
        await asyncio.sleep(0)

    async def _heal(self) -> None:
        self.host.heal()

    async def _install_agent(self) -> None:
        himds = self.host.root / HIMDS
        himds.parent.mkdir(parents=True, exist_ok=True)
        himds.touch()

    async def _remove_agent(self) -> None:
        (self.host.root / HIMDS).unlink()

    async def _take_identities(self) -> None:
        self._identities, self.host.identities, self.host.system_assigned = self.host.identities, (), False

    async def _give_identities(self) -> None:
        self.host.identities, self.host.system_assigned = self._identities, True

    def kinds_since(self, moment: float) -> frozenset[str]:
        """The kinds of failure that troubles since then, or under way at it, may have led to."""
        before = [name for at, name in self.suspects if at <= moment][-1:]
        return frozenset().union(*(FAULTS[each] for each in (*before, *(n for at, n in self.suspects if at > moment))))


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
