"""CPU a token does not grow with the number of tokens: in the refresher, and in the dashboard as a real process."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import SystemAssigned
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.monitor.refresher import Refresher
from mitui.report.redaction import Redactor
from tests.benchmarks.hurried_clock import HurriedClock
from tests.benchmarks.separate_host import separate_host
from tests.benchmarks.table import compare
from tests.report.samples import HEALTHY, SYSTEM
from tests.support.terminal import Terminal

GROWTH = 1.5
ROUNDS = 5


async def _acquire(count: int, variables: dict[str, str]) -> float:
    """CPU seconds a token, until all of them have arrived."""
    resources = tuple(PlannedResource(f"https://r{number:04}.example") for number in range(count))
    plan = Plan(identities=(PlannedIdentity(SystemAssigned(), "me"),), resources=resources)
    environment = HostEnvironment(MappingProxyType(variables))
    started = time.process_time()
    async with aclosing(Refresher(plan, environment, HurriedClock()).snapshots()) as snapshots:
        async for snapshot in snapshots:
            if snapshot.complete:
                break
    return (time.process_time() - started) / count


def test_the_refresher() -> None:
    with separate_host() as variables:
        asyncio.run(_acquire(20, variables))
        few = min(asyncio.run(_acquire(20, variables)) for _ in range(ROUNDS))
        many = min(asyncio.run(_acquire(160, variables)) for _ in range(2))
        most = asyncio.run(_acquire(1000, variables))
    compare("refresher: CPU a token, of 160", many, "of 20", few, limit=GROWTH)
    compare("refresher: CPU a token, of 1,000", most, "of 20", few)
    assert most < 0.005


def _mask(count: int) -> tuple[float, float]:
    """CPU seconds a token to mask a board for the first time, and to mask the next Snapshot of it."""
    token = SYSTEM.tokens[0]
    tokens = tuple(replace(token, resource=f"https://r{number:04}.example") for number in range(count))
    board = replace(HEALTHY, identities=(replace(SYSTEM, tokens=tokens),))
    redactor, times = Redactor(), []
    for snapshot in (board, replace(board, generated_at=board.generated_at + 1)):
        started = time.process_time()
        redactor.redact(snapshot)
        times.append((time.process_time() - started) / count)
    return times[0], times[1]


def test_masking() -> None:
    _mask(50)
    few, few_again = (min(each) for each in zip(*(_mask(50) for _ in range(ROUNDS)), strict=True))
    most, most_again = (min(each) for each in zip(*(_mask(1000) for _ in range(2)), strict=True))
    compare("masking: CPU a token, of 1,000", most, "of 50", few, limit=GROWTH)
    compare("masking again: CPU a token, of 1,000", most_again, "of 50", few_again, limit=GROWTH)
    compare("masking again: CPU a token", most_again, "for the first time", most, limit=0.5)


def _cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _watch_arrivals(count: int, folder: Path) -> tuple[float, float]:
    """CPU seconds a token while they arrive in the dashboard, and the part of one CPU that it takes when idle."""
    config = folder / f"{count}.toml"
    config.write_text("".join(f'[[resources]]\nresource = "https://r{number:04}.example"\n' for number in range(count)))
    with (
        separate_host() as variables,
        Terminal([sys.executable, "-m", "mitui", "--config", str(config)], environment=variables) as terminal,
    ):
        terminal.wait_for("r0000")
        before = _cpu_of(terminal.process.pid)
        terminal.watch(3 + count / 8)  # IMDS is asked eight times a second at most
        after = _cpu_of(terminal.process.pid)
        terminal.watch(10)
        return (after - before) / count, (_cpu_of(terminal.process.pid) - after) / 10


def test_the_dashboard(tmp_path: Path) -> None:
    few, idle_with_few = _watch_arrivals(20, tmp_path)
    many, idle = _watch_arrivals(160, tmp_path)
    most, idle_with_most = _watch_arrivals(1000, tmp_path)
    compare("dashboard: CPU a token, of 160", many, "of 20", few, limit=GROWTH)
    compare("dashboard: CPU a token, of 1,000", most, "of 20", few, limit=GROWTH)
    assert max(idle, idle_with_few, idle_with_most) <= 0.02
