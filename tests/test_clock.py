"""The clock that a test drives."""

from __future__ import annotations

import asyncio

from mitui.clock import ManualClock


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
