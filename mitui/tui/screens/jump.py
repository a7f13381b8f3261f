"""A letter on the title of every pane and tab; pressing it goes there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from mitui.tui.drawing.words import said_line
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import LEAVE
from mitui.tui.screens.leaving import Leaving


@dataclass(frozen=True, slots=True)
class Target:
    """Where a letter leads: a pane, or one of the tabs in its frame. ``column`` tells the cell where its title begins,
    as it is drawn now.
    """

    letter: str
    pane: Widget
    column: Callable[[], int]


class JumpScreen(Leaving[str | None]):
    """Answers with the letter that was pressed, None for any other key."""

    DEFAULT_CSS = """
    JumpScreen {
        background: transparent;
        .letter { position: absolute; width: auto; height: 1; padding: 0 1; background: $accent; color: $background; }
        #how {
            dock: bottom; width: 1fr; height: 1; padding: 0 1; background: $panel;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        &:ansi .letter { background: ansi_magenta; color: ansi_black; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((LEAVE,))]
    AUTO_FOCUS = ""

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._targets = tuple(targets)

    def compose(self) -> ComposeResult:
        for target in self._targets:
            yield Static(said_line(target.letter, "bold"), classes="letter")
        yield Static(said_line("a letter goes to its pane; any other key stays here"), id="how")

    def on_resize(self) -> None:
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        if not self.stands:
            return
        for label, target in zip(self.query(".letter"), self._targets, strict=True):
            region = target.pane.region
            label.styles.offset = (region.x + target.column() - 1, region.y)
            label.display = bool(region.area)

    def on_key(self, event: events.Key) -> None:
        """One key decides."""
        event.stop()
        letters = {target.letter for target in self._targets}
        self.leave(event.character if event.character in letters else None)

    def action_close(self) -> None:
        """Stay where one was."""
        self.leave(None)
