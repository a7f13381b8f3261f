"""The clock that a test drives."""

from __future__ import annotations

import asyncio
import time

from mitui.clock import ManualClock, SystemClock


async def test_a_sleep_until_a_moment_ends_then_however_late_it_begins() -> None:
    clock = ManualClock(1000.0)
    sleeping = asyncio.ensure_future(clock.sleep_until(1060.0))
    await clock.advance(59)
    assert not sleeping.done()
    await clock.advance(1)
    assert sleeping.done()
    late = asyncio.ensure_future(clock.sleep_until(1030.0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert late.done()


async def test_whoever_is_about_to_sleep_does_so_before_the_time_moves() -> None:
    clock = ManualClock(1000.0)
    sleeping = asyncio.ensure_future(clock.sleep(60))
    await clock.advance(60)
    assert sleeping.done()


def test_the_time_asleep_is_what_the_clocks_differ_by() -> None:
    """It stays as it is while the machine is awake."""
    clock = SystemClock()
    before = clock.asleep()
    time.sleep(0.05)
    assert abs(clock.asleep() - before) < 0.01
    assert before >= -0.01
