"""However long a list is and however small its pane, the pane says how to add to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from textual.geometry import Offset

from mitui.engine.identity import ClientId
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.snapshot import Snapshot
from mitui.tui.screens.adding.identity import AddIdentityScreen
from mitui.tui.screens.adding.resource import AddResourceScreen
from mitui.tui.screens.adding.vault import AddVaultScreen
from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.feeds import dashboard

SIZES = ((60, 20), (80, 24), (120, 40), (200, 60))
ROW = "+ add an identity"


def with_identities(count: int) -> Snapshot:
    base = snapshots.failed()
    more = tuple(
        IdentityView(ClientId(f"6a1c0b7e-52aa-4b1e-9c55-{number:012}"), f"worker-{number}", "ok")
        for number in range(count - 1)
    )
    return replace(base, identities=(base.identities[0], *more))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 30])
async def test_the_list_of_identities_says_how_to_add_one(size: tuple[int, int], count: int) -> None:
    app, _ = dashboard(with_identities(count))
    async with app.run_test(size=size) as pilot:
        await pilot.press("2")
        await pilot.pause()
        pane = app.dashboard.panes["identity"]
        told = [(ROW in pane.text, "a add" in pane.text.splitlines()[0])]
        await pilot.press("end")
        await pilot.pause()
        told.append((ROW in pane.text, "a add" in pane.text.splitlines()[0]))
        assert all(row != edge for row, edge in told), pane.text
        assert told[1][0], "the cursor brings it to sight"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_tokens_and_vaults_say_so_too(size: tuple[int, int]) -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=size) as pilot:
        await pilot.press("5")
        await pilot.pause()
        for name in ("tokens", "vault"):
            edge, *rest = app.dashboard.panes[name].text.splitlines()
            assert edge.endswith(" a add ─╮")
            assert len(edge) == len(rest[-1])


async def test_what_is_out_of_sight_counts_identities_and_not_the_line_that_adds() -> None:
    app, _ = dashboard(with_identities(3))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "more" not in app.dashboard.panes["identity"].text
    app, _ = dashboard(with_identities(5))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "2 more ↓" in app.dashboard.panes["identity"].text


@pytest.mark.parametrize(
    ("pane", "dialog"),
    [("identity", AddIdentityScreen), ("tokens", AddResourceScreen), ("vault", AddVaultScreen)],
)
async def test_a_click_there_adds_as_the_key_does(pane: str, dialog: type[object]) -> None:
    app, _ = dashboard(with_identities(9))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5")
        await pilot.pause()
        region = app.dashboard.panes[pane].region
        assert await pilot.click(offset=Offset(region.right - 6, region.y))
        await pilot.pause()
        assert isinstance(app.screen, dialog)


async def test_the_key_is_the_one_that_a_person_chose_and_a_saved_file_has_none() -> None:
    app, _ = dashboard(snapshots.failed(), settings=DashboardSettings(keys={"add": "f5"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert " f5 add ─╮" in app.dashboard.panes["tokens"].text
    app, _ = dashboard(snapshots.failed(), settings=DashboardSettings(live=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert " add ─╮" not in app.dashboard.panes["tokens"].text


async def test_that_tokens_are_asked_for_is_said_until_they_are_answered() -> None:
    snapshot = snapshots.failed()
    app, feed = dashboard(replace(snapshot, identities=snapshot.identities[:2]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("2", "a")
        await pilot.pause()
        assert app.focused is not None
        app.focused.post_message(events.Paste(f"object:{snapshots.BATCH}"))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        asked = " added as an identity; its tokens are being asked for"
        assert app.dashboard.footer.text == asked
        feed.push(replace(snapshot, identities=snapshot.identities[:2], paused=False, interval=30.0))
        await pilot.pause()
        assert app.dashboard.footer.text == asked, "it is not there yet"
        batch = snapshot.identities[2]
        waiting = replace(batch, tokens=(replace(batch.tokens[0], status="waiting", failure=None),))
        feed.push(replace(snapshot, identities=(*snapshot.identities[:2], waiting), selected=2))
        await pilot.pause()
        assert app.dashboard.footer.text == asked
        feed.push(replace(snapshot, selected=2))
        await pilot.pause()
        assert "q quit" in app.dashboard.footer.text
