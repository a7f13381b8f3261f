"""A dialog tells the keys that do something there, and no others."""

from __future__ import annotations

from dataclasses import replace

from mitui.engine.identity import SystemAssigned
from mitui.monitor.assigned import AssignedIdentities
from mitui.tui.screens.adding.assigned import AssignedScreen
from mitui.tui.screens.adding.rename import RenameIdentityScreen
from mitui.tui.screens.confirm import ConfirmScreen
from mitui.tui.screens.why.screen import WhyScreen
from mitui.tui.screens.why.subject import why_token
from tests.tui.screens import values
from tests.tui.screens.host import Host, shown


async def test_a_question_says_which_keys_answer_it() -> None:
    app = Host(ConfirmScreen("Remove", "Remove web?", ("It leaves this dashboard only.",)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Remove web? y says yes, esc no." in shown(app)


async def test_the_hosts_own_identity_is_renamed_by_what_it_is() -> None:
    app = Host(RenameIdentityScreen(values.SYSTEM))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert str(SystemAssigned()) == "system"
        assert "this host's own" in shown(app)


async def test_an_empty_list_offers_nothing_to_add() -> None:
    app = Host(AssignedScreen(AssignedIdentities(values.NOW, ()), ()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Azure says that no identity is assigned to this host." in shown(app)
        assert "add" not in shown(app)
        await pilot.press("enter", "escape")
        assert app.answer is None
    app = Host(AssignedScreen(values.ASSIGNED, ()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "enter adds the marked one" in shown(app)


async def test_a_page_without_commands_names_no_key_for_them() -> None:
    causes = values.FAILURE.causes
    one = (replace(causes[0], commands=causes[0].commands[:1], purposes=("mend",)),)
    for number, kept in ((0, ()), (1, one), (3, causes)):
        failure = replace(values.FAILURE, causes=kept)
        why = why_token(replace(values.FAILED_TOKEN, failure=failure), values.USER)
        assert why is not None
        app = Host(WhyScreen(why))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            keys = shown(app).rstrip().splitlines()[-1]
            assert ("y copy " in keys) is (number > 0), number
            assert ("next command" in keys) is (number > 1), number
            assert "close" in keys
