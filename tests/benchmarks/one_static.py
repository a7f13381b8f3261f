"""The least that Textual does: one Static. ``python -m tests.benchmarks.one_static``."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class OneStatic(App[None]):
    """Nothing but a word."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("one static")


if __name__ == "__main__":
    OneStatic().run()
