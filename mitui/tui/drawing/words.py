"""Text for screens as Content: made harmless, and never read as markup.

A plain ``str`` handed to a widget is read as markup, and Textual lets escape sequences through to the terminal.
"""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content
from textual.style import Style

from mitui.safe_text import visible, visible_line

MUTED: Final = "$foreground 75%"
"""Labels and explanations: the text's own colour, as faint as it can be read on every ground of a page."""

_DOCUMENTATION: Final = re.compile(r"https://(?:learn\.microsoft\.com|aka\.ms)/[\w./?=&%#-]*[\w/]")
"""The addresses that become links; nothing else does, whoever wrote it."""


def said(text: str, style: str = "", limit: int = 4096) -> Content:
    """Text of any number of lines, of at most ``limit`` characters."""
    return Content.styled(visible(text, limit), style) if style else Content(visible(text, limit))


def linked(text: str, style: str = "", limit: int = 4096) -> Content:
    """The same, in which the addresses of documentation are links (OSC 8).

    A terminal that knows links opens and copies one whole, on however many lines it stands.
    """
    content = said(text, style, limit)
    for found in _DOCUMENTATION.finditer(content.plain):
        content = content.stylize(Style(link=found.group()), found.start(), found.end())
    return content


def said_line(text: str, style: str = "", limit: int = 512) -> Content:
    """Text for a slot that is one line high."""
    return Content.styled(visible_line(text, limit), style) if style else Content(visible_line(text, limit))


def joined(*parts: Content, separator: str = "") -> Content:
    """The parts in one text, with ``separator`` between them."""
    return Content(separator).join(parts)
