"""Cache, single flight, names of one identity, claims challenges."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import time

import pytest

from mitui.clock import ManualClock
from mitui.engine import token_engine
from mitui.engine.asking.acquisition import Acquisition
from mitui.engine.detection import detect
from mitui.engine.evidence import Detection
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId, ObjectId, ResourceId
from mitui.engine.source_kind import SourceKind
from mitui.engine.token_engine import TokenEngine
from mitui.http import GuardedClient
from mitui.simulator.host import SimulatedHost, default_identities
from tests.engine.support import ARM, SYSTEM, VAULT, driven, engine_on, environment_on, failure, token, until

WEB, JOBS = default_identities()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time())


async def test_a_cached_token_needs_no_request() -> None:
    with SimulatedHost("imds") as host:
        async with engine_on(host) as engine:
            first = token(await engine.acquire(SYSTEM, VAULT))
            again = token(await engine.acquire(SYSTEM, VAULT + "/.default"))
            kept = engine.cached(SYSTEM, VAULT)
        assert len(host.requests) == 1
    assert not first.from_cache
    assert again.from_cache
    assert again is kept
    assert again.secret == first.secret


async def test_different_resources_and_identities_are_different_tokens() -> None:
    with SimulatedHost("imds") as host:
        async with engine_on(host) as engine:
            for identity in (SYSTEM, ClientId(WEB.client_id), ClientId(JOBS.client_id)):
                for resource in (VAULT, ARM, VAULT + "/"):
                    token(await engine.acquire(identity, resource))
        assert len(host.requests) == 9


async def test_force_asks_again_and_replaces() -> None:
    with SimulatedHost("imds") as host:
        async with engine_on(host) as engine:
            first = token(await engine.acquire(SYSTEM, VAULT))
            second = token(await engine.acquire(SYSTEM, VAULT, force=True))
            third = token(await engine.acquire(SYSTEM, VAULT))
        assert len(host.requests) == 2
    assert first.secret != second.secret == third.secret


async def test_a_token_is_refreshed_ahead_of_its_end(clock: ManualClock) -> None:
    with SimulatedHost("imds", now=clock.now) as host:
        host.lifetime = 86_400
        async with engine_on(host, clock=clock) as engine:
            first = token(await engine.acquire(SYSTEM, VAULT))
            assert abs(first.refresh_at - clock.now() - 43_200) < 2
            await clock.advance(43_100)
            assert token(await engine.acquire(SYSTEM, VAULT)).from_cache
            await clock.advance(200)
            second = token(await engine.acquire(SYSTEM, VAULT))
    assert not second.from_cache
    assert second.secret != first.secret


async def test_a_failed_refresh_leaves_the_old_token(clock: ManualClock) -> None:
    with SimulatedHost("imds", now=clock.now) as host:
        async with engine_on(host, clock=clock) as engine:
            first = token(await engine.acquire(SYSTEM, VAULT))
            await clock.advance(50_000)
            host.fail("imds.notfound")
            assert failure(await engine.acquire(SYSTEM, VAULT)).kind is FailureKind.IDENTITY_NOT_FOUND
            kept = engine.cached(SYSTEM, VAULT)
            assert kept is not None
            assert kept.secret == first.secret
            await clock.advance(50_000)
            assert engine.cached(SYSTEM, VAULT) is None


async def test_a_token_about_to_expire_is_not_asked_for_over_and_over(clock: ManualClock) -> None:
    with SimulatedHost("imds", now=clock.now) as host:
        host.lifetime = 100
        async with engine_on(host, clock=clock) as engine:
            for _ in range(10):
                token(await engine.acquire(SYSTEM, VAULT))
                await clock.advance(1)
            assert len(host.requests) == 1
            await clock.advance(30)
            token(await engine.acquire(SYSTEM, VAULT))
        assert len(host.requests) == 2


async def test_a_thousand_callers_cause_one_request() -> None:
    with SimulatedHost("imds") as host:
        host.fail("slow", seconds=0.1)
        async with engine_on(host) as engine:
            got = await asyncio.gather(*(engine.acquire(SYSTEM, VAULT) for _ in range(1000)))
        assert len(host.requests) == 1
    assert len({token(one).secret for one in got}) == 1


async def test_a_cancelled_caller_leaves_the_others_alone() -> None:
    with SimulatedHost("imds") as host:
        host.fail("slow", seconds=0.2)
        async with engine_on(host) as engine:
            callers = [asyncio.ensure_future(engine.acquire(SYSTEM, VAULT)) for _ in range(3)]
            await until(lambda: host.requests)
            callers[0].cancel()
            outcomes = await asyncio.gather(*callers, return_exceptions=True)
        assert len(host.requests) == 1
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert not isinstance(outcomes[1], BaseException)
    token(outcomes[1])
    assert outcomes[1] == outcomes[2]


async def test_when_nobody_waits_any_more_the_request_ends(clock: ManualClock) -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.gone")
        async with engine_on(host, clock=clock, timeout=None) as engine:
            callers = [asyncio.ensure_future(engine.acquire(SYSTEM, VAULT)) for _ in range(3)]
            await until(lambda: clock.sleeping)
            for caller in callers:
                caller.cancel()
            await asyncio.gather(*callers, return_exceptions=True)
            await clock.advance(100)
            assert len(host.requests) == 1
            host.heal()
            token(await engine.acquire(SYSTEM, VAULT))


async def test_closing_tells_those_who_wait() -> None:
    with SimulatedHost("imds") as host:
        host.fail("blackhole")
        async with engine_on(host) as engine:
            caller = asyncio.ensure_future(engine.acquire(SYSTEM, VAULT))
            await until(lambda: host.requests)
            await engine.aclose()
            assert failure(await caller).kind is FailureKind.CANCELLED


async def test_one_identity_by_its_three_names_is_one_token() -> None:
    with SimulatedHost("imds") as host:
        async with engine_on(host) as engine:
            first = token(await engine.acquire(ClientId(WEB.client_id), VAULT))
            by_resource = token(await engine.acquire(ResourceId(WEB.resource_id.upper()), VAULT))
            by_object = token(await engine.acquire(ObjectId(WEB.object_id), VAULT))
            token(await engine.acquire(ObjectId(WEB.object_id), ARM))
            token(await engine.acquire(ClientId(WEB.client_id), ARM))
        assert len(host.requests) == 2
    assert by_resource.secret == by_object.secret == first.secret
    assert by_resource.identity == ResourceId(WEB.resource_id.upper())
    assert by_resource.from_cache


async def test_a_substituted_token_teaches_no_names() -> None:
    with SimulatedHost("imds", identities=[WEB], system_assigned=False) as host:
        async with engine_on(host) as engine:
            token(await engine.acquire(SYSTEM, VAULT))
            token(await engine.acquire(ClientId(WEB.client_id), VAULT))
        assert len(host.requests) == 2


@pytest.mark.parametrize("source", ["imds", "service_fabric"])
async def test_a_claims_challenge_skips_and_replaces_the_cached_token(source: str) -> None:
    with SimulatedHost(source) as host:
        async with engine_on(host) as engine:
            first = token(await engine.acquire(SYSTEM, VAULT))
            second = token(await engine.acquire(SYSTEM, VAULT, claims='{"access_token":{}}'))
            third = token(await engine.acquire(SYSTEM, VAULT))
        assert len(host.requests) == 2
        before, after = (request.query for request in host.requests)
    assert first.secret != second.secret == third.secret
    assert "xms_cc" not in before
    if source == "service_fabric":
        assert after["xms_cc"] == ["cp1"]
        assert after["token_sha256_to_refresh"] == [hashlib.sha256(first.secret.reveal().encode()).hexdigest()]
    else:
        assert after.keys() == before.keys()


async def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> None:
    monkeypatch.setattr(token_engine, "CACHED_TOKENS", 3)
    with SimulatedHost("imds", now=clock.now) as host:
        async with engine_on(host, clock=clock) as engine:
            for number in range(5):
                token(await driven(clock, engine.acquire(SYSTEM, f"{ARM}/{number}")))
            kept = [number for number in range(5) if engine.cached(SYSTEM, f"{ARM}/{number}")]
    assert kept == [2, 3, 4]


async def test_a_host_without_a_source() -> None:
    clock = ManualClock()
    detection = Detection(SourceKind.NONE, "", "", (), ())
    engine = TokenEngine(HostEnvironment(), detection, GuardedClient(clock), clock)
    got = failure(await engine.acquire(SYSTEM, VAULT))
    assert got.kind is FailureKind.NO_ENDPOINT
    assert "no identity endpoint" in got.message


async def test_nothing_is_left_running() -> None:
    with SimulatedHost("imds") as host:
        environment = environment_on(host)
        clock = ManualClock(time.time())
        client = GuardedClient(clock)
        engine = TokenEngine(environment, detect(environment), client, clock)
        token(await engine.acquire(SYSTEM, VAULT))
        await engine.aclose()
        await client.aclose()
        gc.collect()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_defect_is_told_to_everyone_who_waits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a secret value")

    monkeypatch.setattr(Acquisition, "_read", broken)
    with SimulatedHost("imds") as host:
        async with engine_on(host) as engine:
            outcomes = await asyncio.gather(*(engine.acquire(SYSTEM, VAULT) for _ in range(3)))
    gc.collect()
    assert {failure(each).kind for each in outcomes} == {FailureKind.DEFECT}
    assert "LookupError in " in failure(outcomes[0]).message
    assert "secret" not in failure(outcomes[0]).message
    assert caplog.records == [], "asyncio has nothing to say of a task that nobody looked after"
