"""Asks the terminal what colour its ground has, while the dashboard is still being loaded (OSC 11).

Asked this early, the answer is there when the first frame is drawn, unless the link is slow. The terminal's echo is off
from then on, or the answer would stand on the screen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

_QUESTION: Final = b"\x1b]11;?\x1b\\"
_ENDS: Final = (b"\x1b\\", b"\x07")
_ANSWERING: Final = (
    "alacritty", "contour", "foot", "iterm", "kitty", "konsole", "mlterm", "ms-terminal", "nsterm", "rxvt", "screen",
    "st-", "tmux", "vte", "wezterm", "xterm",
)  # fmt: skip
"""How TERM begins where a terminal either answers or passes over the question; a console may show it."""
_PATIENCE: Final = 0.3
"""Seconds after the question within which an answer may still come when the dashboard has been left already."""


class GroundQuestion:
    """``answered`` is set once somebody has taken the answer."""

    def __init__(self) -> None:
        self.answered = False


def can_be_asked(variables: Mapping[str, str]) -> bool:
    """Whether the terminal can be asked, as far as TERM says."""
    return sys.platform != "win32" and variables.get("TERM", "").startswith(_ANSWERING)


@contextmanager
def asked_for_ground(*, ask: bool) -> Iterator[GroundQuestion]:
    """Ask at once, or not at all; at the end the terminal is as it was, and an answer that nobody took is gone."""
    question = GroundQuestion()
    if sys.platform == "win32" or not ask:
        yield question
        return
    import os
    import termios
    import time

    terminal = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(terminal)
    except (OSError, termios.error):
        yield question
        return
    until = time.monotonic() + _PATIENCE
    try:
        quiet = [*before]
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        try:
            termios.tcsetattr(terminal, termios.TCSANOW, quiet)
            os.write(sys.stdout.fileno(), _QUESTION)
        except (OSError, termios.error):
            question.answered = True
        yield question
    finally:  # whatever comes, be it ctrl+c at the very question
        try:
            if not question.answered:
                _drop_answer(terminal, until)
            termios.tcsetattr(terminal, termios.TCSANOW, before)
        except (OSError, termios.error):
            pass  # The terminal is gone.


def _drop_answer(terminal: int, until: float) -> None:
    """Read away what comes until the answer has, or until that moment of the monotonic clock."""
    import os
    import select
    import time

    while (left := until - time.monotonic()) > 0 and select.select([terminal], [], [], left)[0]:
        if (heard := os.read(terminal, 4096)).endswith(_ENDS) or not heard:
            return
