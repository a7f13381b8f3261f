"""A board of which nothing can be asked: every key that would ask says so, and the others work."""

from __future__ import annotations

import pytest

from mitui.tui.keys.action import in_place
from mitui.tui.keys.actions import ACTIONS
from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.tui.drawing import screen_text

REFUSAL = "nothing can be asked of it"


@pytest.mark.parametrize("action", in_place("board", ACTIONS), ids=lambda action: action.id)
async def test_what_asks_says_that_it_can_not(action: object) -> None:
    action_of = next(each for each in ACTIONS if each is action)
    if action_of.id in ("quit", "suspend"):
        return
    app, feed = dashboard(snapshots.failed(), settings=DashboardSettings(badge="saved", live=False))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.dashboard.action_do(action_of.id)
        await pilot.pause()
        assert (REFUSAL in screen_text(app)) == action_of.asks
        assert feed.sent == []


async def test_neither_the_footer_nor_the_palette_names_it() -> None:
    app, _ = dashboard(snapshots.failed(), settings=DashboardSettings(badge="saved", live=False))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "refresh" not in screen_text(app).splitlines()[-1]
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert "view: zoom" in screen_text(app)
        assert "token: refresh now" not in screen_text(app)


async def test_enter_on_what_adds_something_asks_nothing() -> None:
    app, feed = dashboard(snapshots.failed(), settings=DashboardSettings(live=False))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("2", "G", "enter")
        await pilot.pause()
        assert REFUSAL in screen_text(app)
        assert feed.sent == []
