"""A bare app to open one screen in, and what the tests read from it."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from mitui.tui.drawing.themes import DARK, LIGHT

NOTHING_YET = object()


class Host(App[None]):
    """Opens ``opened`` over a plain board and keeps what it answers."""

    CSS = "Screen { background: $background; }"

    def __init__(self, opened: Screen[Any], theme: str = "mitui-dark") -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme
        self.opened = opened
        self.answer: Any = NOTHING_YET

    def compose(self) -> ComposeResult:
        yield Static("the board")

    def on_mount(self) -> None:
        self.push_screen(self.opened, self.answered)

    def answered(self, answer: Any) -> None:
        """Keep the answer of a screen."""
        self.answer = answer


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Paste ``text`` where the cursor is, as a terminal does."""
    pilot.app.screen.post_message(events.Paste(text))
    await pilot.pause()


def shown(app: App[Any]) -> str:
    """What stands on the terminal, as plain text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
