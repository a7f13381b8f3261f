"""Blocking work on a daemon thread: what hangs holds up neither the loop nor quitting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def on_a_daemon_thread(work: Callable[[], T], *, timeout: float, name: str) -> T:
    """What ``work`` returns, from a thread of this name.

    Raises what it raises, and TimeoutError after ``timeout`` seconds; the thread then goes on alone.
    """
    result: Future[T] = Future()
    # From here on nobody's cancelling reaches it, so the thread can always leave its result.
    result.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result.set_result(work())
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            result.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    async with asyncio.timeout(timeout):
        return await asyncio.wrap_future(result)
