"""What differs, chapter by chapter: side by side where there is room, one below the other where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mitui.safe_text import visible
from mitui.tui.compared_row import ComparedRow
from mitui.tui.drawing.breaking import list_lines, word_lines
from mitui.tui.drawing.words import MUTED, said, said_line
from mitui.tui.keys.page_actions import CLOSE, COPY, SCROLL
from mitui.tui.screens.pairs import Pairs, Wrapped, pair_lines
from mitui.tui.screens.text_page import TextPage
from mitui.wording import counted

WIDE: Final = 100
"""Cells from which on the two sides stand beside each other."""
_GAP: Final = 2
"""Cells before a side's text: its letter and a blank."""
_LONGEST: Final = 4096
_WHY: Final = "→"
"""Before a reason, which else would look like more of B where there is no colour."""


class Sides(Wrapped):
    """The rows of one chapter."""

    def __init__(self, rows: Sequence[ComparedRow]) -> None:
        super().__init__()
        self._rows = tuple(rows)

    def lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for row in self._rows:
            lines += _broken(list_lines, row.subject, width, "bold")
            if width >= WIDE:
                half = width // 2 - 1
                a, b = _side("A", row.a, half), _side("B", row.b, width - half - 1)
                lines += pair_lines((Content("\n").join(a), Content("\n").join(b)), half, width)
            else:
                lines += [*_side("A", row.a, width), *_side("B", row.b, width)]
            if row.note:
                note = Content("\n").join(_broken(word_lines, row.note, width - _GAP, MUTED))
                lines += pair_lines((said_line(_WHY, MUTED), note), 1, width)
        return lines


def _side(letter: str, text: str, width: int) -> list[Content]:
    return pair_lines((said_line(letter, MUTED), Content("\n").join(_broken(word_lines, text, width - _GAP))), 1, width)


def _broken(lines: Callable[[str, int], list[str]], text: str, width: int, style: str = "") -> list[Content]:
    return [said(each, style) for each in lines(visible(text, _LONGEST), width)]


class ComparisonScreen(TextPage):
    """The differences between ``a`` and ``b``, as they are called."""

    hint_actions = (COPY[3], SCROLL[6], COPY[4], CLOSE)

    def __init__(self, rows: Sequence[ComparedRow], a: str, b: str) -> None:
        super().__init__("What differs", "What differs")
        self._rows = tuple(rows)
        self._names = (a, b)

    def body(self) -> Iterable[Widget]:
        count = len(self._rows)
        words = f"{counted(count, 'thing differs', 'things differ')}." if count else "Nothing differs."
        yield Static(said(words, "$warning bold" if count else "$success bold"))
        yield Pairs(
            [(said_line(each, MUTED), said_line(name)) for each, name in zip("AB", self._names, strict=True)], 1
        )
        for chapter, rows in groupby(self._rows, lambda row: row.chapter):
            yield Static(said_line(chapter[:1].upper() + chapter[1:]), classes="heading")
            yield Sides(list(rows))

    def text(self) -> str:
        lines = [f"{letter}  {name}" for letter, name in zip("AB", self._names, strict=True)]
        for chapter, rows in groupby(self._rows, lambda row: row.chapter):
            lines += ["", chapter]
            for row in rows:
                lines += [
                    f"- {row.subject}",
                    f"    A  {row.a}",
                    f"    B  {row.b}",
                    *([f"    {row.note}"] if row.note else []),
                ]
        return "\n".join(lines)
