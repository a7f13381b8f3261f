"""A line to type in."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import ACCEPT


class Field(Input, inherit_bindings=False):
    """Textual's Input, with the key that ends it from our table and without a blinking cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in Input.BINDINGS if not (isinstance(each, Binding) and each.action == ACCEPT.action)),
        *bindings((ACCEPT,)),
    ]

    def __init__(self, value: str = "", *, name_id: str, placeholder: str = "", limit: int = 2048) -> None:
        super().__init__(value, placeholder, id=name_id, max_length=limit, select_on_focus=False)
        self.cursor_blink = False
