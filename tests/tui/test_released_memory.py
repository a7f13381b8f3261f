"""Pages, dialogs and themes that come and go leave nothing behind."""

from __future__ import annotations

import gc
import subprocess
import sys

from rich.cells import cached_cell_len
from textual._styles_cache import StylesCache
from textual.geometry import Region

from tests.support import snapshots
from tests.support.feeds import dashboard

COME_AND_GO = ("question_mark", "escape", "3", "enter", "escape", "a", "escape", "z", "z", "ctrl+p", "escape")


def _alive() -> int:
    gc.collect()
    return sum(isinstance(each, StylesCache) for each in gc.get_objects())


async def test_widgets_that_are_gone_are_released() -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        counts = []
        for _ in range(8):
            for key in COME_AND_GO:
                await pilot.press(key)
                await pilot.pause()
            counts.append(_alive())
    assert counts[-1] <= counts[1]


def _kept() -> int:
    return Region.intersection.cache_info().currsize + cached_cell_len.cache_info().currsize


async def test_what_was_worked_out_of_pages_is_given_back() -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(120, 40)) as pilot:
        for size in ((80, 24), (100, 30), (120, 40)):
            await pilot.resize_terminal(*size)
            for key in ("question_mark", "pagedown", "pagedown"):
                await pilot.press(key)
        kept = _kept()
        await pilot.press("escape")
        for _ in range(30):
            await pilot.pause(0.1)
            if _kept() < kept / 3:
                return
    raise AssertionError(f"{_kept()} of {kept} are kept")


def test_textual_by_itself_still_keeps_them() -> None:
    """Once this fails, Textual has mended it: take ``release_removed_widgets`` away."""
    asked = "from textual._styles_cache import StylesCache as S; print(hasattr(S.get_inner_outer, 'cache_info'))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
