"""SIGTERM ends a job at once and quietly, where there is such a signal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable
from typing import Final

TERMINATED: Final = 128 + signal.SIGTERM


async def until_terminated(work: Awaitable[int], code: int = TERMINATED) -> int:
    """What the work returns, or ``code`` if the process was told to end."""
    me = asyncio.current_task()
    terminated = False

    def end() -> None:
        nonlocal terminated
        terminated = True
        if me is not None:
            me.cancel()

    # Windows' loops take no signal handlers; there the process just ends.
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    try:
        return await work
    except asyncio.CancelledError:
        if terminated:
            return code
        raise
