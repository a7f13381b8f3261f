"""One claim: its name, its value as a person reads it and as the token has it, and what it means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from mitui.claims import explain, is_time
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.lines import Line, line, pad, span, width_of, wrap
from mitui.tui.drawing.shortening import arm_tail, is_arm_id, shortened
from mitui.tui.drawing.times import full_time
from mitui.tui.panes.view import Item
from mitui.tui.settings import TimeFormat

_VALUE: Final = 36
"""The column of values is as wide as a GUID, where there is room."""
_MEANING: Final = 7
"""Meanings stand in a column of their own where it would be at least as wide."""
_ARM_LEAST: Final = 28
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class ClaimColumns:
    """How the claims of one token are laid out: the cells of the names and of the whole line, and which are marked.

    ``changed`` differ from the token before, ``expected`` of them as in every new token.
    """

    names: int
    width: int
    times: TimeFormat
    changed: frozenset[str] = frozenset()
    expected: frozenset[str] = frozenset()

    @property
    def indent(self) -> int:
        """The cells before the values."""
        return self.names + _GAP


def raw_text(value: object) -> str:
    """A claim's value as the token has it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def rendered(name: str, value: object, times: TimeFormat) -> tuple[str, str]:
    """A claim's value as a person reads it, and the raw one where that differs."""
    if is_time(name) and isinstance(value, int | float) and not isinstance(value, bool):
        shown = full_time(value, times)
        raw = raw_text(value)
        return shown, "" if shown == raw else raw
    return raw_text(value), ""


def _beside(shown: str, aside: int, said: int, room: int) -> tuple[str, int]:
    """The value, shortened if that makes room for its meaning beside it, and the gap between them; 0 for no room.

    ``aside`` and ``said`` are the cells of the raw value and of the meaning.
    """
    column = _VALUE if room >= _VALUE + _GAP + _MEANING else 0
    ways = [shown]
    if is_arm_id(shown):
        ways += [arm_tail(shown, cells) for cells in (column, room - said - _GAP) if cells >= _ARM_LEAST]
    for way in ways:
        taken = width_of([span(way)]) + aside
        for at in (max(column, taken) + _GAP, taken + _GAP):
            if at + said <= room:
                return way, at - taken
    return shown, 0


def claim_item(name: str, value: object, columns: ClaimColumns, *, told: bool = False) -> Item:
    """One claim on one line, with its meaning beside it where there is room, else below it if it is to be ``told``."""
    shown, raw = rendered(name, value, columns.times)
    meaning = explain(name, value)
    room = columns.width - columns.indent
    aside, said = span(f"  {raw}" if raw else "", "dim"), span(meaning, "dim")
    gap_and_mark = span(" " * _GAP)
    if name in columns.changed:  # within the gap, so that nothing moves as it comes
        gap_and_mark = span(f"{glyphs.CHANGED:<{_GAP}}", "dim" if name in columns.expected else "warn")
    start = [pad(name, columns.names, "claim"), gap_and_mark]
    text, gap = _beside(span(shown).text, width_of([aside]), width_of([said]), room) if meaning else (shown, 0)
    rows: tuple[Line, ...]
    if gap:
        rows = (line(*start, span(text), aside, span(" " * gap), said),)
    elif width_of([span(shown), aside]) <= room:
        rows = (line(*start, span(shown), aside),)
    else:
        text = shortened(span(shown).text, room)
        rows = (line(*start, span(text)),)
    if told and meaning and not gap:
        rows += tuple(wrap(meaning, columns.width, "dim", indent=" " * columns.indent))
    untold = meaning if not gap and not told else ""
    is_whole = text == shown or text == span(shown).text
    full = "" if is_whole else "  ".join(part for part in (shown, raw, meaning) if part)
    return Item(rows, key=name, full=full, copy=raw or shown, note=line(span(untold, "dim")))
