"""Adding an identity: every way to name one, read as it is typed."""

from __future__ import annotations

import pytest

from mitui.engine.identity import ClientId, ObjectId, ResourceId, SystemAssigned
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.intents import AddIdentity
from mitui.tui.screens.adding.identity import AddIdentityScreen
from mitui.tui.screens.adding.identity_entry import Entry, Kind, read_entry
from tests.tui.screens import values
from tests.tui.screens.host import NOTHING_YET, Host, paste, shown


def entry(text: str, guid_kind: Kind = "client_id", existing: tuple[IdentityView, ...] = ()) -> Entry:
    return read_entry(text, guid_kind, values.SOURCE, existing)


def test_a_bare_guid_is_what_it_is_taken_for() -> None:
    assert entry(values.WEB).is_bare
    assert not entry(f"client:{values.WEB}").is_bare
    assert entry(values.WEB, "client_id").identity == ClientId(values.WEB)
    assert entry(values.WEB, "object_id").identity == ObjectId(values.WEB)


@pytest.mark.parametrize("around", ["  {}  ", '"{}"', "'{}',", "{{{}}}", "{};"])
def test_what_surrounds_a_pasted_id_is_dropped(around: str) -> None:
    assert entry(around.format(values.WEB), "client_id").identity == ClientId(values.WEB)


def test_a_resource_id_is_recognised() -> None:
    read = entry(values.IDENTITY)
    assert read.identity == ResourceId(values.IDENTITY)
    assert read.kind == "resource_id"


def test_a_resource_id_of_something_else_is_refused_with_its_form() -> None:
    read = entry(f"{values.GROUP}/providers/Microsoft.Compute/virtualMachines/vm")
    assert read.identity is None
    assert "userAssignedIdentities" in read.words


def test_the_spelled_out_forms_are_taken() -> None:
    assert entry(f"object:{values.WEB}").identity == ObjectId(values.WEB)
    assert entry("system").identity == SystemAssigned()
    assert entry("client:nonsense").identity is None


def test_a_guid_that_is_not_finished_is_counted() -> None:
    assert "this has 8" in entry("6a1c0b7e").words


def test_what_the_source_does_not_take_is_refused_with_its_reason() -> None:
    for text in (f"client:{values.WEB}", values.WEB):
        read = read_entry(text, "client_id", values.ARC, ())
        assert read.identity is None
        assert read.words == values.ARC.selector_reason


def test_what_is_there_already_is_not_added_twice() -> None:
    read = entry(f"client:{values.WEB}", existing=(values.USER,))
    assert read.identity is None
    assert "as web" in read.words


async def test_typing_choosing_and_naming_answers_with_the_identity() -> None:
    app = Host(AddIdentityScreen(values.SOURCE, (values.SYSTEM,)))
    async with app.run_test() as pilot:
        await paste(pilot, values.WEB)
        assert f"Adds client:{values.WEB}" in shown(app)
        assert "If it is" in shown(app)
        await pilot.press("down")
        await pilot.pause()
        assert f"Adds object:{values.WEB}" in shown(app)
        await pilot.press("tab", *"batch", "enter")
        assert app.answer == AddIdentity(ObjectId(values.WEB), "batch")


def chosen(app: Host) -> list[str]:
    """The kinds that are marked."""
    return [line.split("◉")[1].strip("│ ").split("  ")[0] for line in shown(app).splitlines() if "◉" in line]


async def test_the_kind_that_enter_takes_is_marked_from_the_start_and_whatever_is_typed() -> None:
    app = Host(AddIdentityScreen(values.SOURCE, ()))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert chosen(app) == ["client ID"]
        await paste(pilot, values.WEB[:-1])
        await pilot.press("down")
        await pilot.pause()
        assert chosen(app) == ["object ID"]
        await pilot.press("up")
        await pilot.pause()
        assert chosen(app) == ["client ID"]
        await paste(pilot, values.WEB[-1])
        await pilot.press("enter")
        assert app.answer == AddIdentity(ClientId(values.WEB), "")


async def test_a_guid_without_a_name_waits_for_its_token_to_tell_one() -> None:
    app = Host(AddIdentityScreen(values.SOURCE, ()))
    async with app.run_test(size=(60, 20)) as pilot:
        await paste(pilot, f"client:{values.WEB}")
        await pilot.press("enter")
        assert app.answer == AddIdentity(ClientId(values.WEB), "")


async def test_q_is_a_letter_in_the_field() -> None:
    app = Host(AddIdentityScreen(values.SOURCE, ()))
    async with app.run_test() as pilot:
        await pilot.press("q")
        assert app.answer is NOTHING_YET


async def test_kinds_that_the_source_does_not_take_are_shown_as_such() -> None:
    app = Host(AddIdentityScreen(values.ARC, ()))
    async with app.run_test() as pilot:
        await pilot.press("down")
        await paste(pilot, values.WEB)
        text = shown(app)
        assert text.count("not taken by this source") == 3
        assert values.ARC.selector_reason in text
