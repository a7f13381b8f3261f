"""A page that is copied as text, or shown bare."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mitui.tui.dashboard.clipboard import copy
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import COPY
from mitui.tui.screens.dialog import Page


class TextPage(Page):
    """A page with a text; ``name`` is what that is called where it stands alone."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COPY[3:])]

    def __init__(self, title: str, name: str) -> None:
        super().__init__(title)
        self._name_of_text = name

    def text(self) -> str:
        """The whole page."""
        raise NotImplementedError

    def text_to_select(self, width: int) -> str:
        """The page as it stands alone on a terminal of ``width`` cells."""
        return self.text()

    def action_copy_all(self) -> None:
        """Copy the page as text, for a ticket."""
        self.flash(copy(self.app, self.text(), "the page"))

    def action_show(self) -> None:
        """Show the page as bare text, to select it."""
        from mitui.tui.screens.show_text import ShowTextScreen

        self.app.push_screen(ShowTextScreen(self._name_of_text, self.text_to_select(self.app.size.width)))
