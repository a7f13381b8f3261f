"""A key that can't act says why, one that would act unseen does nothing, and enter leads to where it can be undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mitui.diagnosis.advice import HealthWarning
from mitui.engine.identity import ClientId
from mitui.monitor.event import Event
from mitui.monitor.intents import SelectIdentity
from mitui.monitor.snapshot import Snapshot
from mitui.tui.app import MituiApp
from mitui.tui.keys.actions import ACTIONS, OF_AN_ENDPOINT
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.tui.drawing import screen_text


def page(app: MituiApp) -> str:
    return type(app.screen).__name__


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_without_an_endpoint_each_key_acts_or_says_why_it_can_not(size: tuple[int, int]) -> None:
    app, feed = dashboard(snapshots.nothing_here())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for action in ACTIONS:
            if action.id not in OF_AN_ENDPOINT or not action.keys:
                continue
            app.dashboard.flash("")
            await pilot.press(action.key_list[0])
            assert app.screen is app.dashboard, action.id
            assert app.dashboard.footer.text == " this needs an identity endpoint; r looks for one again", action.id
        assert feed.sent == []
        await pilot.press("6")
        assert app.dashboard.pane.name_id == "events"
        assert app.dashboard.pane.display


async def test_help_names_no_key_that_does_nothing_without_an_endpoint() -> None:
    app, _ = dashboard(snapshots.nothing_here())
    async with app.run_test(size=(120, 100)) as pilot:
        await pilot.pause()
        await pilot.press("question_mark")
        text = screen_text(app)
        assert "Go to Source" in text
        assert "Go to Tokens" not in text
        assert "Probe the vault" not in text


async def test_on_a_terminal_that_is_too_small_the_focused_pane_keeps_the_keys() -> None:
    app, feed = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("3", "down", "down")
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        await pilot.press("enter")
        assert page(app) == "WhyScreen"
        assert "AADSTS500011" in screen_text(app)
        await pilot.press("escape", "question_mark")
        assert "Tokens" in screen_text(app).splitlines()[0]
        await pilot.press("escape")
        for key in ("v", "r", "p", "w", "plus", "up", "5", "tab", "z", "t", "f", "e", "L"):
            app.dashboard.flash("")
            await pilot.press(key)
            assert app.screen is app.dashboard, key
            assert "this key does nothing here" in " ".join(screen_text(app).split()), key
        assert feed.sent == []
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.dashboard.focused is app.dashboard.panes["tokens"]
        assert app.dashboard.panes["tokens"].at == 2


async def test_a_terminal_that_begins_too_small_has_the_tokens_in_mind() -> None:
    app, feed = dashboard(snapshots.failed())
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        await pilot.press("question_mark")
        assert "Tokens" in screen_text(app).splitlines()[0]
        await pilot.press("escape", "y")
        assert "nothing to copy" in screen_text(app)
    assert feed.sent == []


async def test_no_identity_is_selected_unseen() -> None:
    app, feed = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("2", "down")
        await pilot.resize_terminal(40, 12)
        await pilot.press("enter")
        assert feed.sent == []
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        await pilot.press("enter")
        assert feed.sent == [SelectIdentity(ClientId(snapshots.WEB))]


@pytest.mark.parametrize("zoomed", [False, True])
async def test_escape_returns_to_where_enter_came_from(zoomed: bool) -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        if zoomed:
            await pilot.press("z")
        await pilot.press("down", "enter")
        assert app.dashboard.pane.name_id == "claims"
        await pilot.press("escape")
        assert app.dashboard.pane.name_id == "tokens"
        assert app.dashboard.pane.at == 1
        assert bool(app.dashboard.zoomed) is zoomed
        await pilot.press("2", "up", "enter")
        assert app.dashboard.pane.name_id == "tokens"
        await pilot.press("escape")
        assert app.dashboard.pane.name_id == "identity"
        await pilot.press("3", "enter", "5", "escape")
        assert app.dashboard.pane.name_id == "vault", "one has gone on to another pane"


def with_events(snapshot: Snapshot, *events: Event) -> Snapshot:
    return replace(snapshot, events=events)


async def test_enter_on_a_failure_among_the_events_says_why() -> None:
    snapshot = snapshots.failed()
    failure = snapshot.identities[0].tokens[2].failure
    assert failure is not None
    at, who = snapshots.NOW, "system-assigned · graph.microsoft.com"
    mended = Event(at, "error", who, "IMDS answered 500: gone by now")
    app, _ = dashboard(with_events(snapshot, mended, Event(at, "error", who, failure.message)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("6", "enter")
        assert page(app) == "WhyScreen"
        assert "graph.microsoft.com" in screen_text(app)
        await pilot.press("escape", "down", "enter")
        assert page(app) == "ShowTextScreen"
        assert "gone by now" in screen_text(app)


async def test_enter_on_the_event_of_a_missing_endpoint_says_what_was_tried() -> None:
    snapshot = snapshots.nothing_here()
    failure = snapshot.source.failure
    assert failure is not None
    app, _ = dashboard(with_events(snapshot, Event(snapshots.NOW, "error", "source", failure.message)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("6", "enter")
        assert page(app) == "WhyScreen"
        assert "the identity source" in screen_text(app)


async def test_a_good_token_has_no_why() -> None:
    snapshot = snapshots.healthy()
    ours = snapshot.identities[0]
    same = HealthWarning("same_token", "The same token came again.", "Nothing needs to be done.")
    tokens = (replace(ours.tokens[0], warnings=(same,)), *ours.tokens[1:])
    app, _ = dashboard(replace(snapshot, identities=(replace(ours, tokens=tokens), *snapshot.identities[1:])))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "↵ why" not in app.dashboard.panes["tokens"].text
        await pilot.press("enter")
        assert "The same token came again." in screen_text(app)


async def test_one_key_goes_from_failure_to_failure() -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "e next ✗" in app.dashboard.footer.text
        seen = []
        for _ in range(4):
            await pilot.press("e")
            item = app.dashboard.pane.item
            assert item is not None
            seen.append((app.dashboard.pane.name_id, item.key))
        assert seen == [("tokens", "2"), ("vault", "cell:keys/get"), ("identity", "2"), ("tokens", "2")]
        await pilot.press("enter")
        assert page(app) == "WhyScreen"


async def test_where_nothing_failed_the_key_says_so_and_the_footer_does_not_name_it() -> None:
    app, _ = dashboard(snapshots.healthy())
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert "next ✗" not in app.dashboard.footer.text
        await pilot.press("e")
        assert app.dashboard.footer.text == " nothing has failed"
