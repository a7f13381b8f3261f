"""A theme as the styles of the roles, worked out once per theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

from mitui.tui.drawing.lines import Role, Span

_NAMES: Mapping[Role, str] = {
    "text": "foreground",
    "title": "primary",
    "focus": "primary",
    "claim": "secondary",
    "key": "accent",
    "ok": "success",
    "warn": "warning",
    "error": "error",
}
_FAINT: Mapping[Role, float] = {"dim": 0.55, "tab": 0.55, "frame": 0.25, "rail": 0.3}
"""Roles that are the text's own colour, nearer to the background."""


@dataclass(slots=True)
class Palette:
    """The styles of one theme. ``ground`` lies under the board, ``bar`` under header, footer and messages."""

    ground: Style
    bar: Style
    cursor: Style
    roles: dict[Role, Style]
    _made: dict[tuple[Role, bool, bool, bool], Style] = field(default_factory=dict)

    def style(self, span: Span, bar: bool = False) -> Style:
        """The style of one span, on the board's ground or on a bar."""
        key = (span.role, span.strong, span.marked, bar)
        style = self._made.get(key)
        if style is None:
            style = self.bar if bar else self.ground
            if not (span.marked and self.cursor.reverse):  # a coloured word would be a patch in the bar
                style += self.roles[span.role]
            if span.marked:
                style += self.cursor
            if span.strong:
                style += Style(bold=True)
            self._made[key] = style
        return style


def palette(variables: Mapping[str, str], *, ansi: bool, dark: bool, no_color: bool = False) -> Palette:
    """The palette of the theme with these CSS variables; ``ansi`` themes keep to the terminal's own 16 colours.

    There, and without colour, the cursor is reversed: no ground of its own could be told from the rest on every
    terminal (in some palettes bright black is the background itself).
    """
    color = {name: Color.parse(variables[name]) for name in {*_NAMES.values(), "background", "panel"}}
    roles = {role: Style(color=color[name].rich_color) for role, name in _NAMES.items()}
    if ansi:
        faint = Style(dim=True)
        roles |= dict.fromkeys(_FAINT, roles["text"] + faint)
        return Palette(
            ground=Style(color=RichColor.default(), bgcolor=RichColor.default()),
            bar=Style(color=RichColor.default(), bgcolor=RichColor.default()),
            cursor=Style(reverse=True),
            roles=roles,
        )
    ground, text = color["background"], color["foreground"]
    stronger = 0.0 if dark else 0.1
    roles |= {role: Style(color=ground.blend(text, share + stronger).rich_color) for role, share in _FAINT.items()}
    return Palette(
        ground=Style(color=text.rich_color, bgcolor=ground.rich_color),
        bar=Style(color=text.rich_color, bgcolor=color["panel"].rich_color),
        cursor=Style(reverse=True) if no_color else Style(bgcolor=ground.blend(color["primary"], 0.22).rich_color),
        roles=roles,
    )
