"""What a pane has to show, as values: its items, and what stands in its frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from mitui.tui.drawing.lines import Line, line, span

ADD: Final = "add"
"""The key of the item that adds one more of what the pane shows."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a pane: its lines, what it says in full, and what ``y`` copies of it.

    ``command`` is the command that mends it, where there is one: ``y`` copies that, and ``copy`` only for want of it.
    ``key`` tells which thing it is, so that the cursor stays with it; "" for lines that can't be marked.
    ``cells`` are the cells of its first line that are marked, where that isn't all of it. Where there may be very many,
    ``make`` makes the item, of one line, once it is seen; until then it has its key and nothing else.
    """

    lines: tuple[Line, ...] = ()
    key: str = ""
    full: str = ""
    copy: str = ""
    note: Line = ()
    cells: tuple[int, int] | None = None
    make: Callable[[], Item] | None = None
    command: str = ""

    @property
    def height(self) -> int:
        """How many lines it takes."""
        return len(self.lines) if self.make is None else 1

    def seen(self) -> Item:
        """The item with all that is in it."""
        return self if self.make is None else self.make()


@dataclass(frozen=True, slots=True)
class View:
    """A pane's content: its items, and what stands in the frame. ``subject`` follows the title."""

    items: tuple[Item, ...]
    subject: str = ""
    status: Line = ()
    note: Line = ()


def note(*parts: str) -> Line:
    """The parts that aren't empty, with dots between them, for the frame."""
    return line(span(" · ".join(part for part in parts if part), "dim"))


def lines_in(items: Iterable[Item]) -> int:
    """How many lines the items take."""
    return sum(item.height for item in items)
