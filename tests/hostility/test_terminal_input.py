"""Whatever a terminal sends, in whatever pieces: keys stay keys, and an answer about the ground is never one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.message import Message

from mitui.tui.terminal_ground import GroundParser, GroundTold

ANSWER = re.compile(r"\x1b\]11;rgba?:[0-9a-fA-F/]+(?:\x07|\x1b\\)")
PIECES = (
    *"aq?é日/\r\t\x07\x10\x7f\x1b",
    *("\x1b[A", "\x1bOP", "\x1b[27u", "\x1b[I", "\x1b[<0;3;4M", "\x1b[<0;3;4m", "\x1b[?2026;2$y", "\x1b[48;24;80;1;1t"),
    *("\x1b[200~", "\x1b[201~", "\x1b\\", "\x1b]", "\x1b]1", "\x1b]11;", "\x1b]11;rgb:ff", "]11;rgb:ff/ff/ff", "/ff"),
    *("\x1b]11;rgb:gg/ff/ff\x07", "\x1b]10;rgb:ff/ff/ff\x07", "\x1b]11;rgb:ff/ff\x07", "\x1b]11;rgb:12345/ff/ff\x07"),
)
TYPED = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join)
HEX = st.integers(1, 4).flatmap(lambda digits: st.text("0123456789abcdefABCDEF", min_size=digits, max_size=digits))


def _heard(parser: XTermParser, text: str, cuts: Iterable[int]) -> tuple[list[str], list[bool]]:
    """What the parser makes of a text that comes in pieces: its messages, and what it was told of the ground."""
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    messages: list[Message] = []
    for begin, end in pairwise(edges):
        messages += parser.feed(text[begin:end])
    messages += parser.feed("")
    told = [each.light for each in messages if isinstance(each, GroundTold)]
    return [repr(each) for each in messages if not isinstance(each, GroundTold)], told


CUTS = st.lists(st.integers(0, 80), max_size=6)


@given(TYPED, CUTS)
def test_without_an_answer_everything_is_what_textual_makes_of_it(typed: str, cuts: list[int]) -> None:
    assume(not ANSWER.search(typed))
    assert _heard(GroundParser(), typed, cuts) == _heard(XTermParser(), typed, cuts)


@given(TYPED, TYPED, st.tuples(HEX, HEX, HEX), st.sampled_from(("\x07", "\x1b\\")), CUTS)
def test_an_answer_among_keys_is_taken_out(
    before: str, after: str, colour: tuple[str, str, str], end: str, cuts: list[int]
) -> None:
    assume(not ANSWER.search(before + after))
    answer = f"\x1b]11;rgb:{'/'.join(colour)}{end}"
    light = sum(
        weight * int(part, 16) / (16 ** len(part) - 1)
        for weight, part in zip((0.2126, 0.7152, 0.0722), colour, strict=True)
    )
    keys, told = _heard(GroundParser(), before + answer + after, cuts)
    assert keys == _heard(XTermParser(), before + after, ())[0]
    assert told == [light > 0.5]
