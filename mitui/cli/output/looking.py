"""One look at a host: the first complete Snapshot, and how long it took."""

from __future__ import annotations

from contextlib import aclosing

from mitui.clock import SystemClock
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.plan import Plan
from mitui.monitor.refresher import Refresher
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun


async def look_once(plan: Plan, environment: HostEnvironment) -> tuple[Snapshot, CheckRun]:
    """Watch what the plan names until every token has settled and every probe has ended."""
    clock = SystemClock()
    started = clock.monotonic()
    async with aclosing(Refresher(plan, environment, clock).snapshots()) as snapshots:
        async for snapshot in snapshots:
            if snapshot.complete:
                return snapshot, CheckRun(clock.monotonic() - started, plan.expiring_below, plan.critical_below)
    raise AssertionError("the stream of snapshots never ends by itself")
