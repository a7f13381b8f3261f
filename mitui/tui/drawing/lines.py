"""Lines of text with roles: what every pane is made of, before anything knows about a terminal.

A pane is a pure function to lines. Text becomes a Span only through ``span()``, which makes it harmless; a role is a
word such as "ok" or "dim", and the theme decides what it looks like.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

from mitui.safe_text import UNSAFE, middle, visible_line
from mitui.tui.drawing.glyphs import ENTER

Role = Literal["text", "dim", "frame", "focus", "title", "tab", "claim", "key", "ok", "warn", "error", "rail"]


class Span(NamedTuple):
    """A run of harmless text in one role; ``marked`` cells lie under the cursor, ``strong`` ones are bold."""

    text: str
    role: Role = "text"
    strong: bool = False
    marked: bool = False


Line = tuple[Span, ...]
_BOUND = "\u00a0"


def span(text: str, role: Role = "text", *, strong: bool = False) -> Span:
    """Text from anywhere as a Span: controls, bidi overrides and newlines become pictures."""
    if UNSAFE.search(text) or "\n" in text or "\t" in text or len(text) > 512:
        text = visible_line(text)
    return Span(text, role, strong)


def line(*parts: Span | str) -> Line:
    """A line of spans and plain texts; empty ones vanish."""
    return tuple(made for part in parts if (made := span(part) if isinstance(part, str) else part).text)


def width_of(spans: Iterable[Span]) -> int:
    """How many cells the spans take."""
    return sum(cell_len(each.text) for each in spans)


def text_of(spans: Iterable[Span]) -> str:
    """The spans as text."""
    return "".join(each.text for each in spans)


def fit(spans: Sequence[Span], width: int) -> Line:
    """The spans in exactly ``width`` cells: padded with blanks, or cut with an ellipsis."""
    taken = width_of(spans)
    if taken == width:
        return tuple(spans)
    if taken < width:
        return (*spans, Span(" " * (width - taken)))
    kept: list[Span] = []
    left = width
    for each in spans:
        cells = cell_len(each.text)
        if cells < left:
            kept.append(each)
            left -= cells
            continue
        if left > 0:
            kept.append(each._replace(text=set_cell_size(each.text, left - 1) + "…"))
        break
    return tuple(kept)


def spread(left: Sequence[Span], right: Sequence[Span], width: int) -> Line:
    """``left`` and ``right`` at the two ends of ``width`` cells; ``left`` gives way when both don't fit."""
    right_width = width_of(right)
    if not right_width or right_width >= width:
        return fit(left, width) if not right_width else fit(right, width)
    return (*fit(left, width - right_width), *right)


def pad(text: str, width: int, role: Role = "text", *, strong: bool = False) -> Span:
    """A text in a column of ``width`` cells, shortened in the middle where it is longer."""
    made = span(text, role, strong=strong)
    cells = cell_len(made.text)
    if cells > width:
        made = made._replace(text=middle(made.text, width))
        cells = cell_len(made.text)
        if cells > width:
            return made._replace(text=set_cell_size(made.text, width))
    return made._replace(text=made.text + " " * (width - cells))


def cut(spans: Iterable[Span], start: int, end: int) -> tuple[Line, Line, Line]:
    """The spans before the cell ``start``, those up to ``end``, and those after."""
    parts: tuple[list[Span], list[Span], list[Span]] = ([], [], [])
    at = 0
    for each in spans:
        cells = cell_len(each.text)
        low, high = min(max(start - at, 0), cells), min(max(end - at, 0), cells)
        for part, text in zip(parts, (each.text[:low], each.text[low:high], each.text[high:]), strict=True):
            if text:
                part.append(each._replace(text=text))
        at += cells
    return tuple(parts[0]), tuple(parts[1]), tuple(parts[2])


def mark(spans: Iterable[Span], start: int = 0, end: int | None = None) -> Line:
    """The spans with the cells from ``start`` to ``end`` under the cursor."""
    whole = tuple(spans)
    before, inside, after = cut(whole, start, width_of(whole) if end is None else end)
    return (*before, *(each._replace(marked=True) for each in inside), *after)


def wrap(text: str, width: int, role: Role = "text", *, indent: str = "", first: str | None = None) -> list[Line]:
    """A sentence as lines of at most ``width`` cells, broken between words, but not between enter and what it does."""
    safe = span(text, role).text.replace(f"{ENTER} ", f"{ENTER}{_BOUND}")
    rows = textwrap.wrap(
        safe,
        max(8, width),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return [(Span(row.replace(f"{ENTER}{_BOUND}", f"{ENTER} "), role),) for row in rows]


def joined(spans: Line) -> Line:
    """The same cells in as few spans as will do: blanks take the role beside them, since every span costs bytes."""
    made: list[Span] = []
    for each in spans:
        last = made[-1] if made else None
        if last is not None and last.marked == each.marked and (last[1:] == each[1:] or each.text.isspace()):
            made[-1] = last._replace(text=last.text + each.text)
        elif last is not None and last.marked == each.marked and last.text.isspace():
            made[-1] = each._replace(text=last.text + each.text)
        else:
            made.append(each)
    return tuple(made)


def changed_cells(before: Line, after: Line) -> tuple[int, int] | None:
    """The first and one past the last cell in which two lines of one width differ, None where they are equal."""
    if before == after:
        return None
    start = 0
    common = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        start += cell_len(new.text)
        common += 1
    end = width_of(after)
    tail_old, tail_new = before[common:], after[common:]
    while len(tail_old) > 1 and len(tail_new) > 1 and tail_old[-1] == tail_new[-1]:
        end -= cell_len(tail_new[-1].text)
        tail_old, tail_new = tail_old[:-1], tail_new[:-1]
    if len(tail_old) == len(tail_new) == 1 and tail_old[0][1:] == tail_new[0][1:]:
        same = _same_start(tail_old[0].text, tail_new[0].text)
        start += cell_len(tail_new[0].text[:same])
    return (start, end) if end > start else (0, width_of(after))


def _same_start(before: str, after: str) -> int:
    """How many characters two texts share at their start."""
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return index
    return min(len(before), len(after))
