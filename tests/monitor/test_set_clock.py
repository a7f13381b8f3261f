"""A wall clock that is set, and a machine that sleeps, while the refresher waits for what is due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import SystemAssigned
from mitui.keyvault.probe_result import ProbeResult
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.events import EventLog
from mitui.monitor.identity_view import FailureView, TokenView, WatchView
from mitui.monitor.intents import Refresh
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.monitor.refresher import Refresher
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.snapshot import Snapshot
from mitui.monitor.watch_state import IdentityState, SourceState, VaultState, WatchState
from mitui.monitor.watches.set_clock import ClockWatch
from tests.endurance.world import World
from tests.monitor.follower import ARM
from tests.support.simulated_time import SettableClock, SimulatedLoop

HOUR = 3600.0
PLAN = Plan(
    identities=(PlannedIdentity(SystemAssigned(), "", "option"),), resources=(PlannedResource(ARM, "", "option"),)
)


class Board:
    """What stands on it, and the world that it is about."""

    def __init__(self, world: World, refresher: Refresher) -> None:
        self.world = world
        self.clock = world.clock
        self.refresher = refresher
        self.seen: list[Snapshot] = []

    @property
    def last(self) -> Snapshot:
        return self.seen[-1]

    @property
    def token(self) -> TokenView:
        return self.last.identities[0].tokens[0]

    async def follow(self) -> None:
        async with aclosing(self.refresher.snapshots()) as snapshots:
            async for snapshot in snapshots:
                self.seen.append(snapshot)


@asynccontextmanager
async def watching(folder: Path, lifetime: float) -> AsyncIterator[Board]:
    """A board that has everything."""
    world = World(SettableClock(asyncio.get_running_loop()), 0, ())
    await world.begin(folder)
    world.host.lifetime = lifetime
    variables = MappingProxyType({"AZURE_POD_IDENTITY_AUTHORITY_HOST": world.host.url})
    board = Board(world, Refresher(PLAN, HostEnvironment(variables, folder), world.clock))
    task = asyncio.create_task(board.follow())
    await world.clock.sleep(1.0)
    assert board.last.complete
    yield board
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await world.server.silence()


def run(work: Callable[[], Awaitable[None]]) -> None:
    """Run it in simulated time."""

    async def main() -> None:
        await work()

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        runner.run(main())


@pytest.mark.parametrize("hours", [-5.0, -0.5, 0.5, 5.0])
def test_a_clock_that_is_set_holds_no_check_up(hours: float, tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            board.clock.skew = hours * HOUR
            await board.clock.sleep(15.0)
            assert board.last.source.checked_at == pytest.approx(board.clock.now(), abs=15)
            assert board.last.next_check_at == pytest.approx(board.clock.now() + PLAN.interval, abs=15)
            assert board.token.acquired_at is not None
            assert board.token.acquired_at <= board.clock.now(), "acquired in what is still to come"
            assert any("clock was set" in event.message for event in board.last.events)

    run(work)


def test_what_a_wrong_clock_measured_is_asked_for_anew_once_it_is_right(tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            board.clock.skew = 5 * HOUR
            board.refresher.send(Refresh())
            await board.clock.sleep(15.0)
            assert [each.kind for each in board.token.warnings] == ["clock_skew"]
            board.clock.skew = 0.0
            await board.clock.sleep(15.0)
            assert (board.last.status, board.token.warnings) == ("ok", ())

    run(work)


def test_a_clock_that_is_off_is_warned_of_before_any_token_is_renewed(tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            board.clock.skew = 2 * HOUR
            await board.clock.sleep(15.0)
            assert board.token.warnings == ()
            assert [each.kind for each in board.last.warnings] == ["clock_skew"]
            assert " 2 h off " in board.last.warnings[0].message
            assert board.last.status == "warning"
            board.clock.skew = 0.0
            await board.clock.sleep(15.0)
            assert (board.last.status, board.last.warnings) == ("ok", ())

    run(work)


def test_a_token_is_renewed_in_time_although_the_clock_was_set_back(tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, HOUR) as board:
            await board.clock.sleep(0.5 * HOUR)
            board.clock.skew = -0.4 * HOUR
            for _ in range(100):
                await board.clock.sleep(120.0)
                assert board.token.expires_at is not None
                assert board.token.expires_at > board.clock.true_now()

    run(work)


def test_nothing_comes_from_what_is_still_to_come_while_the_endpoint_is_silent(tmp_path: Path) -> None:
    """The clock was ahead, and is set right; what was measured meanwhile keeps its age, and nothing can be asked."""

    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            board.clock.skew = 5 * HOUR
            await board.clock.sleep(15.0)
            board.refresher.send(Refresh())
            await board.clock.sleep(600.0)
            await board.world.server.silence()
            board.refresher.send(Refresh())
            await board.clock.sleep(100.0)
            board.clock.skew = 0.0
            await board.clock.sleep(100.0)
            now, source, token = board.clock.now(), board.last.source, board.token
            assert source.failure is not None
            assert source.failure.at == pytest.approx(now, abs=70)
            assert source.answered_at == pytest.approx(now - 200, abs=70)
            assert token.acquired_at == pytest.approx(now - 800, abs=1)
            assert token.failure is not None
            assert token.failure.at == pytest.approx(now - 200, abs=1)
            await board.world.server.listen()
            await board.clock.sleep(70.0)
            assert board.last.status == "ok"

    run(work)


def test_the_cache_keeps_the_age_of_a_token_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            acquired = board.token.acquired_at
            assert acquired is not None
            await board.world.server.silence()
            await board.clock.sleep(70.0)
            board.clock.skew = -5 * HOUR
            await board.clock.sleep(15.0)
            await board.world.server.listen()
            await board.clock.sleep(70.0)
            assert board.last.source.failure is None
            assert board.token.from_cache
            assert board.token.acquired_at == pytest.approx(acquired - 5 * HOUR, abs=1)

    run(work)


@pytest.mark.parametrize("hours", [-2.0, 2.0])
@pytest.mark.parametrize("age", [600.0, 3 * HOUR])
def test_what_was_learned_of_a_vault_is_as_old_as_before(age: float, hours: float) -> None:
    async def work() -> None:
        clock = SettableClock(asyncio.get_running_loop())
        at = clock.now() - age
        result = ProbeResult("https://kv.vault.azure.net", "kv", "read", at, at, ())
        state = VaultState(result, watch=WatchView(at, 3, at), failure_view=FailureView("vault_timeout", "late", at))
        watched = WatchState(SourceState(HostEnvironment(MappingProxyType({}))), assigned=AssignedIdentities(at))
        watched.identities = [IdentityState(PlannedIdentity(SystemAssigned(), ""), vaults={"kv": state})]
        watch = ClockWatch(watched, Schedule(), EventLog(clock), clock)
        clock.suspended = HOUR
        clock.skew = hours * HOUR
        assert watch.was_set()
        assert state.result is not None
        assert state.failure_view is not None
        assert state.watch is not None
        assert watched.assigned is not None
        moments = [state.result.started_at, state.result.finished_at, state.failure_view.at]
        moments += [state.watch.started_at, state.watch.granted_at or 0.0, watched.assigned.asked_at]
        assert moments == pytest.approx([at + hours * HOUR] * 6, abs=1)

    run(work)


@pytest.mark.parametrize(
    ("slept", "hours", "words"),
    [
        (6 * HOUR, 0.0, ["this host slept for 6 h"]),
        (0.0, 0.5, ["this host's clock was set ahead by 30 min"]),
        (0.0, -0.5, ["this host's clock was set back by 30 min"]),
        (6 * HOUR, -0.5, ["this host slept for 6 h", "this host's clock was set back by 30 min"]),
    ],
)
def test_a_sleep_is_told_from_a_clock_that_was_set(
    slept: float, hours: float, words: list[str], tmp_path: Path
) -> None:
    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            acquired = board.token.acquired_at
            assert acquired is not None
            board.clock.suspended, board.clock.skew = slept, hours * HOUR
            await board.clock.sleep(70.0)
            assert [each.message for each in board.last.events if each.subject == "clock"] == words
            assert board.token.acquired_at == pytest.approx(acquired + hours * HOUR, abs=1)

    run(work)


@pytest.mark.parametrize("hours", [-2.0, 2.0])
def test_what_begins_before_the_new_time_is_noticed_began_just_now(hours: float, tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            board.world.host.fail("blackhole")
            board.world.host.fail("imds.throttle", times=1, retry_after=2)
            board.refresher.send(Refresh())
            await board.clock.sleep(1.9)
            board.clock.skew = hours * HOUR
            await board.clock.sleep(0.2)
            activity = board.token.activity
            assert activity is not None
            assert activity.words.startswith("asking")
            assert activity.since == pytest.approx(board.clock.now(), abs=1)

    run(work)


def test_a_token_is_renewed_in_time_although_the_clock_was_set_ahead_in_a_silence(tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, HOUR) as board:
            await board.world.server.silence()
            await board.clock.sleep(70.0)
            board.clock.skew = 0.4 * HOUR
            await board.clock.sleep(15.0)
            await board.world.server.listen()
            await board.clock.sleep(70.0)
            assert board.last.source.failure is None
            begun = len(board.seen)
            await board.clock.sleep(3 * HOUR)
            assert {each.identities[0].tokens[0].status for each in board.seen[begun:]} == {"ok"}

    run(work)


def test_a_machine_that_slept_renews_what_fell_due_meanwhile(tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, HOUR) as board:
            board.clock.suspended = 6 * HOUR
            assert board.token.expires_at is not None
            assert board.token.expires_at < board.clock.now()
            await board.clock.sleep(15.0)
            assert (board.last.status, board.token.status) == ("ok", "ok")
            assert board.token.expires_at > board.clock.now() + 3000

    run(work)


def test_a_correction_of_a_second_disturbs_nothing(tmp_path: Path) -> None:
    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            before = board.last.source.checked_at
            board.clock.skew = -1.0
            await board.clock.sleep(20.0)
            assert board.last.source.checked_at == before
            assert not any("clock" in event.message for event in board.last.events)

    run(work)


def test_a_renewal_that_works_is_no_reason_for_a_warning(tmp_path: Path) -> None:
    """A token of an hour is renewed five minutes before its end, where it would begin to count as expiring."""

    async def work() -> None:
        async with watching(tmp_path, HOUR) as board:
            first = board.token.expires_at
            await board.clock.sleep(5 * HOUR)
            assert board.token.expires_at != first
            assert {snapshot.status for snapshot in board.seen if snapshot.complete} == {"ok"}

    run(work)


def test_only_an_answer_ends_a_failure(tmp_path: Path) -> None:
    """A refresh that was asked for has failed; the token in the cache, however good, says nothing of the endpoint."""

    async def work() -> None:
        async with watching(tmp_path, 24 * HOUR) as board:
            board.world.host.fail("imds.throttle", retry_after=400)
            board.refresher.send(Refresh())
            await board.clock.sleep(2000.0)
            assert board.token.status == "failed"
            assert sum("token acquired" in event.message for event in board.last.events) == 1
            board.world.host.heal()
            await board.clock.sleep(500.0)
            assert board.last.status == "ok"

    run(work)
