"""The tasks that run beside the refresher's loop, one for each key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any


class Jobs:
    """Runs one task a key at most. ``ended`` is called, on the loop, after each one.

    A task that raises is a defect; ``broke`` is called with its key and the exception, and the others go on.
    """

    def __init__(self, ended: Callable[[], None], broke: Callable[[Hashable, BaseException], None]) -> None:
        self._ended = ended
        self._broke = broke
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}

    def start(self, key: Hashable, work: Coroutine[Any, Any, None]) -> None:
        """Start the work, in place of what still runs under the same key."""
        self.cancel(key)
        task = asyncio.get_running_loop().create_task(work, name=f"mitui {key}")
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._note_end(key, done))

    def running(self, key: Hashable) -> bool:
        """Whether a task runs under this key."""
        return key in self._tasks

    def cancel(self, key: Hashable) -> None:
        """Cancel what runs under this key; it ends on the loop's next turn."""
        task = self._tasks.pop(key, None)
        if task is not None:
            task.cancel()

    async def cancel_all(self) -> None:
        """Cancel everything, and wait until each task has unwound."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _note_end(self, key: Hashable, task: asyncio.Task[None]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._broke(key, error)
        self._ended()
