"""What holds for every screen: it fits, it is left by escape, and no text from outside gets through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.screen import Screen

from mitui.safe_text import UNSAFE
from mitui.tui.screens.dialog import Dialog, Page
from tests.support.hostile import FORBIDDEN
from tests.tui_screens.gallery import HOSTILE_SCREENS, SCREENS
from tests.tui_screens.host import NOTHING_YET, Host, shown

SIZES = ((60, 20), (80, 24), (120, 40))
by_name = pytest.mark.parametrize("make", SCREENS.values(), ids=SCREENS.keys())


@by_name
async def test_it_fits_and_escape_leaves_it_without_an_answer(make: Callable[[], Screen[Any]]) -> None:
    app = Host(make())
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, Dialog)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert screen.box.max_scroll_x == 0
            if not isinstance(screen, Page):
                assert screen.box.max_scroll_y == 0, f"a dialog is small enough for {size}"
            assert "esc" in shown(app).rstrip().splitlines()[-1], f"the way out is in sight at {size}"
        await pilot.press("escape")
        assert app.answer is not NOTHING_YET
        assert not app.answer
        assert "the board" in shown(app)


@pytest.mark.parametrize(
    ("theme", "size"),
    [("mitui-light", (1, 1)), ("ansi-dark", (300, 100)), ("ansi-light", (20, 3)), ("textual-light", (60, 20))],
)
async def test_all_are_drawn_in_any_theme_and_at_any_size(theme: str, size: tuple[int, int]) -> None:
    app = Host(Screen(), theme)
    async with app.run_test(size=size) as pilot:
        for name, make in SCREENS.items():
            app.push_screen(make())
            await pilot.pause()
            if size >= (60, 20):
                assert "esc" in shown(app), name
            app.pop_screen()


@pytest.mark.parametrize("make", HOSTILE_SCREENS.values(), ids=HOSTILE_SCREENS.keys())
async def test_hostile_text_is_shown_and_does_nothing(make: Callable[[], Screen[Any]]) -> None:
    app = Host(make())
    async with app.run_test(size=(120, 500)) as pilot:
        await pilot.pause()
        text = shown(app)
        assert UNSAFE.search(text.replace("\n", "")) is None
        assert not any(sequence in text for sequence in FORBIDDEN)
        assert "[/x]" in text, "the payload is there to be seen, markup and all"
        assert "␛]52;c;" in text
