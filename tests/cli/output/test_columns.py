"""Lists on a real terminal break between words, and are one line a row where nobody looks on."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence

import pytest

TIMEOUT = 60
LISTS = (("--demo", "list"), ("simulate", "--list"), ("explain",))


def _on_a_terminal(arguments: Sequence[str], columns: int) -> list[str]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen([sys.executable, "-m", "mitui", *arguments], stdout=theirs, env=variables) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            said += piece
        assert process.wait(TIMEOUT) == 0
    os.close(ours)
    return said.decode().replace("\r\n", "\n").splitlines()


def _piped(arguments: Sequence[str]) -> list[str]:
    command = [sys.executable, "-m", "mitui", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT)
    return done.stdout.splitlines()


@pytest.mark.parametrize("columns", [80, 50, 30])
@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_a_list_breaks_between_words(arguments: tuple[str, ...], columns: int) -> None:
    shown, whole = _on_a_terminal(arguments, columns), _piped(arguments)
    assert " ".join("\n".join(shown).split()) == " ".join("\n".join(whole).split())
    if columns > 30:  # where some names alone are longer
        assert max(map(len, shown)) <= columns


@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_where_nobody_looks_on_each_row_is_one_line(arguments: tuple[str, ...]) -> None:
    lines = _piped(arguments)
    assert len({line.split()[0] for line in lines}) > 3
    assert max(map(len, lines)) > 80
