"""What is due when: a heap, so that the refresher sleeps until the next thing is due and polls nothing."""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Schedule(Generic[Key]):
    """Keys with the moment, in epoch seconds, at which each is due. A key is due at one moment only."""

    def __init__(self) -> None:
        self._due: dict[Key, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._order = 0

    def put(self, key: Key, at: float) -> None:
        """Let ``key`` be due at ``at``, in place of its earlier moment if it had one."""
        self._order += 1
        self._due[key] = (at, self._order)
        heapq.heappush(self._heap, (at, self._order, key))

    def drop(self, key: Key) -> None:
        """Forget ``key``."""
        self._due.pop(key, None)

    def shift(self, seconds: float) -> None:
        """Let everything be due by so many seconds later, or earlier where they are negative."""
        self._due = {key: (at + seconds, order) for key, (at, order) in self._due.items()}
        self._heap = [(at, order, key) for key, (at, order) in self._due.items()]
        heapq.heapify(self._heap)

    def clear(self) -> None:
        """Forget everything."""
        self._due.clear()
        self._heap.clear()

    def at(self, key: Key) -> float | None:
        """When ``key`` is due, None if it is not."""
        entry = self._due.get(key)
        return entry[0] if entry else None

    def next_at(self) -> float | None:
        """When the first key is due, None if there is none."""
        self._skip_stale()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> list[Key]:
        """Remove and return what is due, in the order of its moments; what is due at one moment as it was put."""
        taken: list[Key] = []
        while (first := self.next_at()) is not None and first <= now:
            key = heapq.heappop(self._heap)[2]
            del self._due[key]
            taken.append(key)
        return taken

    def _skip_stale(self) -> None:
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)
