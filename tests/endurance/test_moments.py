"""Moments of chance that took weeks to come, each made on purpose."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import SystemAssigned
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.monitor.refresher import Refresher
from tests.endurance.oracle import Oracle
from tests.endurance.world import HOUR, World
from tests.support.simulated_time import SettableClock, SimulatedLoop

PLAN = Plan(
    identities=(PlannedIdentity(SystemAssigned(), "", "option"),),
    resources=(PlannedResource("https://management.azure.com", "", "option"),),
)


async def _set_the_clock_shortly_before_the_agent_goes(folder: Path) -> tuple[Oracle, list[str]]:
    world = World(SettableClock(asyncio.get_running_loop()), 0, ())
    await world.begin(folder)
    world.clock.skew = -0.4 * HOUR
    oracle = Oracle(world, PLAN.interval)
    variables = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": world.host.url}
    said: list[str] = []

    async def follow() -> None:
        async with aclosing(Refresher(PLAN, HostEnvironment(variables, folder), world.clock).snapshots()) as snapshots:
            async for snapshot in snapshots:
                oracle.look(snapshot)
                failure = snapshot.identities[0].tokens[0].failure
                said.append(f"{snapshot.source.kind} {failure.kind if failure is not None else 'ok'}")

    follower = asyncio.create_task(follow())

    async def shortly() -> None:
        await world.clock.sleep(19.5)
        world._jump(lambda: setattr(world.clock, "skew", 0.0))
        await world.clock.sleep(5.0)
        await world._remove_agent()

    await world.clock.sleep(595.0)
    await world._troubled("agent", 0.0, world._install_agent, shortly)
    await world.clock.sleep(600.0)
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)
    await world.server.silence()
    return oracle, said


def test_an_agent_that_went_right_after_the_look_at_it(tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        oracle, said = runner.run(_set_the_clock_shortly_before_the_agent_goes(tmp_path))
    assert oracle.wrong == []
    assert "azure_arc connection_refused" in said
    assert said[-1] == "imds ok"
