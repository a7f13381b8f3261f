"""The application around the board: its feed, its nets, its themes, and how it behaves when things go wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerState

from mitui.claims import Claims
from mitui.clock import ManualClock
from mitui.diagnosis.advice import HealthWarning
from mitui.monitor.intents import Probe
from mitui.monitor.snapshot import Snapshot
from mitui.report.markdown import markdown_report
from mitui.safe_text import UNSAFE
from mitui.tui.app import LOST, MituiApp
from mitui.tui.drawing.lines import text_of
from mitui.tui.drawing.times import clock_time
from mitui.tui.feed import Exports
from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.feeds import ScriptedFeed, dashboard
from tests.support.snapshots import NOW
from tests.tui.drawing import screen_text

CANARY = "-".join(("canary", "6e1f0a9c"))
SIZES = ((60, 20), (80, 24), (100, 30), (120, 40), (200, 60))


async def test_the_feed_starts_once_the_first_frame_stands() -> None:
    frames: list[str] = []

    def build() -> ScriptedFeed:
        frames.append(screen_text(app))
        return ScriptedFeed(snapshots.healthy())

    app = MituiApp(build, ManualClock(NOW))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "starting" in frames[0]
        assert "3 Tokens" in frames[0]
        assert "● healthy" in screen_text(app)


async def test_leaving_closes_the_feed() -> None:
    app, feed = dashboard(snapshots.healthy())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("q")
    assert app.return_code == 0
    assert feed.closed


async def test_a_feed_that_breaks_leaves_the_board_alive_and_can_be_started_again() -> None:
    feeds = [ScriptedFeed(snapshots.healthy(), RuntimeError("boom")), ScriptedFeed(snapshots.expiring())]
    app = MituiApp(lambda: feeds.pop(0), ManualClock(NOW))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.dashboard.footer.text == f" {LOST} (RuntimeError)"
        assert app.snapshot.events[-1].message.startswith("the refresher stopped: a defect in mitui: RuntimeError in ")
        assert "boom" not in app.snapshot.events[-1].message
        assert "management.azure.com" in screen_text(app), "the last good data stays"
        await pilot.press("r")
        await pilot.pause()
        assert "1 identity expiring" in screen_text(app)


async def test_a_board_that_nothing_feeds_says_so_for_as_long_as_that_lasts() -> None:
    clock = ManualClock(NOW)
    feeds = [ScriptedFeed(snapshots.healthy(), RuntimeError("boom")), ScriptedFeed(snapshots.healthy())]
    app = MituiApp(lambda: feeds.pop(0), clock, exports=Exports(report=markdown_report))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await clock.advance(30)
        app.dashboard.tick()
        await pilot.pause()
        shown = screen_text(app)
        since = clock_time(NOW, "utc")
        assert "● healthy" not in shown
        assert f"✗ not updated since {since}" in app.dashboard.header.text
        assert shown.count(f"not updated since {since}") == 1 + len(app.dashboard.shown_panes)
        assert "unknown: not updated since" in markdown_report(app.snapshot)
        for _ in range(40):
            await pilot.pause(0.05)
            if app.snapshot.stopped is None:
                break
        assert "● healthy" in screen_text(app), "it starts again by itself"


async def test_a_feed_that_cannot_be_built_leaves_the_board_alive() -> None:
    def build() -> ScriptedFeed:
        raise OSError("no loopback")

    app = MituiApp(build, ManualClock(NOW))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert any(worker.state is WorkerState.ERROR for worker in app.workers) or LOST in app.dashboard.footer.text
        assert app.is_running


async def test_equal_snapshots_repaint_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app, feed = dashboard(snapshots.healthy())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        painted: list[object] = []
        monkeypatch.setattr(MituiApp, "_display", lambda _app, _screen, what: painted.append(what))
        feed.push(replace(snapshots.healthy(), generated_at=NOW + 5))
        await pilot.pause()
        assert painted == []
        feed.push(snapshots.expiring())
        await pilot.pause()
        assert painted


async def test_a_second_changes_the_countdowns_and_nothing_else() -> None:
    clock = ManualClock(NOW)
    app, _ = dashboard(snapshots.healthy(), clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = screen_text(app).splitlines()
        await clock.advance(1)
        app.dashboard.tick()
        await pilot.pause()
        after = screen_text(app).splitlines()
    changed = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert changed == [8, 9, 10]
    assert after[8] == before[8].replace("23:41:07", "23:41:06")


async def test_a_terminal_that_began_too_small_has_a_focus_once_it_fits() -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.dashboard.focused is app.dashboard.panes["tokens"]


async def test_the_header_counts_the_whole_host_whichever_identity_is_selected() -> None:
    snapshot = snapshots.failed()
    app, feed = dashboard(snapshot)
    async with app.run_test(size=(80, 24)) as pilot:
        for selected in range(len(snapshot.identities)):
            feed.push(replace(snapshot, selected=selected))
            await pilot.pause()
            assert "✗ 2 identities critical" in screen_text(app).splitlines()[0]


async def test_the_header_counts_identities_where_there_is_one_as_well() -> None:
    snapshot = snapshots.failed()
    app, _ = dashboard(replace(snapshot, identities=snapshot.identities[:1]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert screen_text(app).splitlines()[0].rstrip().endswith("✗ 1 identity critical")


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_hosts_name_stays_whole_beside_what_a_saved_file_says_of_itself(width: int) -> None:
    snapshot = replace(snapshots.failed(), host=replace(snapshots.host(), name="name-a71c90"))
    app, _ = dashboard(
        snapshot, exports=Exports(masked=True), settings=DashboardSettings(badge="saved 2026-11-28 03:54Z", live=False)
    )
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        header = screen_text(app).splitlines()[0]
        assert header.startswith(" mitui  name-a71c90 ")
        assert "  saved" in header
        assert "  masked  " in header
        assert ("03:54Z  masked" in header) is (width > 60)
        assert "  ✗ 2 identities critical" in header


async def test_the_header_counts_an_identity_that_was_asked_for_and_cannot_be_selected() -> None:
    healthy = snapshots.healthy()
    refused = replace(healthy.identities[1], unsupported="no", status="critical", origin="config")
    app, _ = dashboard(replace(healthy, status="critical", identities=(healthy.identities[0], refused)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "✗ 1 identity critical  1 ok" in app.dashboard.header.text


async def test_focus_and_cursor_are_back_after_the_terminal_was_too_small() -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("2", "down")
        before = app.dashboard.panes["identity"].at
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.dashboard.focused is app.dashboard.panes["identity"]
        assert app.dashboard.panes["identity"].at == before == 1


async def test_a_paused_board_does_not_tick() -> None:
    clock = ManualClock(NOW)
    app, _ = dashboard(replace(snapshots.healthy(), paused=True), clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = screen_text(app)
        assert "‖ paused" in before
        await clock.advance(60)
        app.dashboard.tick()
        await pilot.pause()
        assert screen_text(app) == before


def said(app: MituiApp) -> str:
    """What stands above the footer."""
    return app.dashboard.whole_text.text.strip("│╰─╯ ") if app.dashboard.whole_text.display else ""


async def test_what_was_assumed_is_said_at_the_start_until_one_moves_or_has_read_it() -> None:
    assumed = replace(snapshots.healthy(), assumptions=("nothing is configured",))
    for leave in ("move", "wait"):
        clock = ManualClock(NOW)
        app, feed = dashboard(assumed, clock=clock)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert said(app) == "nothing is configured"
            feed.push(replace(assumed, interval=30.0))
            await pilot.pause()
            assert said(app) == "nothing is configured", "a refresh does not take it away"
            if leave == "move":
                await pilot.press("j")
            else:
                await clock.advance(12)
                app.dashboard.tick()
            await pilot.pause()
            assert said(app) == ""
            feed.push(assumed)
            await pilot.pause()
            assert said(app) == "", "it is said once"


async def test_keys_do_no_harm_where_there_is_nothing_to_mark_and_no_room() -> None:
    app, feed = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("4", "j", "j", "j")
        waiting = replace(
            snapshots.failed().identities[0].tokens[0], claims=Claims(), acquired_at=None, expires_at=None
        )
        ours = replace(snapshots.failed().identities[0], tokens=(waiting,))
        feed.push(replace(snapshots.failed(), identities=(ours,)))
        await pilot.pause()
        await pilot.press("j", "G", "g", "pagedown")
        await pilot.resize_terminal(50, 10)
        await pilot.press("tab", "shift+tab", "j", "enter")
        await pilot.pause()
        assert app.is_running


async def test_a_failed_vault_shows_how_far_it_got_above_what_to_do() -> None:
    snapshot = snapshots.failed()
    failure = snapshots.wrong_audience()
    broken = replace(snapshots.vault(), failure=failure, permissions=())
    ours = replace(snapshot.identities[0], vaults=(broken,))
    app, _ = dashboard(replace(snapshot, identities=(ours,)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("5", "z", "G", "g")
        await pilot.pause()
        text = app.dashboard.panes["vault"].text
        assert "resolve ✓" in text
        assert failure.causes[0].cause in text
        assert failure.causes[0].commands[0][:30] in text
        await pilot.press("j", "enter")
        await pilot.pause()
        assert type(app.screen).__name__ == "WhyScreen"


async def test_what_is_marked_is_told_even_where_the_frame_has_no_room_for_more() -> None:
    snapshot = snapshots.failed()
    why = "not tested: the probe asks for it at depth deep, with a yes"
    cells = tuple(
        replace(cell, result=replace(cell.result, evidence=why))
        if (cell.result.object_type, cell.result.permission) == ("secrets", "delete")
        else cell
        for cell in snapshots.vault().permissions
    )
    ours = replace(snapshot.identities[0], vaults=(replace(snapshots.vault(), permissions=cells),))
    app, _ = dashboard(replace(snapshot, identities=(ours,)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("5")
        assert "more ↓" in app.dashboard.panes["vault"].text
        await pilot.press("right", "right", "right")
        await pilot.pause()
        assert f"secrets/delete {why}" in app.dashboard.panes["vault"].text


async def test_a_simulated_host_says_so_all_the_time_and_needs_no_notice() -> None:
    assumed = replace(snapshots.healthy(), assumptions=("this is a simulated host",))
    app, _ = dashboard(assumed, settings=DashboardSettings(badge="demo vm"))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "demo vm  ● healthy" in screen_text(app).splitlines()[0]
        assert said(app) == ""


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_worst_is_told_whole_whatever_else_stands_in_the_header(width: int) -> None:
    snapshot = replace(snapshots.failed(), paused=True)
    app, _ = dashboard(snapshot, settings=DashboardSettings(badge="demo functions-user-only"))
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        app.dashboard.stage.redacted = True
        app.dashboard.stage.show(snapshot)
        await pilot.pause()
        header = screen_text(app).splitlines()[0]
        assert header.startswith(" mitui ")
        assert "ids masked  ✗ 2 identities critical" in header
        assert ("demo functions-user-only" in header) is (width > 80)


async def test_the_footer_of_a_board_without_an_endpoint_offers_nothing_that_needs_one() -> None:
    app, _ = dashboard(snapshots.nothing_here())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("1")
        await pilot.pause()
        assert "P process" in app.dashboard.footer.text
        assert not {"probe", "identity", "pause"} & set(app.dashboard.footer.text.split())


async def test_a_message_in_the_footer_goes_after_a_while() -> None:
    clock = ManualClock(NOW)
    app, _ = dashboard(snapshots.healthy(), clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("r")
        assert "asking for new tokens" in app.dashboard.footer.text
        await clock.advance(5)
        app.dashboard.tick()
        assert "r refresh" in app.dashboard.footer.text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
async def test_nothing_hostile_reaches_the_screen(size: tuple[int, int], ascii_only: bool) -> None:
    app, _ = dashboard(snapshots.hostile(), settings=DashboardSettings(ascii=ascii_only))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in "123456":
            await pilot.press(key, "down")
            rows = screen_text(app).splitlines()
            assert len(rows) == size[1]
            assert not any(UNSAFE.search(row) for row in rows)
        assert app.is_running


@pytest.mark.parametrize("state", ["healthy", "failed", "loading", "nothing_here"])
async def test_ascii_glyphs_leave_no_other_character(state: str) -> None:
    snapshot: Snapshot = getattr(snapshots, state)()
    app, _ = dashboard(
        replace(snapshot, source=replace(snapshot.source, label="Azure VM - IMDS")),
        settings=DashboardSettings(ascii=True),
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert screen_text(app).isascii()
        await pilot.press("question_mark")
        await pilot.pause()
        assert screen_text(app).isascii()


class Careless(Screen[None]):
    """A screen that forgot to make its text harmless."""

    def compose(self) -> ComposeResult:
        yield Static(Content("a\x1b]52;c;aGk=\x07b\u202ec"))


async def test_the_net_catches_what_a_widget_lets_through() -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.push_screen(Careless())
        await pilot.pause()
        assert screen_text(app).startswith("a\ufffd]52;c;aGk=")
        assert "\x1b" not in screen_text(app)


async def test_a_small_terminal_says_which_size_is_needed_and_recovers() -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(59, 19)) as pilot:
        await pilot.pause()
        assert "mitui needs 60 columns and 20 rows" in " ".join(screen_text(app).split())
        assert "Tokens" not in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "3 Tokens" in screen_text(app)
        await pilot.resize_terminal(1, 1)
        await pilot.pause()
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert "3 Tokens" in screen_text(app)
        assert app.dashboard.pane.name_id == "tokens"


async def test_a_chosen_theme_is_remembered_and_an_unknown_one_is_not_fatal() -> None:
    remembered: list[str] = []
    settings = DashboardSettings(theme="no-such-theme", remember_theme=remembered.append)
    app, _ = dashboard(snapshots.healthy(), settings=settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.theme == "mitui-dark"
        assert remembered == []
        app.theme = "mitui-light"
        await pilot.pause()
    assert remembered == ["mitui-light"]


async def test_the_header_says_what_is_wrong_without_colour() -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert app.dashboard.header.text == (
            " mitui  vm-web-01 · westeurope · AzurePublicCloud" + " " * 41 + "✗ 2 identities critical  1 ok"
        )


def _boom(length: int) -> None:
    secret = CANARY[:length]
    raise ZeroDivisionError(len(secret))


async def _crash(app: MituiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.call_next(_boom, 12)
        await pilot.pause()


async def test_a_crash_prints_no_local_variable(capsys: pytest.CaptureFixture[str]) -> None:
    app, _ = dashboard(snapshots.healthy())
    with pytest.raises(ZeroDivisionError):
        await _crash(app)
    printed = capsys.readouterr().err
    assert "ZeroDivisionError" in printed
    assert "_boom" in printed
    assert CANARY[:12] not in printed


async def test_the_mouse_chooses_tabs_items_and_keys() -> None:
    app, feed = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#tokens", offset=(20, 2))
        assert app.dashboard.panes["tokens"].at == 1
        await pilot.click("#countdowns", offset=(2, 3))
        assert app.dashboard.panes["tokens"].at == 3
        row = app.dashboard.panes["claims"].text.splitlines()[0]
        await pilot.click("#claims", offset=(row.index("5 Key"), 0))
        await pilot.pause()
        assert app.dashboard.pane.name_id == "vault"
        await pilot.click("#footer", offset=(app.dashboard.footer.text.index("v probe") + 2, 0))
        assert feed.sent == [Probe("https://contoso-kv.vault.azure.net")]


async def test_what_is_told_in_whole_hides_no_frame_and_is_told_each_time() -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for _ in range(2):
            await pilot.press("2", "home", "down")
            await pilot.pause()
            *_, last, frame, _footer = screen_text(app).splitlines()
            assert frame.strip("╰─╯ ") == f"client {snapshots.WEB}"
            assert (frame[0], frame.rstrip()[-1]) == ("╰", "╯"), "the frame stays closed"
            assert last.startswith("│ ")
            await pilot.press("end")
            await pilot.pause()
            assert "signature not verified ─╯" in screen_text(app).splitlines()[-2]


async def test_the_whole_of_a_shortened_text_is_shown_where_it_is_marked() -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("4", *["down"] * 4)
        await pilot.pause()
        rows = [row.strip("│ ") for row in screen_text(app).splitlines()[-6:-2]]
        assert snapshots.MACHINE in "".join(rows), "in the pane itself, which reaches the bottom"
        await pilot.press("G")
        await pilot.pause()
        assert any(row.startswith("│▸uti") for row in screen_text(app).splitlines()), "never over the marked line"
        await pilot.press("2", "down")
        await pilot.pause()
        assert screen_text(app).splitlines()[-2].strip("╰─╯ ") == f"client {snapshots.WEB}", (
            "too long for its own frame"
        )
        await pilot.press("3")
        await pilot.pause()
        assert snapshots.WEB not in screen_text(app)


async def test_the_selected_tokens_claims_follow_the_cursor() -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("down")
        await pilot.pause()
        assert "4 Claims · vault.azure.net" in screen_text(app)
        view = app.dashboard.panes["claims"].view(app.dashboard.scene, 76, 20)
        assert text_of(view.items[0].lines[0]).startswith("aud        https://vault.azure.net")


async def test_enter_opens_why_where_the_row_says_so_and_the_claims_where_it_does_not() -> None:
    snapshot = snapshots.expiring()
    due = replace(snapshot.identities[0].tokens[1], warnings=(HealthWarning("same_token", "The same came again."),))
    ours = replace(snapshot.identities[0], tokens=(snapshot.identities[0].tokens[0], due))
    app, _ = dashboard(replace(snapshot, identities=(ours, *snapshot.identities[1:])))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("3", "enter")
        assert app.dashboard.pane.name_id == "claims"
        await pilot.press("3", "down", "enter")
        await pilot.pause()
        assert screen_text(app).count("The same came again.") == 1


async def test_many_snapshots_in_a_burst_end_with_the_last() -> None:
    app, feed = dashboard(*[replace(snapshots.healthy(), interval=float(number + 2)) for number in range(200)])
    async with app.run_test(size=(80, 24)) as pilot:
        feed.push(snapshots.failed())
        await pilot.pause()
        assert "✗ 2 identities critical" in screen_text(app)


async def test_the_cursor_stays_with_its_event_and_on_the_newest() -> None:
    app, feed = dashboard(snapshots.healthy())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        pane = app.dashboard.panes["events"]
        await pilot.press("6", "down")
        marked = pane.item
        feed.push(snapshots.failed())
        await pilot.pause()
        assert marked is not None
        assert pane.item is not None
        assert (pane.at, pane.item.copy) == (3, marked.copy)
        await pilot.press("g")
        feed.push(snapshots.healthy())
        await pilot.pause()
        assert pane.at == 0
