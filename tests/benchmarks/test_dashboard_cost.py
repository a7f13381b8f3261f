"""The dashboard as a process in a terminal, against a Textual app with one Static, and Harlequin if it is installed."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks.separate_host import separate_host
from tests.benchmarks.table import compare
from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI

ROUNDS = 9
PAINT = 1.25
IDLE = 10.0
"""Seconds."""
ONE_STATIC = (sys.executable, "-m", "tests.benchmarks.one_static")


Program = tuple[tuple[str, ...], str, Callable[[str], bool]]
"""A command, the words of its first paint, and whether it shows all that it will."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and bytes to the first paint; bytes and CPU seconds in each idle second; the most memory, in bytes."""

    first_paint: float
    first_bytes: float
    idle_bytes: float
    idle_cpu: float
    memory: float


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _measure(command: tuple[str, ...], painted: str, complete: Callable[[str], bool], *, idles: bool) -> Cost:
    with separate_host() as variables, Terminal(command, environment=variables) as terminal:
        terminal.wait_for(painted)
        first_paint = _seen(terminal, painted.encode())
        terminal.wait_for(complete)
        terminal.settle(quiet=0.5)
        first_bytes, process = len(terminal.raw), terminal.process.pid
        idle_bytes = idle_cpu = 0.0
        if idles:
            before = _cpu(process)
            idle_bytes = len(terminal.watch(IDLE)) / IDLE
            idle_cpu = (_cpu(process) - before) / IDLE
        status = Path(f"/proc/{process}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert peak is not None
        return Cost(first_paint, first_bytes, idle_bytes, idle_cpu, int(peak[1]) * 1024.0)


def _seen(terminal: Terminal, word: bytes) -> float:
    """Seconds from the start until this was sent; what the terminal itself then takes to draw is no program's cost."""
    sent = b""
    for at, part in terminal.sent:
        sent += part
        if word in sent:
            return at - terminal.started_at
    raise AssertionError(f"{word!r} was not sent in one piece")


def _medians(*programs: Program) -> list[Cost]:
    """What each costs; they take turns, so that whatever else the machine does hits all of them."""
    found: list[list[Cost]] = [[] for _ in programs]
    for number in range(ROUNDS):
        for each, program in zip(found, programs, strict=True):
            each.append(_measure(*program, idles=number == 0))
    return [
        Cost(
            statistics.median(each.first_paint for each in costs),
            statistics.median(each.first_bytes for each in costs),
            costs[0].idle_bytes,
            costs[0].idle_cpu,
            statistics.median(each.memory for each in costs),
        )
        for costs in found
    ]


def _is_full(text: str) -> bool:
    return text.count("23:") + text.count("24:0") >= 2


OURS: Program = (MITUI, "Tokens", _is_full)


def test_against_one_static() -> None:
    ours, theirs = _medians(OURS, (ONE_STATIC, "one static", lambda text: True))
    peer = "Textual, one Static"
    compare("dashboard: to the first paint", ours.first_paint, peer, theirs.first_paint, limit=PAINT)
    compare("dashboard: bytes to a full board", ours.first_bytes, peer, theirs.first_bytes, "B")
    compare("dashboard: bytes a second, two countdowns", ours.idle_bytes, peer, theirs.idle_bytes, "B")
    compare("dashboard: CPU a second when idle", ours.idle_cpu, peer, theirs.idle_cpu)
    compare("dashboard: peak memory", ours.memory, peer, theirs.memory, "B", limit=2.0)
    assert ours.first_bytes <= 20_000
    assert ours.idle_bytes <= 200
    assert ours.idle_cpu <= 0.02


@pytest.mark.skipif(shutil.which("harlequin") is None, reason="Harlequin is not installed")
def test_against_harlequin() -> None:
    harlequin = (str(shutil.which("harlequin")),)
    ours, theirs = _medians(OURS, (harlequin, "Query Editor", lambda text: "Data Catalog" in text))
    compare("dashboard: to the first paint", ours.first_paint, "Harlequin", theirs.first_paint, limit=1.0)
    compare("dashboard: bytes to a full board", ours.first_bytes, "Harlequin", theirs.first_bytes, "B", limit=1.0)
    compare("dashboard: bytes a second, two countdowns", ours.idle_bytes, "Harlequin", theirs.idle_bytes, "B")
    compare("dashboard: CPU a second when idle", ours.idle_cpu, "Harlequin", theirs.idle_cpu)
    compare("dashboard: peak memory", ours.memory, "Harlequin", theirs.memory, "B", limit=1.0)
