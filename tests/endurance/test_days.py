"""Weeks of a VM's life, with everything that goes wrong in them, and the truth held against every Snapshot."""

from __future__ import annotations

import asyncio
import gc
import re
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.monitor.intents import Refresh
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.monitor.refresher import Refresher
from mitui.monitor.snapshot import Snapshot
from mitui.simulator.identities import default_identities
from tests.endurance.oracle import Oracle
from tests.endurance.world import HOUR, World
from tests.support.simulated_time import SettableClock, SimulatedLoop

ARM, VAULT, SHORT = "https://management.azure.com", "https://vault.azure.net", "https://storage.azure.com"
INTERVAL = 60.0
CROWDED = (120.0, 600.0, 1500.0)
USUAL = (*CROWDED, 3 * HOUR)
"""Seconds between troubles."""
KEPT = 5
"""Idle connections that httpcore keeps; it lets them go by real time, of which too little passes here."""
OBJECTS = 3000
"""By how many objects two moments of calm differ, of some hundred thousand."""


@dataclass(frozen=True, slots=True)
class Held:
    """How many tasks, open files, connections and objects there are; those that an idle connection needs apart."""

    tasks: int = 0
    files: int = 0
    connections: int = 0
    objects: int = 0


@dataclass(slots=True)
class Life:
    """What came of it."""

    world: World
    oracle: Oracle
    snapshots: int = 0
    before: Held = Held()
    after: Held = Held()


def _plan() -> Plan:
    web = ClientId(default_identities()[0].client_id)
    return Plan(
        identities=(PlannedIdentity(SystemAssigned(), "", "option"), PlannedIdentity(web, "", "option")),
        resources=tuple(PlannedResource(each, "", "option") for each in (ARM, VAULT, SHORT)),
        interval=INTERVAL,
    )


async def _live(
    seed: int, days: float, rests: tuple[float, ...], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Life:
    loop = asyncio.get_running_loop()
    unheeded: list[str] = []
    loop.set_exception_handler(
        lambda _, context: unheeded.append(f"{context['message']}: {context.get('exception')!r}")
    )
    world = World(SettableClock(loop), seed, rests)
    world.defects.install(monkeypatch)
    await world.begin(folder)
    world.host.lifetimes = {SHORT: HOUR}
    life = Life(world, Oracle(world, INTERVAL))
    environment = HostEnvironment(
        {"AZURE_POD_IDENTITY_AUTHORITY_HOST": world.host.url},
        folder,
    )
    refresher = Refresher(_plan(), environment, world.clock)
    world.press_refresh = lambda: refresher.send(Refresh())
    last: list[Snapshot] = []

    async def look() -> None:
        while True:
            await world.clock.sleep(20.0)
            if last:
                life.oracle.look(last[0], stands=True)

    async def follow() -> None:
        async with aclosing(refresher.snapshots()) as snapshots:
            async for snapshot in snapshots:
                life.snapshots += 1
                last[:] = [snapshot]
                life.oracle.look(snapshot)

    follower, looker = asyncio.create_task(follow()), asyncio.create_task(look())
    life.before = await _flat(world, follower, days / 2)
    life.after = await _flat(world, follower, days / 2)
    for each in (follower, looker):
        each.cancel()
    await asyncio.gather(follower, looker, return_exceptions=True)
    await world.server.silence()
    assert unheeded == []
    return life


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def _flat(world: World, follower: asyncio.Task[None], days: float) -> Held:
    """What is held after so many days, in a moment of calm."""
    living = asyncio.create_task(world.live(days))
    await asyncio.wait((living, follower), return_when=asyncio.FIRST_COMPLETED)
    if follower.done():
        follower.result()
    await world.clock.sleep(2 * HOUR)
    moments = []
    for _ in range(20):
        await world.clock.sleep(7.0)
        idle = len(world.server.open)
        tasks, files = len(asyncio.all_tasks()) - idle, _open_files() - 2 * idle
        moments.append((tasks, files, idle))
    gc.collect()
    tasks, files, idle = (min(each) for each in zip(*moments, strict=True))
    return Held(tasks, files, idle, len(gc.get_objects()))


def _run(seed: int, days: float, rests: tuple[float, ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        life = runner.run(_live(seed, days, rests, folder, monkeypatch))
    oracle, world = life.oracle, life.world
    first = "\n".join(_one_of_a_kind(oracle.wrong))
    assert not oracle.wrong, f"{len(oracle.wrong)} of {oracle.checks} looks were wrong:\n{first}"
    assert len({name for _, name in world.history}) >= 20, "too little happened"
    assert {"ok", "warning", "critical"} <= {status for status, _ in oracle.states}
    assert oracle.checks > life.snapshots
    assert world.most_in_a_second <= 18
    assert world.most_in_an_hour <= 600
    before, after = life.before, life.after
    assert (after.tasks, after.files) == (before.tasks, before.files), life
    assert after.connections <= KEPT, life
    assert after.objects <= before.objects + OBJECTS, life


def _one_of_a_kind(wrong: list[str]) -> list[str]:
    """The first of those that differ in numbers only."""
    return list({re.sub(r"[-\d.]+", "", each.rpartition("): ")[2]): each for each in reversed(wrong)}.values())[:20]


def test_a_crowded_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(1, 1, CROWDED, tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4))
def test_thirty_days(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(seed, 30, USUAL, tmp_path, monkeypatch)
