"""Pane 6: what the refresher did, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from mitui.tui.drawing import glyphs
from mitui.tui.drawing.lines import Line, Role, Span, line, pad, span, width_of, wrap
from mitui.tui.drawing.shortening import shortened
from mitui.tui.drawing.times import day_time
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import Item, View, note
from mitui.tui.scene import Scene
from mitui.wording import counted

if TYPE_CHECKING:
    from mitui.monitor.event import Event

_LEVELS: Final[dict[str, tuple[str, Role]]] = {
    "info": (glyphs.UNTESTED, "dim"),
    "ok": (glyphs.OK, "ok"),
    "warning": (glyphs.WARNING, "warn"),
    "error": (glyphs.CRITICAL, "error"),
}
_MESSAGE: Final = 32
"""Messages stand in a column of their own where it would be at least as wide."""

_BETWEEN: Final = " · "
"""What stands between an identity and its resource in a subject."""
_LEAST_PART: Final = 8
"""The cells in which a part of a subject still tells something."""


class EventsPane(Pane):
    """The log, filtered with ``/``."""

    name_id = "events"

    def view(self, scene: Scene, width: int, height: int) -> View:
        events = scene.snapshot.events
        shown = [event for event in reversed(events) if self._passes(event)]
        longest = max((width_of([span(event.subject)]) for event in shown), default=0)
        items = []
        for index, event in enumerate(shown):
            when = day_time(event.at, scene.now, scene.times)
            glyph, role = _LEVELS[event.level]
            start = [span(f"{when}  ", "dim"), span(glyph, role), span(" ")]
            rows = event_lines(event, start, longest, width)
            items.append(Item(rows, key=str(len(events) - index), copy=f"{when} {event.subject}: {event.message}"))
        if not items:
            words = f"No event holds “{self.filter}”. Escape shows all." if self.filter else "Nothing has happened yet."
            items.append(Item((line(span(words, "dim")),)))
        left = f"{len(shown)} of {len(events)} with “{self.filter}”" if self.filter else ""
        count = counted(len(events), "event")
        return View(tuple(items), status=note(count), note=note(left))

    def _passes(self, event: Event) -> bool:
        wanted = self.filter.casefold()
        return not wanted or wanted in f"{event.level} {event.subject} {event.message}".casefold()


def _short_subject(subject: str, width: int) -> str:
    """The subject in at most ``width`` cells: each of its parts gives way by itself, the separator stays."""
    parts = subject.split(_BETWEEN)
    room = width - len(_BETWEEN) * (len(parts) - 1)
    if cell_len(subject) <= width or room < _LEAST_PART * len(parts):
        return shortened(subject, width)
    made: list[str] = []
    for left, part in zip(range(len(parts), 0, -1), sorted(parts, key=cell_len), strict=True):
        made.append(shortened(part, room // left))  # a short one leaves its room to the longer ones
        room -= cell_len(made[-1])
    told = dict(zip(sorted(parts, key=cell_len), made, strict=True))
    return _BETWEEN.join(told[part] for part in parts)


def event_lines(event: Event, start: list[Span], longest: int, width: int) -> tuple[Line, ...]:
    """Time and glyph (``start``), subject, message: in columns where there is room for the ``longest`` subject, else
    the message behind its subject, or below it.
    """
    indent = width_of(start)
    columns = width - indent - longest - 2 >= _MESSAGE
    subject = pad(event.subject, longest) if columns else span(_short_subject(span(event.subject).text, width - indent))
    head = (*start, subject)
    beside = width - width_of(head) - 2
    message = span(event.message)
    if width_of([message]) <= beside:
        return ((*head, span("  "), message),)
    if columns:
        first, *more = wrap(event.message, beside)
        blank = span(" " * (width - beside))
        return ((*head, span("  "), *first), *((blank, *each) for each in more))
    return (head, *wrap(event.message, width, indent=" " * indent))
