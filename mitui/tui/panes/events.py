"""Pane 6: what the refresher did, the newest first."""

from __future__ import annotations

from typing import Final

from mitui.monitor.snapshot import Event
from mitui.tui import glyphs
from mitui.tui.lines import Line, Role, line, pad, span, width_of, wrap
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import Item, View, note
from mitui.tui.scene import Scene
from mitui.tui.times import day_time

_LEVELS: Final[dict[str, tuple[str, Role]]] = {
    "info": (glyphs.UNTESTED, "dim"),
    "ok": (glyphs.OK, "ok"),
    "warning": (glyphs.WARNING, "warn"),
    "error": (glyphs.CRITICAL, "error"),
}


class EventsPane(Pane):
    """The log, filtered with ``/``."""

    name_id = "events"

    def view(self, scene: Scene, width: int, height: int) -> View:
        events = scene.snapshot.events
        shown = [event for event in reversed(events) if self._passes(event)]
        subjects = min(max((len(span(event.subject).text) for event in shown), default=0), max(8, width // 3))
        items = []
        for index, event in enumerate(shown):
            when = day_time(event.at, scene.now, scene.times)
            glyph, role = _LEVELS[event.level]
            start = [span(f"{when}  ", "dim"), span(glyph, role), span(" "), pad(event.subject, subjects), span("  ")]
            room = width - width_of(start)
            whole = span(event.message)
            rows: tuple[Line, ...]
            if width_of([whole]) <= room:
                rows = ((*start, whole),)
            else:
                broken = wrap(event.message, room)
                blank = span(" " * width_of(start))
                rows = ((*start, *broken[0]), *((blank, *more) for more in broken[1:]))
            items.append(
                Item(tuple(rows), key=str(len(events) - index), copy=f"{when} {event.subject}: {event.message}")
            )
        if not items:
            words = f"No event holds “{self.filter}”. Escape shows all." if self.filter else "Nothing has happened yet."
            items.append(Item((line(span(words, "dim")),)))
        left = f"{len(shown)} of {len(events)} with “{self.filter}”" if self.filter else ""
        count = f"{len(events)} event" + ("s" if len(events) != 1 else "")
        return View(tuple(items), status=note(count), note=note(left))

    def _passes(self, event: Event) -> bool:
        wanted = self.filter.casefold()
        return not wanted or wanted in f"{event.level} {event.subject} {event.message}".casefold()
