"""The permissions of a vault as a table: common ones in columns, the rest of each kind in lines below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import PermissionView
from mitui.safe_text import middle
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import VERDICT
from mitui.tui.drawing.lines import Line, Span, line, pad, span, width_of
from mitui.tui.panes.advice_items import first_command
from mitui.tui.panes.view import Item

_KINDS: Final = ("secrets", "keys", "certificates")
_COLUMNS: Final = ("get", "list", "set", "delete", "backup", "purge", "recover", "restore")
"""The permissions that stand in columns, those that are kept longest in front."""
_NAME: Final = 24
"""The longest name of a permission that is shown whole."""
_BELOW: Final = 100
"""The row numbers of the lines below the columns begin here."""

Stop = tuple[PermissionView, int, int]
"""A permission and the cells of its row that the cursor marks."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one permission is: its key, its row among rows with cells, and the middle of its column."""

    key: str
    row: int
    x: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """The laid-out table: its items (a line may hold several, each marked on its own) and where the cells are.

    ``items`` are the columns with their heads, ``extras`` the lines of what stands in no column.
    """

    items: tuple[Item, ...]
    extras: tuple[Item, ...]
    cells: tuple[Cell, ...]

    def with_row(self, key: str) -> Matrix:
        """With one more stop between the columns and the lines below them."""
        return replace(self, cells=(*self.cells, Cell(key, _BELOW - 1, 0)))

    def step(self, key: str, direction: str) -> str | None:
        """The key of the neighbour in this direction; None where there is none in the table."""
        here = next((cell for cell in self.cells if cell.key == key), None)
        if here is None:
            return None
        if direction in ("left", "right"):
            sign = 1 if direction == "right" else -1
            row = [cell for cell in self.cells if cell.row == here.row and (cell.x - here.x) * sign > 0]
            return min(row, key=lambda cell: abs(cell.x - here.x)).key if row else None
        if direction in ("up", "down"):
            sign = 1 if direction == "down" else -1
            rows = [cell.row for cell in self.cells if (cell.row - here.row) * sign > 0]
            if not rows:
                return None
            nearest = min(rows, key=lambda row: abs(row - here.row))
            return min((cell for cell in self.cells if cell.row == nearest), key=lambda cell: abs(cell.x - here.x)).key
        return None


def cell_words(cell: PermissionView) -> str:
    """One permission's verdict with its evidence: ``keys/get denied: 403 ForbiddenByRbac``."""
    result = cell.result
    words = result.label
    if result.verdict is Verdict.UNTESTED and result.evidence:
        words += f" {result.evidence}"  # which says itself that it was not tested, and why
    else:
        words += f" {result.verdict.value}" + (f": {result.evidence}" if result.evidence else "")
    return words + (" (wanted)" if cell.wanted else "")


def cell_key(cell: PermissionView) -> str:
    """The key of a permission's item."""
    return f"cell:{cell.result.word}"


def _glyph(cell: PermissionView) -> list[Span]:
    glyph, role = VERDICT[cell.result.verdict]
    if not cell.wanted:
        return [span(" "), span(glyph, role), span(" ")]
    return [span("[", "dim"), span(glyph, role, strong=True), span("]", "dim")]


def columns_that_fit(permissions: Sequence[PermissionView], first: int, width: int) -> list[str]:
    """The common permissions that the probe knows, as many as the width holds."""
    known = {cell.result.permission for cell in permissions}
    chosen: list[str] = []
    used = first
    for name in _COLUMNS:
        if name not in known:
            continue
        used += max(3, len(name)) + 2
        if used > width:
            break
        chosen.append(name)
    return chosen


def lay_out(permissions: Sequence[PermissionView], width: int) -> Matrix:
    """The table in ``width`` cells."""
    kinds = [kind for kind in _KINDS if any(cell.result.object_type == kind for cell in permissions)]
    kinds += sorted({cell.result.object_type for cell in permissions} - set(_KINDS))
    first = min(max((len(span(kind).text) for kind in kinds), default=0), 14)
    columns = columns_that_fit(permissions, first, width)
    by_name = {(cell.result.object_type, cell.result.permission): cell for cell in permissions}
    head = line(span(" " * first), *(span(f"  {name:^{max(3, len(name))}}", "dim") for name in columns))
    items: list[Item] = [Item((head,))]
    cells: list[Cell] = []
    for number, kind in enumerate(kinds):
        row = [pad(kind, first)]
        stops: list[Stop] = []
        for name in columns:
            wide = max(3, len(name))
            left = (wide - 3) // 2
            at = width_of(row) + 2 + left
            cell = by_name.get((kind, name))
            row += [span("  " + " " * left), *(_glyph(cell) if cell else [span("   ")]), span(" " * (wide - 3 - left))]
            if cell is not None:
                stops.append((cell, at, at + 3))
        items += _items(tuple(row), stops)
        cells += [Cell(cell_key(cell), number, at + 1) for cell, at, _ in stops]
    extra_items, extra_cells = _extras(permissions, kinds, columns, first, width)
    return Matrix(tuple(items), tuple(extra_items), (*cells, *extra_cells))


def _items(row: Line, stops: Sequence[Stop]) -> list[Item]:
    """One item for each cell of a row; only the first draws the row."""
    made = []
    for index, (cell, start, end) in enumerate(stops):
        words = cell_words(cell)
        fix = [span(f" · {glyphs.ENTER} fix", "dim")] if cell.advice else []
        note = (span(words, "dim"), *fix)
        command, drawn = first_command(cell.advice), (row,) if index == 0 else ()
        made.append(Item(drawn, cell_key(cell), "", words, note, (start, end), command=command))
    return made or [Item((row,))]


def _extras(
    permissions: Sequence[PermissionView], kinds: Sequence[str], columns: Sequence[str], first: int, width: int
) -> tuple[list[Item], list[Cell]]:
    """The permissions that stand in no column: ``name glyph`` one after the other, wrapped."""
    items: list[Item] = []
    cells: list[Cell] = []
    below = _BELOW
    for kind in kinds:
        rest = [
            cell for cell in permissions if cell.result.object_type == kind and cell.result.permission not in columns
        ]
        for index, (row, stops) in enumerate(_flow(rest, first, width)):
            whole = (pad("" if index else kind, first), *row)
            items += _items(whole, stops)
            cells += [Cell(cell_key(cell), below, start) for cell, start, _ in stops]
            below += 1
    return items, cells


def _flow(permissions: Sequence[PermissionView], first: int, width: int) -> list[tuple[list[Span], list[Stop]]]:
    """Permissions by name, in lines of ``width`` cells that begin after ``first``."""
    made: list[tuple[list[Span], list[Stop]]] = []
    row: list[Span] = []
    stops: list[Stop] = []
    for cell in permissions:
        glyph, role = VERDICT[cell.result.verdict]
        name = middle(span(cell.result.permission).text, _NAME)
        words = [span(name, "dim"), span(" "), span(glyph, role, strong=cell.wanted)]
        if row and first + width_of(row) + 2 + width_of(words) > width:
            made.append((row, stops))
            row, stops = [], []
        start = first + width_of(row) + 2
        row += [span("  "), *words]
        stops.append((cell, start, start + width_of(words)))
    return [*made, (row, stops)] if row else made
