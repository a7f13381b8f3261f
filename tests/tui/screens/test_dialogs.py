"""The small dialogs: rename, add a vault, confirm, jump, filter, SDK choices, text to select."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest
from textual import events
from textual.geometry import Size
from textual.widgets import Input, Static

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.keyvault.verdict import ProbeDepth
from mitui.monitor.intents import AddVault, RenameIdentity
from mitui.tui.dashboard.clipboard import LIMIT, copy_secret
from mitui.tui.screens.adding.rename import RenameIdentityScreen
from mitui.tui.screens.adding.vault import AddVaultScreen, read_vault
from mitui.tui.screens.chooser import Choice, ChooseScreen
from mitui.tui.screens.confirm import confirm_probe, confirm_token_copy
from mitui.tui.screens.filter_line import FilterScreen
from mitui.tui.screens.jump import JumpScreen, Target
from mitui.tui.screens.sdk_choices import SdkChoicesScreen
from mitui.tui.screens.show_text import ShowTextScreen
from tests.tui.screens import values
from tests.tui.screens.host import NOTHING_YET, Host, paste, shown


async def test_renaming_answers_with_the_new_name() -> None:
    app = Host(RenameIdentityScreen(values.USER))
    async with app.run_test() as pilot:
        await pilot.press("2", "enter")
        assert app.answer == RenameIdentity(values.USER.identity, "web2")


async def test_the_same_name_or_none_changes_nothing() -> None:
    app = Host(RenameIdentityScreen(values.USER))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.answer is None


def test_a_vault_is_read_as_it_is_typed() -> None:
    assert read_vault("contoso-kv", "", ()).url == "https://contoso-kv.vault.azure.net"
    assert read_vault("contoso-kv", "AzureChinaCloud", ()).url == "https://contoso-kv.vault.azure.cn"
    present = read_vault("contoso-kv", "", ("https://contoso-kv.vault.azure.net",))
    assert present.url == ""
    assert "already" in present.words
    assert read_vault("http://127.0.0.1:8080", "", ()).url == ""
    assert read_vault("http://127.0.0.1:8080", "", (), allow_loopback=True).url == "http://127.0.0.1:8080"
    assert "contoso-kv" in read_vault("", "", ()).words


async def test_adding_a_vault_answers_with_its_url() -> None:
    app = Host(AddVaultScreen("AzurePublicCloud", ()))
    async with app.run_test() as pilot:
        await paste(pilot, "https://evil.example")
        await pilot.press("enter")
        assert app.answer is NOTHING_YET
        assert "is no Key Vault host" in shown(app)
        await pilot.press(*["backspace"] * 20)
        await paste(pilot, "contoso-kv")
        assert "Adds https://contoso-kv.vault.azure.net" in shown(app)
        await pilot.press("enter")
        assert app.answer == AddVault("https://contoso-kv.vault.azure.net")


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("q", False), ("escape", False)])
async def test_only_y_confirms(key: str, answer: bool) -> None:
    app = Host(confirm_token_copy(values.FAILED_TOKEN))
    async with app.run_test() as pilot:
        await pilot.press("enter", "space")
        assert app.answer is NOTHING_YET
        await pilot.press(key)
        assert app.answer is answer


@pytest.mark.parametrize(("depth", "verbs", "absent"), [("crypto", "wrapKey", "purge"), ("deep", "purge", "wrapKey")])
async def test_a_deeper_probe_names_the_vault_and_every_verb(depth: ProbeDepth, verbs: str, absent: str) -> None:
    app = Host(confirm_probe(values.VAULT, depth))
    async with app.run_test() as pilot:
        await pilot.pause()
        text = shown(app)
        assert verbs in text
        assert absent not in text
        assert "https://contoso-kv.vault.azure.net" in text
        assert "audit log" in text


def test_agreement_and_disagreement_in_a_sentence() -> None:
    assert agreement_of(()).sentence == "What the SDKs would do is not known yet."
    assert agreement_of((SdkChoice("a", "imds"), SdkChoice("b", "imds"))).unanimous
    apart = (SdkChoice("a", "imds", "", "http://10.0.0.1"), SdkChoice("b", "imds", "", "http://169.254.169.254"))
    assert agreement_of(apart).sentence == (
        "The SDKs disagree on this host: 1 imds at http://10.0.0.1, 1 imds at http://169.254.169.254."
    )
    found = agreement_of(values.SOURCE.sdk_choices)
    assert found.disputed
    assert "1 sends nothing" in found.sentence


async def test_every_sdk_is_in_the_table_with_its_reason() -> None:
    app = Host(SdkChoicesScreen(values.SOURCE))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        text = shown(app)
        for choice in values.SOURCE.sdk_choices:
            row = next(line for line in text.splitlines() if choice.sdk in line)
            assert (choice.source or "sends nothing") in row
            assert choice.note in row
        assert "mitui uses imds" in text


async def test_when_all_agree_no_advice_is_given() -> None:
    agreeing = replace(values.SOURCE, sdk_choices=values.SOURCE.sdk_choices[:1])
    app = Host(SdkChoicesScreen(agreeing))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "Every SDK picks the same source" in shown(app)
        assert "Where they differ" not in shown(app)


async def test_the_text_to_select_stands_alone_on_its_lines() -> None:
    app = Host(ShowTextScreen("the command", "az account show", "sent"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "az account show" in shown(app).splitlines(), "no frame beside it"
        assert "never acknowledged" in shown(app)
        await pilot.press("y")
        assert app.clipboard == "az account show"


async def test_what_is_too_long_for_the_clipboard_is_not_sent() -> None:
    app = Host(ShowTextScreen("long", "é" * LIMIT))
    async with app.run_test() as pilot:
        await pilot.press("y")
        await pilot.pause()
        assert "too long" in shown(app)
        assert not app.clipboard


async def test_a_secret_is_sent_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    app = Host(ShowTextScreen("token", ""))
    async with app.run_test():
        driver = app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", sent.append)
        words = copy_secret(app, "canary-token", "the token")
    assert "OSC 52" in words
    assert b64encode(b"canary-token").decode() in sent[0]
    assert not app.clipboard


async def test_a_letter_jumps_and_any_other_key_stays() -> None:
    for key, answer in (("t", "t"), ("x", None), ("escape", None)):
        board = Static("tokens")
        app = Host(JumpScreen([Target("t", board, lambda: 3)]))
        async with app.run_test() as pilot:
            app.screen_stack[0].mount(board)
            await pilot.pause()
            await pilot.press(key)
            assert app.answer == answer


async def test_a_screen_is_left_once_however_often_enter_is_pressed() -> None:
    app = Host(RenameIdentityScreen(values.USER))
    async with app.run_test() as pilot:
        below = app.screen_stack[0]
        field = app.screen.query_one(Input)
        for _ in range(3):
            field.post_message(Input.Submitted(field, "web2"))
        await pilot.pause()
        assert app.screen_stack == [below]
        assert app.answer == RenameIdentity(values.USER.identity, "web2")


async def test_what_arrives_after_a_screen_was_left_does_no_harm() -> None:
    for screen in (
        AddVaultScreen("", ()),
        ChooseScreen("Choose", [Choice("a", "alpha")]),
        RenameIdentityScreen(values.USER),
    ):
        app = Host(screen)
        async with app.run_test() as pilot:
            field = screen.query_one(Input)
            screen.action_close()
            field.post_message(Input.Changed(field, "late"))
            field.post_message(Input.Submitted(field, "late"))
            screen.post_message(events.Resize(Size(60, 20), Size(60, 20)))
            await pilot.pause()
            assert app.answer is None


async def test_the_letter_stands_on_its_pane() -> None:
    app = Host(JumpScreen([]))
    async with app.run_test() as pilot:
        await pilot.press("escape")
        board = Static("tokens")
        await app.screen.mount(board)
        app.push_screen(JumpScreen([Target("t", board, lambda: 3)]))
        await pilot.pause()
        await pilot.pause()
        assert "any other key stays" in shown(app)
        assert shown(app).splitlines()[board.region.y].startswith("   t")


async def test_the_filter_is_followed_letter_by_letter_and_kept_by_enter() -> None:
    seen: list[str] = []
    app = Host(FilterScreen("o", seen.append))
    async with app.run_test() as pilot:
        await pilot.press("i", "d", "enter")
        assert seen[-2:] == ["oi", "oid"]
        assert app.answer == "oid"
        assert "the board" in shown(app)


async def test_escape_clears_the_filter() -> None:
    seen: list[str] = []
    app = Host(FilterScreen("oid", seen.append))
    async with app.run_test() as pilot:
        await pilot.press("escape")
        assert seen[-1] == ""
        assert app.answer == ""
