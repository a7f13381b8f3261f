"""Text alone on the page, to be selected with the mouse where the terminal takes no OSC 52."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from mitui.tui.dashboard.clipboard import LIMIT, copy
from mitui.tui.drawing.words import MUTED, linked, said, said_line
from mitui.tui.keys.action import Action
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import CLOSE, COPY, SCROLL
from mitui.tui.screens.dialog import Page

HOW: Final = (
    "Sending to the clipboard (OSC 52) is never acknowledged. If it did not arrive, select the text here: hold shift "
    "(option on a Mac) while dragging, and copy as your terminal does."
)


class ShowTextScreen(Page):
    """``text`` without a frame at its sides, so that a selection holds nothing else."""

    DEFAULT_CSS = """
    ShowTextScreen {
        #box { border: none; border-top: solid $border; border-bottom: solid $border; max-width: 100%; padding: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((COPY[2],))]
    hint_actions: Sequence[Action] = (COPY[2], SCROLL[3], CLOSE)

    def __init__(self, title: str, text: str, words: str = "") -> None:
        super().__init__(title)
        self._text = text
        self._words = words

    def body(self) -> Iterable[Widget]:
        if self._words:
            yield Static(said_line(self._words))
        yield Static(said(HOW, MUTED))
        yield Static(linked(self._text, limit=LIMIT), classes="gap", id="text")

    def action_copy_command(self) -> None:
        """Send it again."""
        self.flash(copy(self.app, self._text, "the text"))
