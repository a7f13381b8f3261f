"""The report that was just copied, which can be masked here and copied again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Static

from mitui.tui.dashboard.clipboard import LIMIT, copy
from mitui.tui.drawing.words import said
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import CLOSE, COPY, MASK, SCROLL
from mitui.tui.screens.show_text import ShowTextScreen


class ReportScreen(ShowTextScreen):
    """``masked`` masks every id, on the board too, and gives the report as it is then; "" where that can't be done."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings((MASK,))]
    hint_actions = (COPY[2], MASK, SCROLL[3], CLOSE)

    def __init__(self, report: str, words: str, masked: Callable[[], str]) -> None:
        super().__init__("The board, for a ticket", report, words)
        self._masked = masked

    def action_mask(self) -> None:
        """Show it masked, and send that in place of what was sent before."""
        report = self._masked()
        if not report:
            self.flash("ids can't be masked in this session", "$warning")
            return
        self._text = report
        self.query_one("#text", Static).update(said(report, limit=LIMIT))
        self.flash(f"ids are masked; {copy(self.app, report, 'the masked board')}")
