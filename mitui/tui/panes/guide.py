"""What stands in place of empty panes on a host without an identity endpoint: why, and what to try."""

from __future__ import annotations

from mitui.tui import glyphs
from mitui.tui.labels import failure_word
from mitui.tui.lines import Line, line, span, wrap
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
        said = wrap(failure.message or failure_word(failure), min(width, 96))
        items = [
            Item(
                tuple(tuple(each._replace(strong=True) for each in row) for row in said),
                key="failure",
                copy=failure.message,
            )
        ]
        for index, advice in enumerate(failure.causes):
            rows: list[Line] = [()]
            rows += wrap(advice.cause, min(width, 96), indent="  ", first=f"{index + 1} ")
            rows += wrap(advice.remedy, min(width, 96), "dim", indent="  ", first="  ")
            for command in advice.commands:
                rows += wrap(command, width, "claim", indent="    ")
            copied = advice.commands[0] if advice.commands else advice.remedy
            items.append(Item(tuple(rows), key=f"cause:{index}", full="", copy=copied))
        assumed: list[Line] = [()] if scene.snapshot.assumptions else []
        for words in scene.snapshot.assumptions:
            assumed += wrap(words, min(width, 96), "dim")
        if assumed:
            items.append(Item(tuple(assumed)))
        ask = "Looks again by itself; r looks now, P looks as another process, mitui --demo shows a simulated host."
        items.append(Item(((), *wrap(ask, min(width, 96), "dim"))))
        return View(tuple(items), status=line(span(f"{glyphs.ENTER} everything that was tried", "dim")))
