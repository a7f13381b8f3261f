"""Single values of a bench, from a command line (text), TOML or JSON. Each raises ValueError with one sentence."""

from __future__ import annotations

import difflib
import math
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

_LONGEST = 1_000
_MOST_SECONDS = 10 * 365 * 86_400


def text(value: Any, what: str) -> str:
    """A text that isn't empty and holds no control characters."""
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST or not value.isprintable():
        raise ValueError(f"{what}: {shown(value)} is no name; write a text without control characters")
    return value


def whole(value: Any, what: str, least: int = 0, most: int = 1_000_000_000) -> int:
    """A whole number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{what}: {shown(value)} is no whole number from {least} to {most}")
    return value


def port(value: Any, what: str) -> int:
    """A port, 0 for any that is free."""
    return whole(value, what, 0, 65_535)


def number(value: Any, what: str, most: float = _MOST_SECONDS) -> float:
    """A number above or equal to 0."""
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not 0 <= found <= most:
        raise ValueError(f"{what}: {shown(value)} is no number from 0 to {most:.0f}")
    return found


def truth(value: Any, what: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{what}: {shown(value)} is neither true nor false")
    return value


def guid(value: Any, what: str) -> str:
    """A GUID, in lower case."""
    try:
        return str(uuid.UUID(text(value, what)))
    except ValueError:
        raise ValueError(f"{what}: {shown(value)} is no GUID") from None


def one_of(value: Any, known: Sequence[str], what: str) -> str:
    """One of some words."""
    if value not in known:
        raise ValueError(f"{what}: there is no {shown(value)}; there are {', '.join(known)}{nearest(value, known)}")
    return str(value)


def nearest(word: Any, known: Iterable[str]) -> str:
    """``; did you mean ...?`` for a word that is close to one of those that are known, or ""."""
    found = difflib.get_close_matches(str(word), list(known), 1)
    return f"; did you mean {found[0]}?" if found else ""


def shown(value: Any) -> str:
    """A value that is wrong, short enough for a sentence."""
    return repr(value)[:80]
