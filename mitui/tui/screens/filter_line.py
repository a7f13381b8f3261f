"""The line at the bottom in which a filter is typed; the pane behind it follows every letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from mitui.tui.drawing.words import said_line
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import LEAVE
from mitui.tui.screens.field import Field
from mitui.tui.screens.leaving import Leaving


class FilterScreen(Leaving[str]):
    """Calls ``changed`` with every change. Answers with the filter after enter, and with "" after escape."""

    DEFAULT_CSS = """
    FilterScreen {
        background: transparent;
        align: left bottom;
        Horizontal { height: 1; background: $panel; }
        Static { width: auto; padding: 0 1; color: $accent; text-style: bold; }
        Input, Input:focus { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((LEAVE,))]

    def __init__(self, value: str, changed: Callable[[str], None]) -> None:
        super().__init__()
        self._value = value
        self._changed = changed

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(said_line("/"))
            yield Field(self._value, name_id="filter", limit=128)

    @on(Input.Changed)
    def follow(self, event: Input.Changed) -> None:
        """Show what fits at once."""
        self._changed(event.value)

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the pane."""
        self.leave(event.value)

    def action_close(self) -> None:
        """No filter."""
        self._changed("")
        self.leave("")
