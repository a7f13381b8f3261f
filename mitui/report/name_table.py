"""Names found in a text by its words, whatever their number: one look into a table for each word of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

ESCAPED: Final = r"(?<=%[0-9A-Fa-f]{2})"
"""After a percent-encoded character, as in the query of a URL: its last letter is none of the name that follows."""
START: Final = rf"(?:(?<![0-9A-Za-z])|{ESCAPED})"
END: Final = r"(?![0-9A-Za-z])"

_WORD: Final = re.compile(rf"{START}[0-9A-Za-z]+")
_FIRST: Final = re.compile(r"[0-9A-Za-z]+")
_ESCAPE: Final = re.compile(r"[0-9A-Fa-f]{2}")
_FOLDED: Final = re.compile("[\u0130\u0131\u017f\u212a]")
"""The letters beyond ASCII that are one with an ASCII letter where case does not count."""


class NameTable:
    """Names in lower case, found wherever they stand alone, in any case; of two that begin alike, the longer one.

    What it finds is what an expression of all the names would, ``START(?:longest|…|shortest)END``, whose cost grows
    with their number.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: list[str] = []
        self._by_first_word: dict[str, list[str]] = {}
        self._unusual: list[str] = []
        self._patterns: tuple[re.Pattern[str], re.Pattern[str] | None] | None = None
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Find this one, too."""
        self._names.append(name)
        self._patterns = None
        first = _FIRST.match(name)
        if first is None or not name.isascii():
            self._unusual.append(name)
            return
        alike = self._by_first_word.setdefault(first[0], [])
        alike.append(name)
        alike.sort(key=len, reverse=True)

    def replace(self, text: str, replacement: Callable[[str], str]) -> str:
        """The text with ``replacement`` of each name, as it is spelled there, in its place."""
        if self._needs_expression(text):
            return self._expressions[0].sub(lambda match: replacement(match[0]), text)
        parts: list[str] = []
        lower, done, at = text.lower(), 0, 0
        while (word := _WORD.search(text, at)) is not None:
            start, at = word.span()
            name = self._name_at(lower, start, at)
            if not name and text[start - 1 : start] == "%" and _ESCAPE.match(text, start):
                start += 2
                name = self._name_at(lower, start, at)
            if name:
                at = start + len(name)
                parts += text[done:start], replacement(text[start:at])
                done = at
        return "".join((*parts, text[done:])) if parts else text

    def _name_at(self, lower: str, start: int, end: int) -> str:
        """The longest name that begins with the word there."""
        for name in self._by_first_word.get(lower[start:end], ()):
            if lower.startswith(name, start) and not _FIRST.match(lower, start + len(name)):
                return name
        return ""

    def _needs_expression(self, text: str) -> bool:
        """Whether its words alone do not tell which names stand in it."""
        if not text.isascii() and _FOLDED.search(text):
            return True
        unusual = self._expressions[1] if self._unusual else None
        return unusual is not None and unusual.search(text) is not None

    @property
    def _expressions(self) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
        """That of all the names, and of those alone that are not found by words."""
        if self._patterns is None:
            self._patterns = _expression(self._names), _expression(self._unusual) if self._unusual else None
        return self._patterns


def _expression(names: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"{START}(?:{alternatives}){END}", re.IGNORECASE)
