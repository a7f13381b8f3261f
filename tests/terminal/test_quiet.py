"""What the dashboard writes of its own accord: the countdowns, a refresh, and nothing else."""

from __future__ import annotations

import re
import signal

from tests.support.terminal import Terminal
from tests.terminal.programs import BOARD

COUNTDOWN = re.compile(r"\d\d:\d\d:\d\d")
PER_COUNTDOWN = 100
"""Bytes a second."""
REFRESH = 2_000
"""Bytes."""


def rows_that_change(terminal: Terminal, seconds: float) -> tuple[int, list[str]]:
    """Bytes a second, and the rows that look different at the end."""
    before = terminal.rows
    sent = len(terminal.watch(seconds))
    after = terminal.rows
    return round(sent / seconds), [new for old, new in zip(before, after, strict=True) if old != new]


def test_a_healthy_board_sends_its_countdowns_and_nothing_else() -> None:
    with Terminal([*BOARD, "healthy"]) as terminal:
        terminal.wait_for("storage.azure.com")
        terminal.settle(quiet=0.5)
        rate, rows = rows_that_change(terminal, 3.0)
        assert all(COUNTDOWN.search(row) for row in rows), rows
        assert len(rows) == 3
        assert rate <= PER_COUNTDOWN * len(rows)

        terminal.press("?")
        terminal.wait_for("Help")
        terminal.settle(quiet=0.5)
        assert rows_that_change(terminal, 1.5)[0] == 0, "nothing ticks under a page"
        terminal.press("q")
        terminal.wait_for("storage.azure.com")

        terminal.press("\x10")
        terminal.wait_for("Commands")
        terminal.settle(quiet=0.5)
        assert rows_that_change(terminal, 1.5)[0] == 0, "nothing blinks in a field"
        terminal.press("\x1b[27u")
        terminal.wait_for("storage.azure.com")

        terminal.press("p")
        terminal.wait_for("paused")
        terminal.settle(quiet=1.2)
        assert rows_that_change(terminal, 1.5) == (0, [])


def test_a_refresh_sends_what_has_changed() -> None:
    with Terminal([*BOARD, "healthy"]) as terminal:
        terminal.wait_for("storage.azure.com")
        terminal.settle(quiet=0.5)
        checked = next(row for row in terminal.rows if "checked" in row)
        count = len(terminal.raw)
        terminal.signal(signal.SIGUSR1)
        terminal.wait_for_no(checked)
        terminal.settle(quiet=0.4)
        assert 0 < len(terminal.raw) - count <= REFRESH
