"""Every action of the table, pressed: first the intents, then the state, then what is on the screen."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from mitui.cli.command_line.options import Options
from mitui.cli.output.exports import BoardExports
from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.engine.identity import ClientId, ObjectId
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.identity_view import FailureView, VaultStatus, VaultView, WatchView
from mitui.monitor.intents import (
    AddIdentity,
    AddResource,
    AddVault,
    ListAssigned,
    LookAs,
    Probe,
    Refresh,
    RemoveIdentity,
    RemoveResource,
    RemoveVault,
    RenameIdentity,
    SelectIdentity,
    SetInterval,
    SetPaused,
    WatchVault,
)
from mitui.monitor.plan import Plan
from mitui.monitor.snapshot import Snapshot
from mitui.tui.app import MituiApp
from mitui.tui.feed import Exports
from mitui.tui.keys.action import in_place
from mitui.tui.keys.actions import ACTIONS
from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.feeds import ScriptedFeed, dashboard
from tests.tui.drawing import screen_text

VAULT = "https://contoso-kv.vault.azure.net"


@dataclass
class Desk:
    """A running dashboard and the feed behind it."""

    app: MituiApp
    feed: ScriptedFeed
    pilot: Pilot[int]
    copied: list[str]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def paste(self, text: str) -> None:
        """Paste into the field that has the focus, and press enter."""
        assert self.app.focused is not None
        self.app.focused.post_message(events.Paste(text))
        await self.pilot.pause()
        await self.press("enter")

    async def show(self, snapshot: Snapshot) -> None:
        self.feed.push(snapshot)
        await self.pilot.pause()

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def footer(self) -> str:
        return self.app.dashboard.footer.text

    @property
    def page(self) -> str:
        return type(self.app.screen).__name__


Check = Callable[[Desk], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def checks(*names: str) -> Callable[[Check], Check]:
    """Mark what proves these actions."""

    def keep(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(names, check))
        return check

    return keep


@checks("refresh", "refresh_one", "pause", "faster", "slower", "probe", "watch")
async def asking(desk: Desk) -> None:
    await desk.press("r")
    assert desk.footer == " asking for new tokens"
    await desk.press("down", "R", "p", "plus", "minus", "v", "w")
    assert desk.feed.sent == [
        Refresh(None),
        Refresh("https://vault.azure.net"),
        SetPaused(True),
        SetInterval(30.0),
        SetInterval(120.0),
        Probe(VAULT, "read"),
        WatchVault(VAULT, True),
    ]
    assert desk.app.dashboard.pane.name_id == "vault"


async def test_a_vault_that_lacks_nothing_is_not_watched() -> None:
    snapshot = snapshots.healthy()
    app, feed = dashboard(snapshot)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert not snapshot.identities[0].vaults[0].lacks
        await pilot.press("w")
        assert "nothing to wait for" in screen_text(app)
    assert feed.sent == []


@checks("source", "identities", "tokens", "claims", "vault", "events", "identity")
async def going_to_panes(desk: Desk) -> None:
    for key, name in zip(
        "123456i", ("source", "identity", "tokens", "claims", "vault", "events", "identity"), strict=True
    ):
        await desk.press(key)
        assert desk.app.dashboard.pane.name_id == name
        assert desk.app.dashboard.panes[name].display


@checks("next_pane", "previous_pane")
async def going_round(desk: Desk) -> None:
    names = []
    for _ in range(6):
        await desk.press("tab")
        names.append(desk.app.dashboard.pane.name_id)
    assert names == ["claims", "vault", "events", "source", "identity", "tokens"]
    await desk.press("shift+tab")
    assert desk.app.dashboard.pane.name_id == "identity"


@checks("up", "down", "left", "right", "top", "bottom", "screen_up", "screen_down")
async def moving(desk: Desk) -> None:
    tokens = desk.app.dashboard.panes["tokens"]
    for keys, at in (
        (("down",), 1),
        (("j",), 2),
        (("k",), 1),
        (("G",), 3),
        (("g",), 0),
        (("pagedown",), 3),
        (("pageup",), 0),
    ):
        await desk.press(*keys)
        assert tokens.at == at, keys
    await desk.press("4", "l")
    assert desk.app.dashboard.pane.name_id == "vault"
    await desk.press("h")
    assert desk.app.dashboard.pane.name_id == "claims", "left of the first cell is the tab before"
    await desk.press("l", "l", "l")
    pane = desk.app.dashboard.panes["vault"]
    assert pane.item is not None
    assert pane.item.key == "cell:secrets/set"


@checks("zoom", "back")
async def zooming(desk: Desk) -> None:
    await desk.press("z")
    assert list(desk.app.dashboard.shown_panes) == ["tokens"]
    await desk.press("5")
    assert list(desk.app.dashboard.shown_panes) == ["vault"]
    await desk.press("escape")
    assert "tokens" in desk.app.dashboard.shown_panes
    await desk.press("z", "z")
    assert not desk.app.dashboard.zoomed


@checks("why")
async def asking_why(desk: Desk) -> None:
    await desk.press("enter")
    assert desk.app.dashboard.pane.name_id == "claims", "a healthy token opens its claims"
    await desk.press("3", "down", "down", "enter")
    assert desk.page == "WhyScreen"
    assert "AADSTS500011" in desk.text
    await desk.press("escape", "4", "enter")
    assert desk.page == "WhyScreen", "in place of claims stands what to do, and leads there, too"
    await desk.press("escape", "3", "up", "2", "down", "enter")
    assert desk.feed.sent == [SelectIdentity(ClientId(snapshots.WEB))]
    await desk.press("5", "down", "enter")
    assert desk.page == "WhyScreen"
    assert "keys/get" in desk.text
    await desk.press("escape", "1", "enter")
    assert desk.page == "WhyScreen"
    await desk.press("escape", "4", "enter")
    assert desk.page == "ShowTextScreen"
    await desk.press("escape", "1", "z", "G", "enter")
    assert desk.page == "ShowTextScreen", "a fact about the host"
    assert snapshots.TENANT in desk.text


@checks("next_failure")
async def going_to_failures(desk: Desk) -> None:
    await desk.press("e")
    pane = desk.app.dashboard.pane
    assert (pane.name_id, pane.at) == ("tokens", 2)
    await desk.press("e")
    assert desk.app.dashboard.pane.name_id == "vault"


@checks("copy")
async def copying(desk: Desk) -> None:
    await desk.press("y", "4", "down", "y", "2", "down", "y")
    assert desk.copied == ["https://management.azure.com", snapshots.OBJECT, snapshots.WEB]
    assert desk.footer == " sent the id to the terminal's clipboard (OSC 52)"
    failed = snapshots.failed().identities[0].tokens[2].failure
    assert failed is not None
    command = failed.causes[0].commands[0]
    await desk.press("3", "down", "down", "y", "4", "y")
    assert desk.copied[3:] == [command, command], "on the token and in place of its claims"
    assert desk.footer.startswith(f" sent to the terminal's clipboard (OSC 52): {command}"[:70])
    await desk.press("down", "y", "up", "3", "up", "up", "y")
    assert desk.copied[5:] == [command, "https://management.azure.com"]


@pytest.mark.parametrize(("keys", "what"), [(("5", "y"), "az network y"), (("1", "down", "y"), "az warn x")])
async def test_y_copies_the_command_that_mends_what_is_marked(keys: tuple[str, ...], what: str) -> None:
    snapshot = snapshots.healthy()
    ours = snapshot.identities[0]
    commands = ("az network x", "az network y", "az network z")
    advice = Advice("network", "certain", "The firewall refuses.", "Let it in.", commands)
    advice = replace(advice, purposes=("look", "mend", "check"))
    failure = FailureView("vault_forbidden", "Refused.", snapshots.NOW, causes=(advice,))
    vault = replace(ours.vaults[0], status="failed", failure=failure, permissions=(), stages=())
    warning = HealthWarning("proxy_for_imds", "A proxy is set.", "Unset it.", ("az warn x",))
    identities = (replace(ours, vaults=(vault,)), *snapshot.identities[1:])
    app, _ = dashboard(replace(snapshot, identities=identities, warnings=(warning,)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        assert app.clipboard == what
        assert what in app.dashboard.footer.text


async def test_a_masked_command_is_copied_with_a_word_of_it() -> None:
    def with_command(command: str) -> Snapshot:
        warning = HealthWarning("proxy_for_imds", "A proxy is set.", "Unset it.", (command,))
        return replace(snapshots.failed(), warnings=(warning,))

    ways = BoardExports(Options(), Plan)
    app, feed = dashboard(with_command(f"az x --ids {snapshots.CLIENT}"), exports=Exports(ways.redact))
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.pause()
        await pilot.press("1", "down", "y")
        assert "real names" not in app.dashboard.footer.text
        await pilot.press("x", "y")
        assert "masked, put the real names in: sent to the terminal's clipboard" in app.dashboard.footer.text
        assert "az x --ids xxxxxxxx-" in app.clipboard
        await pilot.press("enter", "y")
        await pilot.pause()
        assert "masked, put the real names in" in screen_text(app)
        await pilot.press("escape")
        feed.push(with_command("az login"))
        await pilot.pause()
        await pilot.press("y")
        assert "real names" not in app.dashboard.footer.text, "there is none in it"


async def test_what_was_saved_is_kept_among_the_events_and_can_be_compared_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    ways = BoardExports(Options(), Plan)
    app, feed = dashboard(snapshots.healthy(), exports=Exports(ways.redact, save=ways.save, comparing=ways))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("S")
        [name] = re.findall(r"saved as (mitui-\S+\.json),", app.dashboard.footer.text)
        feed.push(snapshots.failed())
        await pilot.pause()
        await pilot.press("x", "x", "6", "home", "y")
        assert app.clipboard.endswith(f"saved as {name}, ids masked; to open it: mitui --replay {name}")
        assert [each.message for each in app.dashboard.scene.snapshot.events].count(
            app.clipboard.split(": ", 1)[1]
        ) == 1
        await pilot.press("C")
        await pilot.pause()
        assert re.search(rf"{name} +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, host-", screen_text(app))
        await pilot.press(*name[:12], "enter")
        await pilot.pause()
        assert f"A {name}" in screen_text(app)
        assert "B this board" in screen_text(app)


@checks("copy_report")
async def copying_the_board(desk: Desk) -> None:
    await desk.press("Y")
    assert desk.page == "ReportScreen"
    assert "sent the board to the terminal's clipboard" in desk.text
    await desk.press("x")
    assert "ids are masked; sent the masked board" in desk.text
    await desk.press("escape")
    assert "ids masked" in desk.text, "the board, too"
    await desk.press("x", "x", "Y")
    assert "sent the masked board" in desk.text
    whole, at_once, masked = desk.copied
    assert at_once == masked
    assert whole.startswith("## Managed identity: ")
    assert snapshots.OBJECT in whole
    assert snapshots.OBJECT not in masked, "masked on the screen is masked in what leaves it"


def taken_files() -> list[str]:
    """What the saved files hold, which are gone then."""
    texts = []
    for each in Path().glob("mitui-*.json"):
        texts.append(each.read_text())
        each.unlink()
    return texts


@checks("save", "save_with_ids")
async def saving(desk: Desk) -> None:
    await desk.press("S")
    assert "ids masked" in desk.footer
    [masked] = taken_files()
    assert snapshots.OBJECT not in masked
    desk.app.dashboard.action_do("save_with_ids")
    await desk.pilot.pause()
    await desk.press("n")
    assert taken_files() == []
    desk.app.dashboard.action_do("save_with_ids")
    await desk.pilot.pause()
    await desk.press("y")
    assert "ids as they are" in desk.footer
    [plain] = taken_files()
    assert snapshots.OBJECT in plain
    await desk.press("x")
    desk.app.dashboard.action_do("save_with_ids")
    assert "ids are masked" in desk.footer


@checks("compare")
async def comparing(desk: Desk) -> None:
    await desk.press("C", "enter")
    assert desk.page == "ComparisonScreen"
    assert "Nothing differs." in desk.text
    await desk.press("escape")
    await desk.show(replace(snapshots.failed(), complete=True, identities=snapshots.failed().identities[:1]))
    await desk.press("C", "enter")
    assert "Whose identity answers" in desk.text
    await desk.press("Y")
    assert "not asked for" in desk.copied[-1]
    await desk.press("escape", "x", "C", "enter", "Y")
    assert snapshots.WEB not in desk.copied[-1]


@checks("copy_token")
async def copying_a_token(desk: Desk) -> None:
    await desk.app.dashboard.run_action("do('copy_token')")
    assert "allow_token_copy" in desk.footer
    assert desk.copied == []


@checks("times")
async def changing_the_times(desk: Desk) -> None:
    assert "2026-11-23 13:38:18 UTC" in desk.text
    await desk.press("t", "t")
    assert desk.app.dashboard.scene.times == "epoch"
    assert "iat        1795441098" in desk.text
    await desk.press("t")
    assert "2026-11-23 13:38:18 UTC" in desk.text


async def test_where_there_are_no_claims_nothing_is_asked_to_filter_by() -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("3", "down", "down", "slash")
        await pilot.pause()
        assert app.screen is app.dashboard
        assert app.dashboard.footer.text == " there are no claims here to filter"
        await pilot.press("3", "up", "slash")
        await pilot.pause()
        assert app.screen is not app.dashboard


@checks("filter")
async def filtering(desk: Desk) -> None:
    await desk.press("slash", *"xms")
    assert desk.app.dashboard.panes["claims"].filter == "xms"
    assert "xms_mirid" in desk.app.dashboard.panes["claims"].text
    assert "appid" not in desk.app.dashboard.panes["claims"].text
    await desk.press("enter")
    assert "1 of 12 with “xms”" in desk.text
    assert snapshots.MACHINE.rpartition("/")[2] in desk.text
    await desk.press("escape")
    assert "appid" in desk.text


@checks("help")
async def reading_help(desk: Desk) -> None:
    await desk.press("question_mark")
    assert desk.page == "HelpScreen"
    assert "Tokens" in desk.text
    await desk.press("escape", "5", "f1")
    assert "Key Vault" in desk.text


@checks("jump")
async def jumping(desk: Desk) -> None:
    await desk.press("f")
    assert desk.page == "JumpScreen"
    await desk.press("s")
    assert desk.app.dashboard.pane.name_id == "source"
    await desk.press("f", "k")
    assert desk.app.dashboard.pane.name_id == "vault"
    await desk.press("f", "escape")
    assert desk.app.dashboard.pane.name_id == "vault"


@checks("palette")
async def using_the_palette(desk: Desk) -> None:
    await desk.press("ctrl+p")
    assert desk.page == "ChooseScreen"
    await desk.press(*"refresh now", "enter")
    assert desk.feed.sent == [Refresh(None)]


@checks("theme")
async def choosing_a_theme(desk: Desk) -> None:
    await desk.press("T")
    assert desk.page == "ChooseScreen"
    await desk.press(*"mitui-light", "enter")
    assert desk.app.theme == "mitui-light"


@checks("redact")
async def masking(desk: Desk) -> None:
    await desk.press("x")
    assert snapshots.OBJECT not in desk.text
    assert "ids masked" in desk.text
    await desk.press("2", "down", "enter")
    assert desk.feed.sent == [SelectIdentity(ClientId(snapshots.WEB))], "what is sent is never masked"
    await desk.press("x")
    assert snapshots.OBJECT in desk.text


async def test_dialogs_show_no_id_that_is_masked() -> None:
    from mitui.report.redaction import Redactor

    app, feed = dashboard(
        snapshots.failed(),
        exports=Exports(Redactor().redact, raw_token=lambda _identity, _resource: "token", processes=True),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("x", "2", "down", "d")
        await pilot.pause()
        assert "Remove identity-4caeb4?" in screen_text(app)
        await pilot.press("y")
        assert feed.sent == [RemoveIdentity(ClientId(snapshots.WEB))]
        await pilot.press("5", "V")
        await pilot.pause()
        assert "https://vault-753550.vault.azure.net" in screen_text(app)
        assert "contoso" not in screen_text(app)
        await pilot.press("y")
        assert feed.sent[1:] == [Probe(VAULT, "crypto")]
        for press, action in (("n", ""), ("L", ""), ("", "do('copy_token')")):
            await pilot.press("2", *([press] if press else []))
            if action:
                await app.dashboard.run_action(action)
            await pilot.pause()
            assert "ids are masked, and " in app.dashboard.footer.text
            assert type(app.screen).__name__ == "Dashboard"
        assert len(feed.sent) == 2


@checks("add", "add_identity", "add_vault")
async def adding(desk: Desk) -> None:
    await desk.press("2", "a")
    assert desk.page == "AddIdentityScreen"
    await desk.paste(f"object:{snapshots.CLIENT}")
    await desk.press("3", "a")
    assert desk.page == "AddResourceScreen"
    await desk.paste("api://orders")
    await desk.press("5", "a")
    assert desk.page == "AddVaultScreen"
    await desk.paste("fabrikam-kv")
    added, resource, vault = desk.feed.sent
    assert isinstance(added, AddIdentity)
    assert added.identity == ObjectId(snapshots.CLIENT)
    assert isinstance(resource, AddResource)
    assert resource.resource == "api://orders"
    assert vault == AddVault("https://fabrikam-kv.vault.azure.net")
    snapshot = snapshots.failed()
    ours = snapshot.identities[0]
    orders = replace(ours.tokens[0], resource="api://orders", name="")
    fabrikam = VaultView(vault.vault, "fabrikam-kv")
    ours = replace(ours, tokens=(*ours.tokens, orders), vaults=(*ours.vaults, fabrikam))
    await desk.show(replace(snapshot, identities=(ours, *snapshot.identities[1:])))
    assert desk.app.dashboard.pane.name_id == "vault"
    assert "fabrikam-kv 2/2" in desk.text, "what was added last is looked at"


@checks("add_resource")
async def adding_a_resource(desk: Desk) -> None:
    await desk.press("3", "a")
    await desk.paste("api://orders")
    snapshot = snapshots.failed()
    ours = snapshot.identities[0]
    orders = replace(ours.tokens[0], resource="api://orders", name="")
    await desk.show(replace(snapshot, identities=(replace(ours, tokens=(*ours.tokens, orders)),)))
    tokens = desk.app.dashboard.panes["tokens"]
    assert tokens.item is not None
    assert tokens.item.copy == "api://orders"
    assert "4 Claims · orders" in desk.text
    await desk.press("3", "a")
    await desk.paste(snapshots.CLIENT)
    assert desk.feed.sent[1:] == [AddIdentity(ClientId(snapshots.CLIENT), "")]
    assert "added as an identity" in desk.footer


@checks("rename")
async def renaming(desk: Desk) -> None:
    await desk.press("2", "down", "n")
    assert desk.page == "RenameIdentityScreen"
    await desk.press(*["backspace"] * 3, *"shop", "enter")
    assert desk.feed.sent == [RenameIdentity(ClientId(snapshots.WEB), "shop")]


@checks("remove")
async def removing(desk: Desk) -> None:
    await desk.press("2", "down", "d")
    assert desk.page == "ConfirmScreen"
    await desk.press("n")
    assert desk.feed.sent == []
    await desk.press("d", "y", "3", "delete", "y", "5", "d", "y")
    assert desk.feed.sent == [
        RemoveIdentity(ClientId(snapshots.WEB)),
        RemoveResource("https://management.azure.com"),
        RemoveVault(VAULT),
    ]


@checks("probe_crypto", "probe_deep")
async def probing_deeper(desk: Desk) -> None:
    await desk.press("V")
    assert desk.page == "ConfirmScreen"
    assert VAULT in desk.text
    await desk.press("escape")
    assert desk.feed.sent == []
    await desk.press("V", "y")
    await desk.app.dashboard.run_action("do('probe_deep')")
    await desk.press("y")
    assert desk.feed.sent == [Probe(VAULT, "crypto"), Probe(VAULT, "deep")]


@checks("next_vault", "previous_vault")
async def going_through_vaults(desk: Desk) -> None:
    snapshot = snapshots.failed()
    other = VaultView("https://other.vault.azure.net", "other", watch=WatchView(snapshots.NOW))
    ours = replace(snapshot.identities[0], vaults=(snapshots.vault(), other))
    await desk.show(replace(snapshot, identities=(ours,)))
    await desk.press("5", "right_square_bracket")
    assert "other 2/2" in desk.text
    await desk.press("w")
    assert desk.feed.sent == [WatchVault("https://other.vault.azure.net", False)]
    await desk.press("left_square_bracket")
    assert "contoso-kv 1/2" in desk.text


@checks("process")
async def looking_as_another_process(desk: Desk) -> None:
    await desk.press("P")
    assert desk.page == "ProcessPickerScreen"
    await desk.press("enter")
    assert desk.feed.sent == [LookAs(None)]


@checks("assigned")
async def listing_the_assigned(desk: Desk) -> None:
    await desk.press("L")
    assert desk.feed.sent == [ListAssigned()]
    found = AssignedIdentities(snapshots.NOW, (("system", snapshots.CLIENT, snapshots.OBJECT),))
    await desk.show(replace(snapshots.failed(), assigned=found))
    assert desk.page == "AssignedScreen"


@checks("suspend")
async def suspending(desk: Desk) -> None:
    await desk.press("ctrl+z")
    assert desk.page == "Dashboard", "a headless run has no shell to go back to"


@checks("quit")
async def quitting(desk: Desk) -> None:
    await desk.press("q")
    assert desk.app.return_code == 0


def test_every_action_is_proven() -> None:
    assert set(CHECKS) == {action.id for action in in_place("board", ACTIONS)}


@pytest.mark.parametrize("check", dict.fromkeys(CHECKS.values()), ids=lambda check: check.__name__)
async def test_the_actions(check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ways = BoardExports(Options(), Plan)
    monkeypatch.chdir(tmp_path)
    copied: list[str] = []
    monkeypatch.setattr(MituiApp, "copy_to_clipboard", lambda _app, text: copied.append(text))
    exports = Exports(ways.redact, ways.report, save=ways.save, comparing=ways, processes=True)
    app, feed = dashboard(replace(snapshots.failed(), complete=True), exports=exports)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await check(Desk(app, feed, pilot, copied))


async def test_the_cursor_goes_to_the_identity_that_is_selected() -> None:
    app, feed = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("2", "G")
        feed.push(replace(snapshots.failed(), selected=1))
        await pilot.pause()
        assert app.dashboard.panes["identity"].at == 1
        await pilot.press("k")
        feed.push(replace(snapshots.failed(), selected=1, paused=True))
        await pilot.pause()
        assert app.dashboard.panes["identity"].at == 0, "and is left alone then"


async def test_keys_can_be_changed() -> None:
    app, feed = dashboard(snapshots.failed(), settings=DashboardSettings(keys={"refresh": "f5", "help": "?,f2"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "f5 refresh" in app.dashboard.footer.text
        await pilot.press("r", "f5")
        assert feed.sent == [Refresh(None)]
        await pilot.press("f2")
        await pilot.pause()
        assert type(app.screen).__name__ == "HelpScreen"


async def test_a_token_is_copied_only_after_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(MituiApp, "copy_to_clipboard", lambda _app, text: copied.append(text))
    feed = ScriptedFeed(snapshots.healthy())
    app = MituiApp(
        lambda: feed,
        dashboard()[0].dashboard.clock,
        exports=Exports(raw_token=lambda _identity, resource: f"token of {resource}"),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await app.dashboard.run_action("do('copy_token')")
        await pilot.press("n")
        assert copied == []
        await app.dashboard.run_action("do('copy_token')")
        await pilot.press("y")
        await pilot.pause()
        assert copied == ["token of https://management.azure.com"]


@pytest.mark.parametrize(("status", "mark"), [("failed", " ✗"), ("critical", " ✗"), ("warning", " ▲"), ("ok", "")])
async def test_trouble_behind_a_tab_is_marked_on_it(status: VaultStatus, mark: str) -> None:
    snapshot = snapshots.healthy()
    ours = snapshot.identities[0]
    well = replace(ours.vaults[0], status="ok")
    ours = replace(ours, vaults=(well, replace(well, vault="https://other.vault.azure.net", status=status)))
    app, _ = dashboard(replace(snapshot, identities=(ours, *snapshot.identities[1:])))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert f"─ 5 Key Vault{mark} ─ 6 Events ─" in screen_text(app)
        await pilot.press("5")
        await pilot.pause()
        assert "─ 5 Key Vault · contoso-kv" in screen_text(app), "in front it speaks for itself"


@pytest.mark.parametrize("keys", [("r",), ("R",), ("v",), ("5", "w"), ("P", "enter"), ("2", "L")])
async def test_a_paused_board_says_that_nothing_is_asked(keys: tuple[str, ...]) -> None:
    app, feed = dashboard(replace(snapshots.failed(), paused=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        assert app.dashboard.footer.text == " paused: nothing is asked until p goes on"
        assert feed.sent == []
        await pilot.press("p")
        assert feed.sent == [SetPaused(False)]


async def test_what_changes_while_the_terminal_is_too_small_is_drawn_once_it_is_not() -> None:
    from mitui.report.redaction import Redactor

    app, _ = dashboard(snapshots.failed(), exports=Exports(Redactor().redact, processes=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert snapshots.OBJECT in screen_text(app)
        await pilot.resize_terminal(50, 12)
        await pilot.press("x")
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        text = screen_text(app)
    assert "Claims" in text
    assert snapshots.OBJECT not in text
    assert snapshots.CLIENT not in text
