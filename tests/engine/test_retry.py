"""Tries and waits: which failures are worth another try, and how long the waits are that can be seen and ended."""

from __future__ import annotations

import asyncio
import time

import pytest

from mitui.clock import ManualClock
from mitui.engine.asking.limiter import Limiter
from mitui.engine.asking.retry import COMMON, IMDS, LONGEST, Retries
from mitui.engine.engine_event import EngineEvent
from mitui.engine.failure import FailureKind
from mitui.simulator.host import SimulatedHost
from tests.engine.support import ARM, SYSTEM, VAULT, driven, engine_on, failure, token, until


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time())


@pytest.mark.parametrize(
    ("source", "fault", "requests"),
    [
        ("imds", "imds.notfound", 1),
        ("imds", "imds.badres", 1),
        ("imds", "docker", 1),
        ("imds", "imds.updating", 3),
        ("imds", "imds.restart", 3),
        ("imds", "imds.throttle", 5),
        ("imds", "imds.gone", 11),
        ("imds", "html", 1),
        ("imds", "expired", 1),
        ("app_service", "as.noid", 1),
        ("app_service", "as.401", 1),
        ("app_service", "aca.403", 1),
        ("app_service", "as.500", 3),
        ("app_service", "closed", 2),
        ("azure_ml", "ml.nomsi", 1),
        ("service_fabric", "sf.noid", 1),
        ("azure_arc", "arc.404", 1),
    ],
)
async def test_tries(source: str, fault: str, requests: int, clock: ManualClock) -> None:
    with SimulatedHost(source) as host:
        host.fail(fault)
        async with engine_on(host, clock=clock, timeout=None) as engine:
            got = failure(await driven(clock, engine.acquire(SYSTEM, VAULT)))
        assert len(host.requests) == requests
    assert got.attempts == requests
    assert len(got.exchanges) == requests


async def test_an_upgrade_of_seventy_seconds_is_survived_and_seen(clock: ManualClock) -> None:
    events: list[EngineEvent] = []
    with SimulatedHost("imds", now=clock.now) as host:
        host.fail("imds.gone", lasting=70)
        async with engine_on(host, clock=clock, timeout=None, observer=events.append) as engine:
            before = clock.now()
            got = token(await driven(clock, engine.acquire(SYSTEM, VAULT)))
    assert 70 <= clock.now() - before < 90
    waits = [event for event in events if event.kind == "waiting"]
    assert len(waits) == got.attempts - 1
    assert all("upgraded" in event.words and event.until is not None for event in waits)
    assert [event.attempt for event in events if event.kind == "attempt"] == list(range(1, got.attempts + 1))
    assert events[-1].kind == "done"


async def test_retry_after_is_honoured(clock: ManualClock) -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.throttle", times=1, retry_after=17)
        async with engine_on(host, clock=clock, timeout=None) as engine:
            before = clock.now()
            assert token(await driven(clock, engine.acquire(SYSTEM, VAULT))).attempts == 2
    assert 17 <= clock.now() - before < 19


async def test_a_long_retry_after_is_reported_instead(clock: ManualClock) -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.throttle", retry_after=3600)
        async with engine_on(host, clock=clock, timeout=None) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
        assert len(host.requests) == 1
    assert got.retry_after == 3600


async def test_no_wait_goes_beyond_the_timeout(clock: ManualClock) -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.gone")
        async with engine_on(host, clock=clock, timeout=10) as engine:
            before = clock.now()
            got = failure(await driven(clock, engine.acquire(SYSTEM, VAULT)))
    assert got.kind is FailureKind.ENDPOINT_UPDATING
    assert clock.now() - before < 10


async def test_a_wait_can_be_cancelled(clock: ManualClock) -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.gone")
        async with engine_on(host, clock=clock, timeout=None) as engine:
            task = asyncio.ensure_future(engine.acquire(SYSTEM, VAULT))
            await until(lambda: clock.sleeping)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await clock.advance(60)
        assert len(host.requests) == 1


def test_each_kind_has_its_own_tries() -> None:
    retries = Retries(COMMON)
    assert [retries.wait_after(FailureKind.SERVER_ERROR, None, 99) for _ in range(3)] == [1, 2, None]
    assert [retries.wait_after(FailureKind.THROTTLED, None, 99) for _ in range(5)] == [1, 2, 4, 8, None]
    assert retries.wait_after(FailureKind.UNAUTHORIZED, 1.0, 99) is None
    assert Retries(IMDS).wait_after(FailureKind.THROTTLED, LONGEST + 1, 9999) is None


async def test_two_in_flight_and_a_burst_below_twenty(clock: ManualClock) -> None:
    limiter = Limiter(clock)
    started: list[float] = []
    running = most = 0
    waited: list[bool] = []

    async def one() -> None:
        nonlocal running, most
        await limiter.enter(lambda: waited.append(True))
        started.append(clock.monotonic())
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        limiter.leave()

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(60)))

    await driven(clock, all_of_them(), step=0.0625)
    assert most == 2
    assert len(started) == 60
    assert waited
    busiest = max(sum(start <= other < start + 1 for other in started) for start in started)
    assert 10 <= busiest < 20


async def test_different_tokens_share_the_limits() -> None:
    with SimulatedHost("imds") as host:
        host.fail("slow", seconds=0.05)
        async with engine_on(host) as engine:
            resources = [f"{ARM}/{number}" for number in range(6)]
            for got in await asyncio.gather(*(engine.acquire(SYSTEM, resource) for resource in resources)):
                token(got)
        times = sorted(request.at for request in host.requests)
    assert times[2] - times[0] > 0.03, "the third waited for one of the first two"
