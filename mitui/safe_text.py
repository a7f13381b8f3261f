"""Text from outside made harmless to look at.

Terminal escape sequences, C1 controls, bidirectional overrides and zero-width characters in a claim, an error body or
a variable could rewrite the screen, reorder what is read, or write the clipboard. They are shown as pictures instead.
"""

from __future__ import annotations

import re
from typing import Final

UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\u{{{code:x}}}"


def visible(text: str, limit: int = 4096) -> str:
    """``text`` with every control, bidi and invisible character as a picture (ESC as ␛, U+202E as ``\\u{202e}``).

    Newlines stay and tabs become four spaces. A text of more than ``limit`` characters ends in an ellipsis.
    """
    cut = text if len(text) <= limit else text[: max(0, limit - 1)] + "…"
    return UNSAFE.sub(_picture, cut.replace("\t", "    "))


def visible_line(text: str, limit: int = 512) -> str:
    """``visible()`` for a slot that is one line high: a newline becomes ␊."""
    return visible(text, limit).replace("\n", "␊")


def middle(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters, shortened in the middle: ``6a1c0b7e…77f2``."""
    if len(text) <= width:
        return text
    if width < 3:
        return "…"[:width]
    tail = (width - 1) // 3 if width < 16 else min(12, (width - 1) // 2)
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


_CREDENTIALS: Final = re.compile(r"(//|\\\\|\A(?=[^/?#\\]*:))[^/?#\\]*@")


def without_credentials(text: str) -> str:
    """A URL, or what is written in place of one, without the user name and the password that may stand in it."""
    return _CREDENTIALS.sub(r"\1(redacted)@", text) if "@" in text else text


LONG: Final = 160
"""Characters from which on a message is worth cutting."""
_FIRST: Final = re.compile(r".{24,}?[.!?](?=\s)", re.DOTALL)


def first_sentence(text: str) -> str:
    """The first sentence of a long text, all of a short one or of one that has no end of a sentence in it."""
    found = _FIRST.match(text) if len(text) > LONG else None
    return found.group() if found else text
