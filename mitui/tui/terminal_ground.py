"""Hears what colour the terminal's ground has: the answer to OSC 11, taken out of what is typed.

Textual 8.2.8 knows no OSC among what a terminal sends, and would take the answer for some twenty keys. So its parser is
replaced by one that takes the answer out, whenever it comes: over a slow link that is long after the first frame.
Question and answer: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "Operating System Commands", Ps = 11.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from time import monotonic
from typing import Final

from textual._xterm_parser import XTermParser
from textual.message import Message

_ANSWER: Final = re.compile(
    r"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?(?:\x07|\x1b\\)"
)
_CUT_OFF: Final = re.compile(r"\x1b(?:\](?:1(?:1(?:;(?:r(?:g(?:b(?:a?(?::[0-9a-fA-F/]{0,19}\x1b?)?)?)?)?)?)?)?)?)?\Z")
"""What may be the beginning of an answer, at the end of what has come."""
_HELD: Final = 0.1
"""Seconds that such a beginning may take to go on, before it is taken for keys; as long as Textual waits for a key."""
_WEIGHTS: Final = (0.2126, 0.7152, 0.0722)
"""What red, green and blue add to how light a colour is (ITU-R BT.709)."""


class GroundTold(Message):
    """The terminal has said whether its ground is ``light``."""

    def __init__(self, light: bool) -> None:
        self.light = light
        super().__init__()


def is_light(red: str, green: str, blue: str) -> bool:
    """Whether a colour is light, by its parts in hexadecimal, of one to four digits each."""
    parts = (int(each, 16) / int("f" * len(each), 16) for each in (red, green, blue))
    return sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True)) > 0.5


class GroundParser(XTermParser):
    """Textual's parser of what the terminal sends, but for answers to OSC 11."""

    def __init__(self, debug: bool = False) -> None:
        self._held = ""
        self._held_since = 0.0
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Messages for ``data``; "" ends the stream."""
        text = self._held + data
        self._held = ""
        for answer in _ANSWER.finditer(text):
            yield GroundTold(is_light(*answer.group(1, 2, 3)))
        text = _ANSWER.sub("", text)
        if data and (beginning := _CUT_OFF.search(text)):
            self._held, self._held_since = beginning.group(), monotonic()
            text = text[: beginning.start()]
        if text:
            yield from super().feed(text)
        if not data:
            yield from super().feed("")

    def tick(self) -> Iterable[Message]:
        """Messages that are due because nothing more has come."""
        if self._held and monotonic() - self._held_since >= _HELD:
            held, self._held = self._held, ""
            yield from super().feed(held)
        yield from super().tick()


def hear_ground() -> None:
    """Let Textual's driver parse with GroundParser; to be called once, before the driver starts."""
    if sys.platform != "win32":
        from textual.drivers import linux_driver

        linux_driver.XTermParser = GroundParser  # type: ignore[attr-defined]
