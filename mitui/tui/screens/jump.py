"""A letter on every pane; pressing it goes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from mitui.tui.actions import bindings
from mitui.tui.screens.keys import LEAVE
from mitui.tui.words import said_line

Target = tuple[str, str, Widget]


class JumpScreen(ModalScreen[str | None]):
    """Answers with the letter that was pressed, None for any other key. ``targets`` are letter, name and pane.

    Targets of one pane, the tabs of a frame, stand side by side.
    """

    DEFAULT_CSS = """
    JumpScreen {
        background: transparent;
        .letter { position: absolute; width: auto; height: 1; padding: 0 1; background: $accent; color: $background; }
        &:ansi .letter { background: ansi_magenta; color: ansi_black; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((LEAVE,))]
    AUTO_FOCUS = ""

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._targets = tuple(targets)

    def compose(self) -> ComposeResult:
        for letter, name, _ in self._targets:
            yield Static(said_line(f"{letter} {name}", "bold"), classes="letter")

    def on_resize(self) -> None:
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        taken: dict[Widget, int] = {}
        for label, (_, name, pane) in zip(self.query(".letter"), self._targets, strict=True):
            region = pane.region
            beside = taken.get(pane, 0)
            taken[pane] = beside + len(name) + 5
            label.styles.offset = (region.x + 2 + beside, region.y)
            label.display = bool(region.area)

    def on_key(self, event: events.Key) -> None:
        """One key decides."""
        event.stop()
        letters = {letter for letter, _, _ in self._targets}
        self.dismiss(event.character if event.character in letters else None)

    def action_close(self) -> None:
        """Stay where one was."""
        self.dismiss(None)
