"""Where lines are broken: between the members of a list, else between words, else between the steps of an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from rich.cells import cell_len, chop_cells

_MEMBERS: Final = re.compile(r"(?<=, )|(?<= · )")
_WORDS: Final = re.compile(r"(?<= )")
_STEPS: Final = re.compile(r"(?<=[^/:]/)(?!/)")
_NARROWEST: Final = 8
"""Cells of a line at least: what is narrower is cut off."""

_Finer = Callable[[str, str, int], Iterator[str]]


def list_lines(text: str, width: int) -> list[str]:
    """A list of at most ``width`` cells a line; its members stay whole where a line holds them."""
    cells = max(_NARROWEST, width)
    return _lines(_filled("", _MEMBERS.split(each), cells, cells, _by_words) for each in text.split("\n"))


def word_lines(text: str, width: int) -> list[str]:
    """Text of at most ``width`` cells a line; a long address goes on where it can, and is broken after a slash."""
    return _lines(_by_words("", each, max(_NARROWEST, width)) for each in text.split("\n"))


def _lines(filled: Iterable[Iterator[str]]) -> list[str]:
    return [line.rstrip(" ") for lines in filled for line in lines]


def _by_words(begun: str, text: str, width: int) -> Iterator[str]:
    return _filled(begun, _WORDS.split(text), width, width // 2, _by_steps)


def _by_steps(begun: str, word: str, width: int) -> Iterator[str]:
    return _filled(begun, _STEPS.split(word), width, width, _by_cells)


def _by_cells(begun: str, step: str, width: int) -> Iterator[str]:
    return iter(chop_cells(begun + step, width))


def _filled(line: str, pieces: Iterable[str], width: int, whole: int, finer: _Finer) -> Iterator[str]:
    """Pieces line by line, from the one begun on. A piece for which there is no room begins the next, unless it is
    wider than ``whole``.
    """
    for piece in pieces:
        if cell_len((line + piece).rstrip(" ")) <= width:
            line += piece
        elif cell_len(piece.rstrip(" ")) <= whole:
            yield line
            line = piece
        else:
            *full, line = finer(line, piece, width)
            yield from full
    yield line
