"""What stands in place of empty panes on a host without an identity endpoint: why, and what to try."""

from __future__ import annotations

from mitui.monitor.snapshot import SIMULATED
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.lines import Line, line, span, wrap
from mitui.tui.panes.advice_items import READABLE, advice_items
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import Item, View
from mitui.tui.scene import Scene


class GuidePane(Pane):
    """The failure of detection in sentences, its causes ranked, and how to see mitui at work all the same."""

    name_id = "guide"

    def view(self, scene: Scene, width: int, height: int) -> View:
        failure = scene.snapshot.source.failure
        if failure is None:
            return View((Item((line(span("Looking for an identity endpoint.", "dim")),)),))
        items = advice_items(failure, width, height)
        assumed: list[Line] = [()] if scene.snapshot.assumptions else []
        for words in scene.snapshot.assumptions:
            assumed += wrap(words, min(width, READABLE), "dim")
        if assumed:
            items.append(Item(tuple(assumed)))
        if scene.live:
            simulated = any(words.startswith(SIMULATED) for words in scene.snapshot.assumptions)
            more = "" if simulated else ", mitui --demo shows a simulated host"
            ask = f"Looks again by itself; r looks now, P looks as another process{more}."
            items.append(Item(((), *wrap(ask, min(width, READABLE), "dim"))))
        return View(tuple(items), status=line(span(f"{glyphs.ENTER} everything that was tried", "dim")))
