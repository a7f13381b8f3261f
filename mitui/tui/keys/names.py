"""How keys are called: by a person, by Textual, and on the screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

_SHOWN: Final[Mapping[str, str]] = {
    "enter": "↵",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "f1": "F1",
    "delete": "del",
}
_NAMED: Final = frozenset(
    (
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
        *("backspace", "enter", "escape", "tab", "space"),
        *(f"f{number}" for number in range(1, 25)),
    )
)
_MODIFIERS: Final = frozenset(("ctrl", "alt", "shift", "super", "hyper", "meta"))
_SHORTER: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Textual's own names for a few characters, by those of Unicode."""


def long_name(key: str) -> str:
    """A key in Textual's spelling: ``?`` is ``question_mark``, any name stays."""
    if len(key) != 1 or key.isalnum():
        return key
    name = unicodedata.name(key, key).lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(name, name)


_CHARACTERS: Final = {long_name(key): key for key in map(chr, range(0x21, 0x7F)) if not key.isalnum()}
"""What stands on an ASCII keyboard, by its name."""


def shown_key(key: str) -> str:
    """A key as a person reads it: ``question_mark`` is ``?``, ``enter`` is ``↵``."""
    return _SHOWN.get(key) or _CHARACTERS.get(key) or key


def is_key(key: str) -> bool:
    """Whether a terminal could send it: a character or a key's name, with any modifiers before it."""
    *modifiers, base = key.split("+") if len(key) > 1 else [key]
    known = base in _NAMED or (len(base) == 1 and base.isprintable() and base != " ") or base in _CHARACTERS
    return known and set(modifiers) <= _MODIFIERS


def is_typed(key: str) -> bool:
    """Whether it writes a character where something can be typed."""
    return len(key) == 1 or key in _CHARACTERS or key == "space"
