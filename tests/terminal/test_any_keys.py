"""Whatever is typed, as fast as it comes, at any size: the dashboard stays, and leaves at once when it is asked to."""

from __future__ import annotations

import random

import pytest

from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI

KEYS = (
    *"rRiandvVwzpyYtxfTPL123456hjklgG?/[]+-= bBsnN",
    "\r",
    "\t",
    "\x1b[27u",  # escape, as terminals send it that tell it from the start of a sequence
    "\x1b[Z",
    *(f"\x1b[{letter}" for letter in "ABCDHF"),
    "\x1b[5~",
    "\x1b[6~",
    "\x1bOP",
    "\x10",
    "\x15",
    "\x04",
    "\x7f",
    "é",
    "日本",
    "[/x]",
)
SIZES = ((80, 24), (120, 40), (60, 20), (59, 19), (100, 30), (10, 3))
COUNT = 500


@pytest.mark.parametrize("scenario", ["vm", "docker", "multiple", "throttled", "cloud-shell"])
def test_any_keys_at_any_size(scenario: str) -> None:
    chance = random.Random(scenario)
    with Terminal([*MITUI, "--demo", scenario]) as terminal:
        terminal.wait_for("Source")
        pressed = []
        for _ in range(COUNT):
            pressed.append(chance.choice(KEYS))
            terminal.press(pressed[-1])
            if chance.random() < 0.05:
                terminal.resize(chance.choice(SIZES))
            terminal.watch(chance.choice((0.0, 0.0, 0.01)))
            assert terminal.process.poll() is None, f"after {pressed[-20:]}:\n{terminal.text}"
        terminal.press("\x11")
        assert terminal.wait_exit()[0] == 0, terminal.text
        terminal.assert_restored()
