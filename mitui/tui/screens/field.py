"""A line to type in."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widgets import Input

from mitui.tui.drawing.words import said_line
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import ACCEPT

_SIDES: Final = 2
"""Cells beside what is typed."""


class Field(Input, inherit_bindings=False):
    """Textual's Input, with the key that ends it from our table and without a blinking cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in Input.BINDINGS if not (isinstance(each, Binding) and each.action == ACCEPT.action)),
        *bindings((ACCEPT,)),
    ]

    def __init__(self, value: str = "", *, name_id: str, hint: str = "", limit: int = 2048) -> None:
        super().__init__(value, id=name_id, max_length=limit, select_on_focus=False)
        self.cursor_blink = False
        self._hint = hint

    def show_hint(self, room: int) -> None:
        """Show what it is for in it, while nothing is typed, in a line of ``room`` cells; 0 shows nothing."""
        shown = said_line(self._hint).truncate(max(1, room - _SIDES), ellipsis=True)
        self.placeholder = shown.plain if room else ""
