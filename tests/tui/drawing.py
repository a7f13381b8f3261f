"""What is on the screen, as text."""

from __future__ import annotations

from typing import Any

from textual.app import App

from mitui.tui.drawing.lines import text_of
from mitui.tui.panes.view import View


def screen_text(app: App[Any]) -> str:
    """The whole screen as the compositor has it, after the application's line filters."""
    rows = []
    for strip in app.screen._compositor.render_strips():
        segments = list(strip)
        for line_filter in app.get_line_filters():
            segments = line_filter.apply(segments, app.screen.styles.background)
        rows.append("".join(segment.text for segment in segments))
    return "\n".join(rows)


def view_text(view: View) -> str:
    """A pane's content as text, without its frame."""
    return "\n".join(text_of(row).rstrip() for item in view.items for row in item.lines)
