"""A Snapshot is built of what has changed alone, and is what it would be if all of it had been built."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mitui.clock import ManualClock
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.monitor import intents
from mitui.monitor.event import Event
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.refresher import Refresher
from mitui.monitor.snapshot import Snapshot
from mitui.monitor.views.snapshot_builder import SnapshotBuilder
from mitui.monitor.watch_state import WatchState
from mitui.simulator.host import SimulatedHost
from mitui.simulator.vault.server import SimulatedVault
from tests.monitor.follower import ARM, VAULT, environment_of_host, following

WEB = ClientId("6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")
PLAN = Plan(
    identities=(PlannedIdentity(SystemAssigned(), "me"), PlannedIdentity(WEB, "web")),
    resources=(PlannedResource(ARM), PlannedResource(VAULT)),
)


class Compared(SnapshotBuilder):
    """Builds each Snapshot a second time with nothing remembered, and fails where the two differ."""

    def build(self, watched: WatchState, events: tuple[Event, ...], now: float, *, complete: bool) -> Snapshot:
        snapshot = super().build(watched, events, now, complete=complete)
        fresh = SnapshotBuilder(self._plan, self._schedule)
        assert fresh.build(watched, events, now, complete=complete) == snapshot
        assert fresh.turn == self.turn
        return snapshot


async def test_only_what_changed_is_another_object(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(PLAN, environment_of_host(vm), clock) as board:
        before = await board.complete()
        await clock.advance(5)
        board.send(intents.Refresh(ARM))
        await board.until(
            lambda last: last.identities[0].tokens[0].acquired_at != before.identities[0].tokens[0].acquired_at
        )
        after = board.last
    assert after.identities[0].tokens[0] is not before.identities[0].tokens[0]
    assert after.identities[0].tokens[1] is before.identities[0].tokens[1]
    assert after.identities[1] is before.identities[1]


async def test_what_is_no_longer_watched_is_forgotten_with_its_tokens(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(PLAN, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.RemoveIdentity(WEB))
        board.send(intents.RemoveResource(VAULT))
        await board.until(
            lambda last: len(last.identities) == 1 and [each.resource for each in last.identities[0].tokens] == [ARM]
        )
        remembered = board.refresher._builder._entries
        assert list(remembered) == ["system"]
        assert list(remembered["system"].tokens) == [ARM]


async def test_through_failures_silence_pauses_and_the_end_of_tokens(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.lifetime = 900
    with SimulatedVault("contoso-kv", tls=False, clock=clock.now) as vault:
        plan = Plan(
            identities=PLAN.identities,
            resources=PLAN.resources,
            vaults=(PlannedVault(vault.url, allow_loopback=True, want=("secrets/get",), probe_every=120),),
            probe_at_start=True,
            expiring_below=600,
            critical_below=120,
        )
        refresher = Refresher(plan, environment_of_host(vm), clock)
        refresher._builder = Compared(plan, refresher._scheduler.schedule)
        async with following(plan, environment_of_host(vm), clock, refresher) as board:
            await board.complete()
            happenings: tuple[Callable[[], object], ...] = (
                lambda: vm.fail("imds.notfound", match={"identity": "system"}),
                lambda: vm.heal(),
                lambda: vm.fail("closed"),
                lambda: board.send(intents.RenameIdentity(WEB, "other")),
                lambda: vm.heal(),
                lambda: board.send(intents.SetPaused(True)),
                lambda: board.send(intents.SetPaused(False)),
                lambda: vm.fail("imds.throttle"),
            )
            for happens in happenings:
                happens()
                for seconds in (1, 59, 240, 240):
                    await clock.advance(seconds)
                    await asyncio.sleep(0.02)
            statuses = {token.status for each in board.seen for one in each.identities for token in one.tokens}
    assert statuses >= {"ok", "expiring", "failed"}


async def test_a_token_becomes_critical_at_its_moment_although_nothing_else_happens(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    vm.lifetime = 600
    plan = Plan(resources=(PlannedResource(ARM),), expiring_below=300, critical_below=120, interval=3600)
    async with following(plan, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.SetPaused(True))
        builder = Compared(plan, board.refresher._scheduler.schedule)
        seen = []
        for seconds in (299, 17, 163, 2, 118, 2):
            await clock.advance(seconds)
            snapshot = builder.build(board.refresher._scheduler.watched, (), clock.now(), complete=True)
            seen.append((snapshot.identities[0].tokens[0].status, snapshot.status))
    assert seen == [
        ("ok", "ok"),
        ("expiring", "warning"),
        ("expiring", "warning"),
        ("expiring", "critical"),
        ("expiring", "critical"),
        ("expired", "critical"),
    ]
