"""Dialogs on a terminal that is too small for the board: field, words and the way out are seen all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input, OptionList

from mitui.keyvault.verdict import ProbeDepth
from mitui.tui.keys.actions import ACTIONS
from mitui.tui.screens.adding.identity import AddIdentityScreen
from mitui.tui.screens.adding.resource import AddResourceScreen
from mitui.tui.screens.adding.vault import AddVaultScreen
from mitui.tui.screens.commands import command_list
from mitui.tui.screens.confirm import ConfirmScreen, confirm_probe
from mitui.tui.screens.dialog import Dialog, Page
from mitui.tui.screens.jump import JumpScreen
from mitui.tui.screens.process_picker import ProcessPickerScreen
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.tui.drawing import screen_text
from tests.tui.screens import values
from tests.tui.screens.gallery import SCREENS
from tests.tui.screens.host import NOTHING_YET, Host, paste, shown

SMALL = (40, 12)
DIALOGS: dict[str, Callable[[], Screen[Any]]] = {
    **{name: make for name, make in SCREENS.items() if not isinstance(make(), Page)},
    "commands": lambda: command_list(ACTIONS),
}


def words_of(text: str) -> str:
    """What is said inside the frame, with single blanks between words."""
    return " ".join(text.replace("│", " ").split())


def has_all_in_sight(app: Host, name: str) -> None:
    screen = app.screen
    assert isinstance(screen, Dialog)
    text = shown(app)
    assert screen.box.max_scroll_x == screen.box.max_scroll_y == 0, f"{name}\n{text}"
    for field in screen.query(Input):
        assert screen.box.content_region.contains_region(field.region), f"{name}: {field.id}\n{text}"
        assert field.region.height == 1, f"{name}: {field.id}"
    for words in screen.query("#words"):
        assert screen.box.content_region.contains_region(words.region), f"{name}\n{text}"
    for options in screen.query(OptionList):
        if not options.option_count:
            continue
        assert options.virtual_size.height == options.option_count, f"{name} breaks a choice\n{text}"
        assert options.size.height >= min(3, options.option_count), f"{name}\n{text}"
    assert "esc" in text.rstrip().splitlines()[-1], f"{name} does not say how to leave it\n{text}"


async def test_every_dialog_that_is_opened_there_has_all_in_sight() -> None:
    app = Host(Screen())
    async with app.run_test(size=SMALL) as pilot:
        for name, make in DIALOGS.items():
            app.answer = NOTHING_YET
            app.push_screen(make(), app.answered)
            await pilot.pause()
            has_all_in_sight(app, name)
            await pilot.press("escape")
            assert app.answer is not NOTHING_YET, name


async def test_every_dialog_has_all_in_sight_when_the_terminal_shrinks_and_is_itself_when_it_grows() -> None:
    app = Host(Screen())
    async with app.run_test(size=(80, 24)) as pilot:
        for name, make in DIALOGS.items():
            app.push_screen(make())
            await pilot.pause()
            before = shown(app)
            for size in (SMALL, (30, 9), SMALL):
                await pilot.resize_terminal(*size)
                await pilot.pause()
            has_all_in_sight(app, name)
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
            assert shown(app) == before, name
            app.pop_screen()


@pytest.mark.parametrize(
    ("screen", "typed", "said"),
    [
        (lambda: AddIdentityScreen(values.SOURCE, ()), values.WEB[:-7], "A GUID has 36 characters; this has 29."),
        (lambda: AddIdentityScreen(values.SOURCE, ()), "", "Type or paste a GUID, a resource ID, or system."),
        (
            lambda: AddIdentityScreen(values.SOURCE, (values.USER,)),
            f"client:{values.WEB}",
            "in the list already, as web.",
        ),
        (lambda: AddResourceScreen("", (), values.SOURCE, ()), "zzz", "or an application's GUID."),
        (lambda: AddVaultScreen("", ()), "https://evil.example", "is no Key Vault host"),
        (lambda: ProcessPickerScreen(values.PROCESSES), "himds", "may not read process 640"),
        (lambda: command_list(ACTIONS), "zzz", "Nothing here fits what was typed."),
    ],
)
async def test_what_enter_refuses_is_said_in_sight(screen: Callable[[], Screen[Any]], typed: str, said: str) -> None:
    app = Host(screen())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        if typed:
            await paste(pilot, typed)
        await pilot.press("enter")
        await pilot.pause()
        assert app.answer is NOTHING_YET
        assert said in words_of(shown(app))
        has_all_in_sight(app, said)


async def test_what_has_no_room_at_all_ends_in_an_ellipsis() -> None:
    app = Host(AddIdentityScreen(values.ARC, ()))
    async with app.run_test(size=(40, 9)) as pilot:
        await paste(pilot, "resource:" + "/subscriptions/" + "x" * 300)
        await pilot.press("enter")
        await pilot.pause()
        has_all_in_sight(app, "a long id")
        assert shown(app).splitlines()[-2].rstrip("│ ").endswith("…")


@pytest.mark.parametrize("depth", ["crypto", "deep"])
async def test_a_question_stays_in_sight_and_what_it_is_about_scrolls(depth: ProbeDepth) -> None:
    app = Host(confirm_probe(values.VAULT, depth))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, ConfirmScreen)
        assert "Probe contoso-kv that way?" in shown(app)
        assert "This asks" in shown(app)
        assert "Defender alert" not in shown(app)
        await pilot.press("end")
        await pilot.pause()
        assert "Defender alert" in words_of(shown(app))
        assert "Probe contoso-kv that way?" in shown(app)
        await pilot.press("y")
        assert app.answer is True


async def test_over_a_board_that_is_too_small_a_dialog_opens_and_leaves_as_ever() -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(app.screen, AddResourceScreen)
        await pilot.press("escape", "f")
        await pilot.pause()
        assert len(app.screen_stack) == 1, "there is no pane to jump to"
        assert "mitui needs 60 columns and 20 rows" in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await pilot.press("f")
        await pilot.pause()
        assert isinstance(app.screen, JumpScreen)
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert screen_text(app).splitlines()[-1].rstrip().endswith("…")
        await pilot.press("escape")
        await pilot.pause()
        assert "mitui needs 60 columns and 20 rows" in screen_text(app)
