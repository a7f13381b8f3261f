"""A board of which nothing can be asked: every key that would ask says so, and the others work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mitui.cli.command_line.options import Options
from mitui.cli.output.exports import BoardExports
from mitui.monitor.identity_view import VaultView
from mitui.monitor.plan import Plan
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.redaction import redact
from mitui.report.saved.document import Saved
from mitui.tui.app import MituiApp
from mitui.tui.feed import Exports
from mitui.tui.keys.action import in_place
from mitui.tui.keys.actions import ACTIONS
from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.tui.drawing import screen_text

REFUSAL = "nothing can be asked of it"
COMPARING = Exports(comparing=BoardExports(Options(), Plan))


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


async def test_nothing_is_offered_that_can_not_be_had() -> None:
    snapshot = replace(snapshots.failed(), complete=True)
    app, feed = dashboard(snapshot, settings=DashboardSettings(live=False), exports=COMPARING)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "+ add" not in screen_text(app)
        await pilot.press("C")
        await pilot.pause()
        assert "against this identity" in screen_text(app)
        assert "start of this session" not in screen_text(app)
        await pilot.press("escape")
    app, feed = dashboard(Snapshot(phase="ready"), settings=DashboardSettings(live=False), exports=COMPARING)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "+ add" not in screen_text(app)
        await pilot.press("2", "enter", "3", "enter", "5", "enter", "C")
        await pilot.pause()
        assert "mitui compare A B" in screen_text(app)
        assert feed.sent == []


async def test_enter_on_a_vault_that_was_not_probed_asks_nothing() -> None:
    snapshot = snapshots.healthy()
    ours = snapshot.identities[0]
    ours = replace(ours, vaults=(VaultView("https://contoso-kv.vault.azure.net", "contoso-kv"),))
    made = replace(snapshot, identities=(ours,))
    app, feed = dashboard(made, settings=DashboardSettings(live=False))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "It was not probed." in screen_text(app)
        await pilot.press("5", "enter")
        await pilot.pause()
        assert REFUSAL in screen_text(app)
        assert feed.sent == []


async def test_a_masked_file_is_neither_masked_nor_unmasked(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(MituiApp, "copy_to_clipboard", lambda _app, text: copied.append(text))
    masked = redact(snapshots.failed())
    ways = BoardExports(Options(), Plan, Saved(masked, CheckRun(0.0, 300.0)))
    exports = Exports(ways.redact, ways.report, masked=True)
    settings = DashboardSettings(badge="saved 2026-11-28 08:05Z", live=False)
    app, _ = dashboard(masked, exports=exports, settings=settings)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        before = screen_text(app).splitlines()
        assert "saved 2026-11-28 08:05Z  masked" in before[0]
        for _ in range(2):
            await pilot.press("x")
            await pilot.pause()
            assert "this file was saved masked" in app.dashboard.footer.text
            assert screen_text(app).splitlines()[:-1] == before[:-1]
        await pilot.press("Y")
        await pilot.pause()
        assert "sent the masked board" in screen_text(app)
        await pilot.press("x")
        await pilot.pause()
        assert "ids are masked; sent the masked board" in screen_text(app)
        assert copied[0] == copied[1]


async def test_a_replay_that_is_masked_goes_on_to_say_of_when_it_is() -> None:
    ways = BoardExports(Options(), Plan)
    settings = DashboardSettings(badge="saved 2026-11-28 08:05Z", live=False)
    app, _ = dashboard(snapshots.failed(), exports=Exports(ways.redact), settings=settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("x")
        await pilot.pause()
        assert "saved 2026-11-28 08:05Z  masked" in screen_text(app).splitlines()[0]


async def test_no_time_is_promised_at_which_nothing_is_asked() -> None:
    snapshot = snapshots.failed()
    ours = snapshot.identities[0]
    failing = replace(ours.tokens[2], next_attempt_at=snapshots.NOW + 30)
    assert failing.failure is not None
    ours = replace(ours, tokens=(*ours.tokens[:2], failing, *ours.tokens[3:]))
    asking = replace(snapshot, next_check_at=snapshots.NOW + 5, identities=(ours, *snapshot.identities[1:]))
    for live in (True, False):
        app, _ = dashboard(asking, settings=DashboardSettings(live=live))
        async with app.run_test(size=(160, 50)) as pilot:
            await pilot.pause()
            assert [word in screen_text(app) for word in ("· again ", "retry ", "no retry")] == [live, live, False]
