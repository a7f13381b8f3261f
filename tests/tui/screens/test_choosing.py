"""The screens in which something is chosen from a list: resources, processes, assigned identities."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from mitui.engine.identity import ClientId, ResourceId, SystemAssigned
from mitui.monitor.intents import AddIdentity, AddResource, LookAs
from mitui.tui.drawing.themes import DARK, LIGHT
from mitui.tui.keys.actions import ACTIONS, BY_ID
from mitui.tui.processes import ProcessRow
from mitui.tui.screens.adding.assigned import AssignedScreen
from mitui.tui.screens.adding.resource import AddResourceScreen, read_audience
from mitui.tui.screens.chooser import Choice, ChooseScreen
from mitui.tui.screens.commands import command_list, theme_list
from mitui.tui.screens.process_picker import ProcessPickerScreen
from tests.diagnosis.carried.programs import WAITING_PYTHON, running
from tests.tui.screens import values
from tests.tui.screens.host import NOTHING_YET, Host, paste, shown

PUBLIC = "AzurePublicCloud"


@pytest.mark.parametrize(
    ("text", "resource", "word"),
    [
        ("https://vault.azure.net", "https://vault.azure.net", "Adds"),
        ("  https://vault.azure.net/.default ", "https://vault.azure.net", "belongs to scopes"),
        ("https://vault.azure.net/", "https://vault.azure.net/", "part of the audience"),
        ("api://my-app", "api://my-app", "Adds"),
        (values.WEB, values.WEB, "Adds"),
        ("vault.azure.net", "", "is a URI"),
        ("https://", "", "is a URI"),
        ("https://a b", "", "is a URI"),
        ("https://" + "a" * 600, "", "is a URI"),
        ("", "", "is a URI"),
    ],
)
def test_free_text_is_read_as_a_resource(text: str, resource: str, word: str) -> None:
    audience = read_audience(text)
    assert audience.resource == resource
    assert word in audience.words


async def test_a_well_known_resource_is_found_by_its_name() -> None:
    app = Host(AddResourceScreen(PUBLIC, (), values.SOURCE, (values.USER,)))
    async with app.run_test() as pilot:
        await pilot.press(*"graph", "enter")
        assert app.answer == AddResource("https://graph.microsoft.com", "Microsoft Graph")


async def test_the_first_that_is_not_watched_yet_is_marked() -> None:
    app = Host(AddResourceScreen(PUBLIC, ("https://management.azure.com",), values.SOURCE, (values.USER,)))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "Adds https://vault.azure.net" in shown(app)
        await pilot.press("up", "enter")
        assert app.answer is NOTHING_YET
        assert "It is watched already." in shown(app)
        await pilot.press("pagedown", "pageup", "down", "enter")
        assert app.answer == AddResource("https://vault.azure.net", "Key Vault")


async def test_any_other_resource_can_be_typed() -> None:
    app = Host(AddResourceScreen(PUBLIC, ("api://mine",), values.SOURCE, (values.USER,)))
    async with app.run_test() as pilot:
        await paste(pilot, "api://mine")
        assert "api://mine is watched already" in shown(app)
        await pilot.press("enter")
        assert app.answer is NOTHING_YET
        await pilot.press("2", "enter")
        assert app.answer == AddResource("api://mine2")


async def test_a_bare_guid_is_an_identity_s_client_id_unless_the_application_is_chosen() -> None:
    app = Host(AddResourceScreen(PUBLIC, (), values.SOURCE, ()))
    async with app.run_test() as pilot:
        await paste(pilot, values.WEB)
        text = shown(app)
        assert "by its client ID" in text
        assert f"Adds client:{values.WEB}, an identity" in " ".join(text.replace("│", " ").split())
        await pilot.press("enter")
        assert app.answer == AddIdentity(ClientId(values.WEB), "")
    app = Host(AddResourceScreen(PUBLIC, (), values.SOURCE, ()))
    async with app.run_test() as pilot:
        await paste(pilot, values.WEB)
        await pilot.press("down", "enter")
        assert app.answer == AddResource(values.WEB)


async def test_a_guid_that_no_identity_can_be_added_by_is_an_application_s() -> None:
    for screen in (
        AddResourceScreen(PUBLIC, (), values.SOURCE, (values.USER,)),
        AddResourceScreen(PUBLIC, (), values.ARC, ()),
    ):
        app = Host(screen)
        async with app.run_test() as pilot:
            await paste(pilot, values.WEB)
            await pilot.press("enter")
            assert app.answer == AddResource(values.WEB)


async def test_what_can_only_be_an_identity_is_one() -> None:
    app = Host(AddResourceScreen(PUBLIC, (), values.SOURCE, ()))
    async with app.run_test() as pilot:
        await paste(pilot, values.IDENTITY)
        await pilot.press("down", "enter")
        assert app.answer == AddIdentity(ResourceId(values.IDENTITY), values.IDENTITY.rpartition("/")[2])


async def test_the_resources_are_those_of_the_cloud() -> None:
    app = Host(AddResourceScreen("AzureChinaCloud", (), values.SOURCE, (values.USER,)))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "https://vault.azure.cn" in shown(app)


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24)])
async def test_no_address_is_broken_where_it_can_be_shortened(size: tuple[int, int]) -> None:
    app = Host(AddResourceScreen(PUBLIC, (), values.SOURCE, ()))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        assert options.virtual_size.height == options.option_count
        await pilot.press(*"postgres")
        await pilot.pause()
        row = next(row for row in shown(app).splitlines() if "PostgreSQL" in row)
        assert row.rstrip("▃▅▆▇█ │").endswith("net")
        assert "https://ossrdbms-aad.database.windows.net" in "".join(shown(app).replace("│", "").split()), "in full"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
async def test_a_process_is_found_by_its_command_and_answered_by_its_number() -> None:
    own = replace(values.PROCESSES[0], process_id=os.getpid())
    app = Host(ProcessPickerScreen([own, *values.PROCESSES[1:]]))
    async with app.run_test() as pilot:
        await pilot.press(*"guni", "enter")
        assert app.answer == LookAs(os.getpid())


@pytest.fixture(params=["gone", "not yet waited for"])
def ended(request: pytest.FixtureRequest) -> Iterator[int]:
    """A process that has ended since it was listed."""
    with subprocess.Popen(["/bin/sleep", "60"]) as child:
        child.kill()
        if request.param == "gone":
            child.wait()
        else:
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        yield child.pid


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
@pytest.mark.parametrize("seen", [True, False])
async def test_a_process_that_ended_meanwhile_is_not_taken_and_it_is_said(ended: int, seen: bool) -> None:
    app = Host(ProcessPickerScreen([ProcessRow(ended, "web", "sleep 60")]))

    def is_told() -> bool:
        # Kernels differ in whether a process that is not yet waited for can be opened.
        return re.search(rf"there is no process {ended}|process {ended} has ended", shown(app)) is not None

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        if seen:
            await until(pilot, is_told)
        for _ in range(2):
            await pilot.press("enter")
            await pilot.pause()
            assert app.answer is NOTHING_YET
            assert is_told()
        await pilot.press("up", "enter")
        assert app.answer == LookAs(None)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
async def test_the_marked_process_tells_its_runtime_and_its_sdks() -> None:
    with running([sys.executable, "-c", WAITING_PYTHON]) as process:
        rows = (ProcessRow(process, "web", "python3 app.py"), ProcessRow(2**30, "web", "gone"))
        app = Host(ProcessPickerScreen(rows))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("down")
            await until(pilot, lambda: "azure-identity 1." in shown(app))
            assert "python 3." in shown(app)
            await pilot.press("down")
            await until(pilot, lambda: "there is no process" in shown(app))
            await pilot.press("up")
            assert "azure-identity 1." in shown(app)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
async def test_a_process_that_tells_its_sdks_after_it_was_taken_is_too_late() -> None:
    picker = ProcessPickerScreen([ProcessRow(os.getpid(), "web", "python3 app.py")])
    app = Host(picker)
    async with app.run_test() as pilot:
        await pilot.press("down", "enter")
        assert app.answer == LookAs(os.getpid())
        await picker._look(str(os.getpid()))


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait for it."""
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError(shown(pilot.app))


async def test_an_unreadable_process_says_so_and_is_not_taken() -> None:
    app = Host(ProcessPickerScreen(values.PROCESSES))
    async with app.run_test() as pilot:
        await pilot.press(*"himds", "enter")
        await pilot.pause()
        assert app.answer is NOTHING_YET
        assert "needs sudo" in shown(app)
        assert "may not read process 640" in shown(app)


async def test_the_first_line_goes_back_to_ones_own_view() -> None:
    app = Host(ProcessPickerScreen(values.PROCESSES))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.answer == LookAs(None)


async def test_an_assigned_identity_is_added_by_its_client_id() -> None:
    app = Host(AssignedScreen(values.ASSIGNED, (values.SYSTEM,)))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.answer is NOTHING_YET, "the system-assigned identity is in the list already"
        await pilot.press("down", "enter")
        assert app.answer == AddIdentity(ClientId(values.WEB), "web")


async def test_the_system_assigned_identity_can_be_added() -> None:
    app = Host(AssignedScreen(values.ASSIGNED, ()))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.answer == AddIdentity(SystemAssigned(), "system-assigned")


@pytest.mark.parametrize("refusal", ["Azure refused: Reader on the host is needed.", ""])
async def test_no_list_is_explained(refusal: str) -> None:
    app = Host(AssignedScreen(replace(values.REFUSED, refusal=refusal), ()))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.answer is NOTHING_YET
        assert (refusal or "no identity is assigned") in shown(app)


async def test_the_mark_stays_where_it_is_while_the_list_narrows() -> None:
    choices = [Choice("a", "alpha"), Choice("b", "beta"), Choice("c", "gamma beta")]
    app = Host(ChooseScreen("Choose", choices, "c"))
    async with app.run_test() as pilot:
        await pilot.press(*"beta")
        await pilot.pause()
        assert app.screen.query_one(OptionList).highlighted == 1
        await pilot.press("enter")
        assert app.answer == "c"


async def test_what_nobody_marked_gives_way_to_what_fits_better() -> None:
    choices = [Choice("a", "alpha", "of the pair"), Choice("b", "pair")]
    app = Host(ChooseScreen("Choose", choices))
    async with app.run_test() as pilot:
        await pilot.press(*"pair", "enter")
        assert app.answer == "b"
    app = Host(ChooseScreen("Choose", choices))
    async with app.run_test() as pilot:
        await pilot.press("down", "up", *"pair", "enter")
        assert app.answer == "a", "it was marked on purpose"


async def test_nothing_that_fits_is_said_and_not_taken() -> None:
    app = Host(ChooseScreen("Choose", [Choice("a", "alpha")]))
    async with app.run_test() as pilot:
        await pilot.press(*"zz", "down", "pagedown", "enter")
        await pilot.pause()
        assert app.answer is NOTHING_YET
        assert "Nothing here fits" in shown(app)


async def test_a_click_takes_a_line() -> None:
    app = Host(ChooseScreen("Choose", [Choice("a", "alpha"), Choice("b", "beta")]))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click(OptionList, offset=(1, 1))
        assert app.answer == "b"


async def test_every_named_command_is_in_the_list_and_answers_with_its_action() -> None:
    named = [action for action in ACTIONS if action.palette]
    app = Host(command_list(ACTIONS))
    async with app.run_test(size=(120, 100)) as pilot:
        await pilot.pause()
        text = shown(app)
        assert [action.id for action in named if action.palette not in text] == []
        assert named[0].description in text, "that of the marked one"
        assert named[1].description not in text
        await pilot.press("down")
        await pilot.pause()
        assert named[1].description in shown(app)
        await pilot.press("up")
        await pilot.press(*"view zoom", "enter")
        assert app.answer == "zoom"


async def test_what_is_called_so_comes_before_what_only_tells_of_it() -> None:
    for typed, first in (("process", "source: look as another process"), ("save", "board: save")):
        app = Host(command_list(ACTIONS))
        async with app.run_test(size=(120, 100)) as pilot:
            await pilot.press(*typed)
            await pilot.pause()
            assert app.screen.query_one(OptionList).highlighted == 0
            await pilot.press("enter")
            assert BY_ID[app.answer].palette == first


async def test_mitui_s_own_themes_come_first_and_the_one_in_force_is_marked() -> None:
    app = Host(theme_list({"nord": DARK, "mitui-light": LIGHT}, "nord"))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert shown(app).index("mitui-light") < shown(app).index("nord")
        await pilot.press("enter")
        assert app.answer == "nord"
