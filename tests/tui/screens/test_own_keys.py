"""A person's own keys on pages, in dialogs and in questions: they work, the old ones don't, and both are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Input

from mitui.monitor.intents import AddVault, Probe
from mitui.tui.app import MituiApp
from mitui.tui.keys.keymap import keymap_problems
from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.feeds import ScriptedFeed, dashboard
from tests.tui.drawing import screen_text

KEYS = {
    "page_close": "f4",
    "page_bottom": "z",
    "page_copy_all": "c",
    "dialog_accept": "f5",
    "dialog_leave": "f6",
    "dialog_field": "f7",
    "dialog_next": "ctrl+n",
    "dialog_yes": "j",
    "dialog_no": "f8",
}


@asynccontextmanager
async def desk() -> AsyncIterator[tuple[MituiApp, ScriptedFeed, Pilot[int]]]:
    app, feed = dashboard(snapshots.failed(), settings=DashboardSettings(keys=KEYS))
    async with app.run_test(size=(110, 40)) as pilot:
        await pilot.pause()
        yield app, feed, pilot


def page(app: MituiApp) -> str:
    return type(app.screen).__name__


def test_there_is_nothing_wrong_with_them() -> None:
    assert keymap_problems(KEYS) == ()


async def test_a_page_is_read_and_closed_with_them_and_says_so() -> None:
    async with desk() as (app, _, pilot):
        await pilot.press("3", "g", "j", "j", "enter")
        await pilot.pause()
        assert page(app) == "WhyScreen"
        text = screen_text(app)
        assert "f4 close" in text
        assert "c copy all" in text
        await pilot.press("escape", "q")
        assert page(app) == "WhyScreen"
        await pilot.press("f4")
        await pilot.pause()
        assert page(app) == "Dashboard"


async def test_help_tells_them() -> None:
    async with desk() as (app, _, pilot):
        await pilot.press("question_mark", "z")
        await pilot.pause()
        lines = screen_text(app).splitlines()
        for keys, words in (("f5", "Do what the dialog is for"), ("j", "Do what was asked about"), ("f8", "Leave it")):
            line = next(each for each in lines if words in each)
            assert keys in line.split(), line


async def test_a_dialog_is_answered_and_left_with_them() -> None:
    async with desk() as (app, feed, pilot):
        await pilot.press("5", "a", *"contoso-kv2")
        await pilot.pause()
        assert page(app) == "AddVaultScreen"
        assert "f5 add" in screen_text(app)
        await pilot.press("enter", "escape")
        assert page(app) == "AddVaultScreen"
        await pilot.press("f5")
        await pilot.pause()
        assert feed.sent == [AddVault("https://contoso-kv2.vault.azure.net")]
        await pilot.press("5", "a", "f6")
        await pilot.pause()
        assert page(app) == "Dashboard"


async def test_the_next_field_and_the_next_choice() -> None:
    async with desk() as (app, _, pilot):
        await pilot.press("2", "a")
        await pilot.pause()
        assert isinstance(app.focused, Input)
        assert app.focused.id == "identity"
        await pilot.press("f7")
        assert isinstance(app.focused, Input)
        assert app.focused.id == "name"
        await pilot.press("f6", "T")
        await pilot.pause()
        await pilot.press("ctrl+n", "f5")
        await pilot.pause()
        assert app.theme != "mitui-dark"


async def test_a_question_is_answered_with_them() -> None:
    async with desk() as (app, feed, pilot):
        await pilot.press("5", "V")
        await pilot.pause()
        assert page(app) == "ConfirmScreen"
        await pilot.press("y", "escape", "n")
        assert page(app) == "ConfirmScreen"
        await pilot.press("f8")
        await pilot.pause()
        assert (page(app), feed.sent) == ("Dashboard", [])
        await pilot.press("V")
        await pilot.pause()
        await pilot.press("j")
        await pilot.pause()
        assert [type(each) for each in feed.sent] == [Probe]
