"""Lists in columns: a line for each row where nobody looks on, so that ``grep`` finds it whole, else as wide as the
terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Final

_GAP: Final = "  "
_LEAST: Final = 24
"""Columns in which the last column can still be read; with fewer, it stands below the others."""


def in_columns(rows: Sequence[tuple[str, ...]]) -> str:
    """The rows, each ending in a newline; on a terminal the words of the last column are wrapped within it."""
    width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    return "".join(f"{line}\n" for row in rows for line in _lines(row, widths, width))


def _lines(row: tuple[str, ...], widths: Sequence[int], width: int | None) -> list[str]:
    start = "".join(f"{cell:<{cells}}{_GAP}" for cell, cells in zip(row[:-1], widths, strict=True))
    if width is None or len(start) + len(row[-1]) <= width:
        return [f"{start}{row[-1]}"]
    beside = width - len(start) >= _LEAST
    indent = " " * (len(start) if beside else len(_GAP) * 2)
    words = textwrap.wrap(
        row[-1],
        width,
        initial_indent=start if beside else indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return words if beside else [_GAP.join(row[:-1]), *words]
