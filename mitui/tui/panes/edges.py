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
    name: str, tabs: tuple[str, ...], view: View, corners: tuple[Line, ...], scene: Scene, width: int, role: Role
) -> tuple[Line, Starts, range]:
    """The titles of a frame's ``tabs``, or its own where there are none, the one called ``name`` in front; where the
    titles begin; and the cells of the corner at its right end: of the ways to say what stands there the
    first that leaves room for the title's subject, or else for its least.
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
    corner = _corner(corners, view.subject, left)
    told = [Span(" "), *corner, Span(" ")] if corner else []
    left -= width_of(told)
    extra = _subject(view.subject, left) if view.subject else []
    parts[at:at] = extra
    longer = width_of(extra)
    own = names.index(name)
    starts = [(x + longer * (index > own), each) for index, (x, each) in enumerate(starts)]
    end = width - 2
    edge = (*parts, frame._replace(text="─" * (left - longer)), *told, frame._replace(text="─╮"))
    return edge, starts, range(end - width_of(told), end)


def _corner(ways: tuple[Line, ...], subject: str, room: int) -> Line:
    """The first way beside which the subject stands whole, else at all; else the longest that fits; () for none."""
    least = _LEAST_SUBJECT if subject else 0
    for beside in (max(least, width_of([span(subject)]) + 3), least, 0):
        for way in ways[:-1]:
            if width_of(way) + 2 + beside <= room:
                return way
    return ways[-1] if ways and width_of(ways[-1]) + 2 <= room else ()


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
