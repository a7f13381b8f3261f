"""A pseudo-terminal with a program in it: what it shows, what it sends, and how it leaves the terminal behind.

Nothing here sleeps for a guessed time: ``wait_for`` reads until the screen shows what is wanted, and every wait has a
generous end for a loaded machine.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyte

PATIENCE: Final = 30.0
"""Seconds after which what has not been shown never will be."""
_ROOT: Final = Path(__file__).parents[2]
_RUN_IN_TERMINAL: Final = 'exec "$@" <>"$MITUI_TEST_TTY" 1>&0 2>&1'
"""Opening it as a session's leader makes it the controlling terminal, so that hanging up is noticed."""
_SYNC_QUERY: Final = b"\x1b[?2026$p"
_RESTORED: Final = (b"\x1b[?1049l", b"\x1b[?25h")
_MOUSE_OFF: Final = b"\x1b[?1003l"
_STRANGE_CSI: Final = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]")


class Terminal:
    """Runs ``command`` in a terminal of ``size`` columns and rows; ``with`` ends it, whatever state it is in."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] | None = None,
        term: str = "xterm-256color",
        folder: Path = _ROOT,
    ) -> None:
        self._master, self._slave = os.openpty()
        self._open = True
        self._set_size(size)
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.cooked = termios.tcgetattr(self._slave)
        self.sent: list[tuple[float, bytes]] = []
        base = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "COLORTERM")}
        tty = os.ttyname(self._slave)
        variables = {**base, "TERM": term, "MITUI_TEST_TTY": tty, "PYTHONPATH": str(_ROOT), **(environment or {})}
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            ["sh", "-c", _RUN_IN_TERMINAL, "sh", *command],
            env=variables,
            cwd=folder,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    @property
    def rows(self) -> list[str]:
        """What stands on the screen, row by row."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self.rows)

    @property
    def raw(self) -> bytes:
        """Every byte that the program has written."""
        return b"".join(chunk for _, chunk in self.sent)

    def _pump(self, seconds: float) -> bool:
        """Read what is there, waiting at most ``seconds`` for it; whether there was anything."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            chunk = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self.sent.append((time.monotonic(), chunk))
        if _SYNC_QUERY in chunk:
            os.write(self._master, b"\x1b[?2026;2$y")
        self._stream.feed(_STRANGE_CSI.sub(b"", chunk))
        return bool(chunk)

    def wait_for(self, wanted: str | Callable[[str], bool], seconds: float = PATIENCE) -> float:
        """Read until the screen shows ``wanted``; the seconds that took. Fails with the screen when it never does."""
        shows = wanted if callable(wanted) else lambda text: wanted in text
        started = time.monotonic()
        while not shows(self.text):
            left = started + seconds - time.monotonic()
            if left <= 0 or (self.process.poll() is not None and not self._pump(0)):
                state = "still runs" if self.process.poll() is None else f"ended with {self.process.returncode}"
                raise AssertionError(f"{wanted!r} was not shown, the program {state}; the screen:\n{self.text}")
            self._pump(min(left, 0.05))
        return time.monotonic() - started

    def wait_for_no(self, gone: str, seconds: float = PATIENCE) -> float:
        """Read until the screen shows ``gone`` no more; the seconds that took."""
        return self.wait_for(lambda text: gone not in text, seconds)

    def settle(self, quiet: float = 0.3, seconds: float = PATIENCE) -> None:
        """Read until nothing has come for ``quiet`` seconds."""
        end = time.monotonic() + seconds
        last = time.monotonic()
        while time.monotonic() - last < quiet and time.monotonic() < end:
            if self._pump(0.05):
                last = time.monotonic()

    def watch(self, seconds: float) -> bytes:
        """What the program writes in so many seconds, of its own accord."""
        count = len(self.sent)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._pump(left)
        return b"".join(chunk for _, chunk in self.sent[count:])

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def _set_size(self, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, size: tuple[int, int]) -> None:
        """Make the window larger or smaller; the kernel tells the program."""
        columns, rows = size
        self._screen.resize(rows, columns)
        self._set_size(size)

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        if self._open:
            self._open = False
            os.close(self._slave)
            os.close(self._master)

    def wait_exit(self, seconds: float = PATIENCE) -> tuple[int, float]:
        """Read until the program has ended; its return code, and the seconds that took."""
        started = time.monotonic()
        while self.process.poll() is None:
            if time.monotonic() - started > seconds:
                raise AssertionError(f"the program does not end; the screen:\n{self.text if self._open else ''}")
            if self._open:
                self._pump(0.02)
            else:
                time.sleep(0.02)
        took = time.monotonic() - started
        while self._open and self._pump(0.05):
            pass
        return self.process.returncode, took

    def assert_restored(self) -> None:
        """Fail unless the terminal is as it was: main screen, cursor shown, no mouse reports, line by line input."""
        raw = self.raw
        for sequence in _RESTORED:
            assert raw.rindex(sequence) > 0
        assert b"\x1b[?1003h" not in raw or raw.rindex(_MOUSE_OFF) > raw.rindex(b"\x1b[?1003h")
        assert raw.rindex(b"\x1b[?1049l") > raw.rindex(b"\x1b[?1049h")
        self.assert_cooked()

    def assert_cooked(self) -> None:
        """Fail unless input comes line by line, and is echoed, as before."""
        assert termios.tcgetattr(self._slave)[:4] == self.cooked[:4], "input is raw still"
