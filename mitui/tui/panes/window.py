"""Which rows of a pane are in sight, and how the keys bring every other one there, however tall an item is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """The rows that an item takes, from ``first`` to ``last``; several may share one."""

    first: int
    last: int


def _between(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


class Window:
    """``room`` rows from ``top`` on, of ``count``. ``stops`` are the items that the cursor can be on.

    The marked item is whole in sight, as much of it as there is room for; rows that belong to no item, and the rest of
    a tall one, are scrolled to on the way.
    """

    def __init__(self) -> None:
        self.top = self.room = self.count = 0
        self.stops: Sequence[Extent] = ()
        self._scrolled = False  # whether it stands where a person scrolled, be the marked item whole in sight or not

    def lay(self, stops: Sequence[Extent], count: int, room: int, at: int) -> None:
        """Take what there is to show now, and bring the marked item into sight."""
        self.stops, self.count, self.room = stops, count, max(1, room)
        self.top = self._with(at)

    @property
    def end(self) -> int:
        """One past the last row in sight."""
        return min(self.count, self.top + self.room)

    @property
    def _most(self) -> int:
        return max(0, self.count - self.room)

    def _with(self, at: int, *, scrolled: bool | None = None) -> int:
        """The top that shows this stop and is nearest to where the window is."""
        top = min(self.top, self._most)
        if not self.stops:
            return top
        own = self.stops[at]
        if self._scrolled if scrolled is None else scrolled:
            # Not one of its rows, nor of those up to the next stop, need be left but the last.
            first, last = 0 if at == 0 else own.first, self._last_before_next(at)
            return _between(top, max(0, first - self.room + 1), min(last, self._most))
        if own.last - own.first >= self.room:
            return _between(top, own.first, own.last - self.room + 1)
        if at == 0 and own.last < self.room:
            return 0
        return _between(top, max(0, own.last - self.room + 1), own.first)

    def _last_before_next(self, at: int) -> int:
        if at + 1 >= len(self.stops):
            return self.count - 1
        return max(self.stops[at].last, self.stops[at + 1].first - 1)

    def scroll(self, rows: int) -> None:
        """Move by so many rows, as far as there are any."""
        self.top, self._scrolled = _between(self.top + rows, 0, self._most), True

    def mark(self) -> None:
        """The cursor goes to an item: it is to be in sight."""
        self._scrolled = False

    def step(self, at: int, direction: str) -> int | None:
        """Move up or down, by a page, or to an end, from the stop ``at``: by a scroll, or to the stop that is returned.

        None where this direction means nothing here.
        """
        moves: dict[str, Callable[[int], int]] = {
            "up": self._up,
            "down": self._down,
            "page_up": self._page_up,
            "page_down": self._page_down,
            "top": self._first,
            "bottom": self._last,
        }
        return moves[direction](at) if direction in moves else None

    def hides(self, at: int, direction: str) -> bool:
        """Whether a row is out of sight, up or down, that is to be scrolled to before the cursor leaves ``at``."""
        if not self.stops:
            return True
        own = self.stops[at]
        if direction == "up":
            return self.top > (0 if at == 0 else own.first)
        return self.end <= own.last or (at + 1 == len(self.stops) and self.end < self.count)

    def _up(self, at: int) -> int:
        if self.hides(at, "up"):
            self.scroll(-1)
            return at
        if at == 0:
            return 0
        return self._up_over(at, 1) if self._passes_over(at - 1) else self._to(at - 1)

    def _up_over(self, at: int, rows: int) -> int:
        """Scroll up over rows of no item: the cursor goes with them once its own item would be out of sight."""
        leaves = self.top - rows + self.room <= self.stops[at].first
        self.scroll(-rows)
        return at - 1 if leaves else at

    def _down(self, at: int) -> int:
        if self.hides(at, "down") or self._passes_over(at + 1):
            self.scroll(1)
            return at
        return self._to(at + 1) if at + 1 < len(self.stops) else at

    def _to(self, at: int) -> int:
        """The stop with this number, to be brought into sight."""
        self.mark()
        return at

    def _passes_over(self, at: int) -> bool:
        """Whether going to this stop would leave rows unseen between."""
        if not 0 <= at < len(self.stops):
            return False
        there = self._with(at, scrolled=False)
        return there > self.top + self.room or there + self.room < self.top

    def _line(self, at: int) -> int:
        """The row that a page is counted from: the first in sight of the marked item, else the nearest to it."""
        own = self.stops[at]
        return _between(_between(self.top, own.first, own.last), self.top, max(self.top, self.end - 1))

    def _page_down(self, at: int) -> int:
        page = max(1, self.room - 1)
        ahead = range(at + 1, len(self.stops))
        target = self._line(at) + page if self.stops else 0
        within = [each for each in ahead if self.stops[each].first <= target and not self._passes_over(each)]
        if not within:
            self.scroll(page)
            return at
        row = self.stops[within[-1]].first
        return self._to(next(each for each in within if self.stops[each].first == row))

    def _page_up(self, at: int) -> int:
        page = max(1, self.room - 1)
        target = self._line(at) - page if self.stops else 0
        within = [each for each in range(at) if self.stops[each].last >= target and not self._passes_over(each)]
        if self.hides(at, "up") or at == 0:
            self.scroll(-page)
            return at
        return self._to(within[0]) if within else self._up_over(at, page)

    def _first(self, at: int) -> int:
        self.scroll(-self.count)
        return 0

    def _last(self, at: int) -> int:
        self.scroll(self.count)
        return max(0, len(self.stops) - 1)
