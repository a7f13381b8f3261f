"""Ten minutes of a dashboard in a real terminal, with keys of chance and an endpoint that fails by chance."""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from mitui.simulator.host import SimulatedHost
from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI
from tests.terminal.test_any_keys import KEYS, SIZES

MINUTES = float(os.environ.get("ENDURANCE_MINUTES", "10"))
FAULTS = ("imds.throttle", "imds.gone", "imds.restart", "imds.notfound", "reset", "closed", "html", "half-json", "drip")
FLAT = 3.0
"""MB that the memory may grow by after the first minute."""
ROOMS: tuple[Sequence[str], ...] = (
    *((key,) for key in KEYS),
    *((pane, key) for pane in "123456" for key in ("\r", "a", "z", "?", "y", "w")),
    *("S", "C\r", "P\r", "P1\r", "T\r"),
)
"""Keys that open whatever is loaded when it is first opened."""
STILL = (*"hjklgG123456t", "\t", "\x1b[27u")
"""Keys that open nothing."""


def _memory(process: int) -> float:
    """MB that this process has written to: what it only reads counts or not by who else has the same files open."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(each) for each in re.findall(r"(?:Private_Dirty|^Swap):\s+(\d+) kB", text, re.MULTILINE)) / 1024


def _files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def _close_everything(terminal: Terminal) -> None:
    """Leave whatever is open, so that two moments can be compared."""
    for _ in range(6):
        terminal.press("\x1b[27u")
        terminal.settle(quiet=0.1, seconds=2)


def _open_everything(terminal: Terminal, host: SimulatedHost) -> None:
    """Load every room once, with nothing wrong and with everything wrong: what that takes is no growth."""
    for fault in (None, "imds.notfound"):
        if fault is not None:
            host.fail(fault, times=10_000)
        terminal.press("r")
        terminal.settle(seconds=3)
        for each in ROOMS:
            for key in each:
                terminal.press(key)
                terminal.settle(quiet=0.1, seconds=2)
            _close_everything(terminal)


@pytest.mark.long
@pytest.mark.parametrize("keys", [KEYS, STILL, ()], ids=["any-keys", "moving", "no-keys"])
def test_minutes(keys: tuple[str, ...], tmp_path: Path) -> None:
    chance = random.Random(1)
    config = tmp_path / "config.toml"
    config.write_text("[dashboard]\ninterval = 2\n")
    with SimulatedHost("imds") as host:
        host.lifetime = 400
        command = [*MITUI, "--config", str(config)]
        variables = {**host.variables, "MITUI_LOG": ""}
        with Terminal(command, size=(120, 40), environment=variables, folder=tmp_path) as terminal:
            terminal.wait_for("Tokens")
            _open_everything(terminal, host)
            held: list[tuple[float, int]] = []
            begun = time.monotonic()
            minute = 1
            while time.monotonic() - begun < MINUTES * 60:
                host.heal()
                if chance.random() < 0.6:
                    host.fail(chance.choice(FAULTS), times=chance.randrange(1, 6))
                for _ in range(chance.randrange(1, 25)):
                    if keys:
                        terminal.press(chance.choice(keys))
                    terminal.watch(chance.choice((0.02, 0.05, 0.2)))
                if keys is KEYS and chance.random() < 0.1:
                    terminal.resize(chance.choice(SIZES))
                assert terminal.process.poll() is None, terminal.text
                terminal.sent.clear()
                host.requests.clear()
                if time.monotonic() - begun >= minute * 60:
                    minute += 1
                    terminal.resize((120, 40))
                    _close_everything(terminal)
                    held.append((_memory(terminal.process.pid), _files(terminal.process.pid)))
                    sys.stdout.write(f"\nminute {minute - 1}: {held[-1][0]:.1f} MB, {held[-1][1]} files")
            terminal.press("\x11")
            assert terminal.wait_exit()[0] == 0, terminal.text
    memory = [each for each, _ in held]
    files = [each for _, each in held]
    assert max(memory[1:]) - memory[0] <= FLAT, memory
    assert max(files) - min(files) <= 4, files
