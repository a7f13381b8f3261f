"""Text for screens as Content: made harmless, and never read as markup.

A plain ``str`` handed to a widget is read as markup, and Textual lets escape sequences through to the terminal.
"""

from __future__ import annotations

from typing import Final

from textual.content import Content

from mitui.safe_text import visible, visible_line

MUTED: Final = "$foreground 75%"
"""Labels and explanations: the text's own colour, as faint as it can be read on every ground of a page."""


def said(text: str, style: str = "", limit: int = 4096) -> Content:
    """Text of any number of lines, of at most ``limit`` characters."""
    return Content.styled(visible(text, limit), style) if style else Content(visible(text, limit))


def said_line(text: str, style: str = "", limit: int = 512) -> Content:
    """Text for a slot that is one line high."""
    return Content.styled(visible_line(text, limit), style) if style else Content(visible_line(text, limit))


def joined(*parts: Content, separator: str = "") -> Content:
    """The parts in one text, with ``separator`` between them."""
    return Content(separator).join(parts)
