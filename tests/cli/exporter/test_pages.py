"""Whether the exporter is alive, while what it publishes is at work."""

from __future__ import annotations

from dataclasses import replace

from mitui.cli.exporter.http_server import Request
from mitui.cli.exporter.pages import PATIENCE, Pages
from mitui.clock import ManualClock
from mitui.monitor.plan import Plan, PlannedResource
from mitui.simulator.host import SimulatedHost
from tests.engine.support import until
from tests.monitor.follower import ARM, environment_of_host, following

HEALTHY = Request("GET", "/-/healthy", "", {})


async def test_it_is_alive_while_a_slow_endpoint_is_looked_at_and_stuck_where_no_look_comes() -> None:
    clock = ManualClock()
    pages = Pages(clock, 300.0, 60.0, lambda snapshot: snapshot)
    plan = Plan(resources=(PlannedResource(ARM, "", "option"),), interval=2 * PATIENCE)
    with SimulatedHost("imds", now=clock.now) as vm:
        async with following(plan, environment_of_host(vm), clock) as board:
            await board.complete()
            vm.fail("blackhole")
            asked = len(vm.requests)
            await clock.advance(2 * PATIENCE)
            await until(lambda: len(vm.requests) > asked)
            pages.publish(board.last)
            assert pages.answer(HEALTHY).status == 200
            last = board.last
    await clock.advance(4 * PATIENCE)
    assert pages.answer(HEALTHY).status == 503
    pages.publish(replace(last, next_check_at=None))
    assert pages.answer(HEALTHY).status == 503
