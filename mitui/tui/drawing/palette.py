"""A theme as the styles of the roles, worked out once per theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

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
_LINES: Final = frozenset({"frame", "rail"})
"""Roles that draw lines, which nobody has to read."""
LEGIBLE: Final = 4.5
"""The least contrast of a text with what lies under it (WCAG 2.2, success criterion 1.4.3)."""


@dataclass(slots=True)
class Palette:
    """The styles of one theme. ``ground`` lies under the board, ``bar`` under header, footer and messages.

    ``legible`` brings texts that are too faint for what they lie on nearer to the text's own colour; it can't be told
    of the terminal's own 16 colours.
    """

    ground: Style
    bar: Style
    cursor: Style
    roles: dict[Role, Style]
    legible: bool = True
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
            if self.legible and span.role not in _LINES:
                style = _legible(style, self.roles["text"])
            if span.strong:
                style += Style(bold=True)
            self._made[key] = style
        return style


def contrast(one: Color, other: Color) -> float:
    """How well one colour can be told from the other: 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(each) for each in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _legible(style: Style, text: Style) -> Style:
    """The style, its colour nearer to that of ``text`` by as much as it takes to read it on its ground."""
    if style.color is None or style.bgcolor is None or text.color is None:
        return style
    color, ground, target = (Color.from_rich_color(each) for each in (style.color, style.bgcolor, text.color))
    steps = (color.blend(target, step / 20) for step in range(21))
    return style + Style(color=next((each for each in steps if contrast(each, ground) >= LEGIBLE), target).rich_color)


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
            legible=False,
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
