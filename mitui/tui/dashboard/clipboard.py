"""Copying through the terminal: OSC 52, which is never acknowledged, so nothing here claims that it worked."""

from __future__ import annotations

import re
from typing import Any, Final

from textual.app import App

from mitui.safe_text import visible

LIMIT: Final = 74_000
"""Characters that the common terminals, tmux and mosh accept in one OSC 52 sequence, before base64."""

_MASK: Final = re.compile(r"(?<![0-9A-Za-z])(?:[a-z]+-[0-9a-f]{6,}(?![0-9A-Za-z])|x{8}-x{4}-|x{26}|x\.x\.x\.|x:x::)")
"""What stands in place of an id on a masked board."""


def sendable(text: str) -> bool:
    """Whether ``text`` is short enough for a terminal's clipboard."""
    return len(text.encode("utf-8", "replace")) <= LIMIT


def copy(app: App[Any], text: str, what: str, *, shown: str = "") -> str:
    """Send ``text`` to the terminal's clipboard and return the words that say so.

    Control characters are replaced first: what is pasted into a shell must hold no hidden newline or escape sequence.
    ``what`` names the text for a person ("the command"); where it is ``shown``, the words repeat it.
    """
    safe = visible(text, LIMIT)
    if not sendable(safe):
        return f"{what} is too long for a terminal's clipboard: s shows it, to select"
    app.copy_to_clipboard(safe)
    clipboard = "the terminal's clipboard (OSC 52)"
    return f"sent to {clipboard}: {shown}" if shown else f"sent {what} to {clipboard}"


def copy_command(app: App[Any], command: str, *, masked: bool = False) -> str:
    """``copy()`` for a command; the words say which it is, and on a ``masked`` board whether names must be put in."""
    words = copy(app, command, "the command", shown=command)
    return f"masked, put the real names in: {words}" if masked and _MASK.search(command) else words


def copy_secret(app: App[Any], text: str, what: str) -> str:
    """``copy()`` for a raw token: nothing of it stays in this program."""
    words = copy(app, text, what)
    app._clipboard = ""  # noqa: SLF001 - Textual keeps what it copied for its own paste, and has no way to forget it
    return words
