"""Values read from a TOML document, each with an error that names the key, the value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from mitui.safe_text import visible_line

WordT = TypeVar("WordT", bound=str)


class BadKeyError(Exception):
    """A key that can't be used; carries the message without the file's name."""


def not_allowed(where: str, key: str, value: object, allowed: str) -> str:
    """The complaint about one key, its value and what it must be."""
    dotted = f"{where}.{key}" if where else key
    shown = repr(value) if not isinstance(value, bool) else str(value).lower()
    return f"{dotted} = {visible_line(shown, 120)}: must be {allowed}"


def known(table: Mapping[str, object], allowed: Sequence[str], where: str) -> None:
    """Raise BadKeyError for the first key of ``table`` that isn't allowed."""
    for key in table:
        if key in allowed:
            continue
        import difflib

        close = difflib.get_close_matches(key, allowed, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        dotted = f"{where}.{key}" if where else key
        value = table[key]
        shown = "" if isinstance(value, dict | list) else f" = {visible_line(repr(value), 120)}"
        raise BadKeyError(f"{dotted}{shown}: there is no such key; {hint}allowed are {', '.join(allowed)}")


def unlike(values: Sequence[str], where: str, complaint: str) -> None:
    """Raise BadKeyError for a value that appears twice, whatever its case."""
    seen: set[str] = set()
    for value in values:
        if value.lower() in seen:
            raise BadKeyError(f"{where}: {visible_line(value, 200)!r} {complaint}; every one may appear once")
        seen.add(value.lower())


def table_of(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The table below ``key``, empty when there is none."""
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise BadKeyError(not_allowed("", key, value, f"a table: write [{key}]"))
    return value


def tables_of(document: Mapping[str, object], key: str) -> list[tuple[Mapping[str, object], str]]:
    """The tables of a list, each with the name that errors call it by: ``vaults[2]``."""
    value = document.get(key, [])
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return [(each, f"{key}[{number}]") for number, each in enumerate(value, 1)]
    raise BadKeyError(not_allowed("", key, value, f"a list of tables: write [[{key}]]"))


def text_of(table: Mapping[str, object], key: str, where: str, default: str = "") -> str:
    """A string."""
    value = table.get(key, default)
    if not isinstance(value, str):
        raise BadKeyError(not_allowed(where, key, value, "text in quotes"))
    return value


def flag_of(table: Mapping[str, object], key: str, where: str, default: bool) -> bool:
    """true or false."""
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise BadKeyError(not_allowed(where, key, value, "true or false"))
    return value


def word_of(table: Mapping[str, object], key: str, where: str, allowed: Sequence[WordT], default: WordT) -> WordT:
    """One of the allowed words."""
    value = table.get(key, default)
    for each in allowed:
        if each == value:
            return each
    import difflib

    close = difflib.get_close_matches(str(value).lower(), allowed, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise BadKeyError(not_allowed(where, key, value, f"one of {', '.join(allowed)}{hint}"))


def seconds_of(
    table: Mapping[str, object], key: str, where: str, least: float, most: float, default: float | None = None
) -> float | None:
    """A finite number from ``least`` to ``most``; ``default`` when the key is absent."""
    value = table.get(key, default)
    if value is None:
        return None
    # No comparison holds for nan, and none for what is no number.
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return float(value)
    raise BadKeyError(not_allowed(where, key, value, f"a number of seconds from {least:g} to {most:g}"))
