"""What holds for every screen: it fits, it is left by escape, and no text from outside gets through."""

from __future__ import annotations

import pytest
from textual.screen import Screen

from mitui.safe_text import UNSAFE
from mitui.tui.screens.dialog import Dialog, Page
from tests.support.hostile import FORBIDDEN
from tests.tui.screens.gallery import HOSTILE_SCREENS, SCREENS
from tests.tui.screens.host import NOTHING_YET, Host, shown


@pytest.mark.parametrize("size", [(60, 20), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_all_fit_and_escape_leaves_them_without_an_answer(size: tuple[int, int]) -> None:
    app = Host(Screen())
    async with app.run_test(size=size) as pilot:
        for name, make in SCREENS.items():
            screen = make()
            app.answer = NOTHING_YET
            app.push_screen(screen, app.answered)
            await pilot.pause()
            assert isinstance(screen, Dialog)
            assert screen.box.max_scroll_x == 0, name
            if not isinstance(screen, Page):
                assert screen.box.max_scroll_y == 0, f"{name} is too high"
            assert "esc" in shown(app).rstrip().splitlines()[-1], f"{name} does not say how to leave it"
            await pilot.press("escape")
            assert app.answer is not NOTHING_YET, name
            assert not app.answer, name


@pytest.mark.parametrize(
    ("theme", "size"),
    [("mitui-light", (1, 1)), ("ansi-dark", (300, 100)), ("ansi-light", (20, 3))],
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


async def test_hostile_text_is_shown_and_does_nothing() -> None:
    app = Host(Screen())
    async with app.run_test(size=(120, 160)) as pilot:
        for name, make in HOSTILE_SCREENS.items():
            screen = make()
            app.push_screen(screen)
            await pilot.pause()
            text = shown(app)
            assert UNSAFE.search(text.replace("\n", "")) is None, name
            assert not any(sequence in text for sequence in FORBIDDEN), name
            assert "[/x]" in text, f"{name} ate the markup"
            assert "␛]52;c;" in text, f"{name} does not show what was there"
            app.pop_screen()
