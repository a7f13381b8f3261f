"""The upper and the lower edge of a pane's frame, and what is told in them."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from mitui.safe_text import middle
from mitui.tui.drawing.lines import Line, Role, Span, span, width_of
from mitui.tui.keys.actions import PANES, TITLES
from mitui.tui.panes.tab_mark import tab_mark
from mitui.tui.panes.view import View
from mitui.tui.scene import Scene

_LEAST_SUBJECT: Final = 8
"""Cells for what follows the title at least; in fewer it would say nothing."""

Starts = list[tuple[int, str]]
"""The cell where each tab's title begins, and the tab's name."""


def upper_edge(
    name: str, tabs: tuple[str, ...], view: View, corner: Line, scene: Scene, width: int, role: Role
) -> tuple[Line, Starts, range]:
    """The titles of a frame's ``tabs``, or its own where there are none, the one called ``name`` in front; where the
    titles begin; and the cells of the ``corner``, which stands at the right end. The title's subject gives way to it.
    """
    frame = Span("─", role)
    names = tabs or (name,)
    parts: list[Span] = [frame._replace(text="╭─ ")]
    at = 0
    starts: Starts = []
    for index, each in enumerate(names):
        number = f"{PANES.index(each) + 1} " if each in PANES else ""
        if index:
            parts.append(frame._replace(text=" ─ "))
        starts.append((width_of(parts), each))
        if each == name:
            at = len(parts) + 2
            parts += [span(number, "tab", strong=True), span(TITLES[each], "title", strong=True)]
        else:
            parts += [span(number + TITLES[each], "tab", strong=False), *tab_mark(each, scene)]
    parts.append(Span(" "))
    left = width - width_of(parts) - 2
    told = [Span(" "), *corner, Span(" ")] if corner and width_of(corner) + 2 <= left else []
    left -= width_of(told)
    extra = _subject(view.subject, left) if view.subject else []
    parts[at:at] = extra
    longer = width_of(extra)
    own = names.index(name)
    starts = [(x + longer * (index > own), each) for index, (x, each) in enumerate(starts)]
    end = width - 2
    edge = (*parts, frame._replace(text="─" * (left - longer)), *told, frame._replace(text="─╮"))
    return edge, starts, range(end - width_of(told), end)


def _subject(subject: str, room: int) -> list[Span]:
    text = span(subject).text
    if room < _LEAST_SUBJECT:
        return []
    ways = (text, text.partition(".")[0], middle(text, room - 3))
    shown = next(way for way in ways if cell_len(way) <= room - 3)
    return [Span(" · ", "frame"), Span(shown, "title", strong=True)]


def lower_edge(view: View, marked: Line, more: str, width: int, role: Role) -> Line:
    """The view's status on the right and its note on the left, or in place of the note what is ``marked`` says.

    ``more`` is how much is out of sight, "" where nothing is.
    """
    frame = Span("─", role)
    right = list(view.status)
    if more:
        right = [span(more, "dim"), *([span(" · ", "dim"), *right] if right else [])]
        if width_of(right) > width - 6:
            right = right[:1]
    inside = width - 4
    left = list(marked or view.note)
    if right and left and width_of(left) + width_of(right) + 5 > inside:
        # What is marked matters more than what the frame says of the whole pane.
        right, left = (right[:1] if more else [], left) if marked else (right, [])
    ends = [[Span(" "), *part, Span(" ")] if part else [] for part in (left, right)]
    if width_of(ends[0]) + width_of(ends[1]) > inside:
        kept = 0 if marked else 1
        ends = [part if index == kept and width_of(part) <= inside else [] for index, part in enumerate(ends)]
    dashes = frame._replace(text="─" * (inside - width_of(ends[0]) - width_of(ends[1])))
    return (frame._replace(text="╰─"), *ends[0], dashes, *ends[1], frame._replace(text="─╯"))
