"""Looking around and a refresh move no frame and no column: the eye finds everything where it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mitui.claims import Claims
from mitui.monitor.snapshot import Snapshot
from mitui.tui.app import MituiApp
from tests.support import snapshots
from tests.support.feeds import dashboard


def frames(app: MituiApp) -> dict[str, tuple[int, ...]]:
    return {name: tuple(pane.region) for name, pane in app.dashboard.panes.items() if pane.display}


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_no_frame_moves_with_the_focus_and_the_cursor(size: tuple[int, int]) -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        before = frames(app)
        said = set()
        for pane in "123":
            for _ in range(4):
                await pilot.press(pane, "down")
                assert {name: place for name, place in frames(app).items() if name in before} == before
                said.add(app.dashboard.whole_text.text if app.dashboard.whole_text.display else "")
        assert size[0] > 80 or len(said) > 1, "something was told whole meanwhile"


async def test_what_is_told_whole_leaves_what_is_marked_in_sight() -> None:
    app, _ = dashboard(replace(snapshots.failed(), assumptions=("nothing is configured",)))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert app.dashboard.whole_text.display
        marked = app.dashboard.panes["tokens"].region
        assert not marked.overlaps(app.dashboard.whole_text.region)
        await pilot.press("4")
        assert not app.dashboard.whole_text.display, "one has gone on"


def with_claims(snapshot: Snapshot, **changes: object) -> Snapshot:
    ours = snapshot.identities[0]
    token = ours.tokens[0]
    new = {**token.claims.payload(), **changes}
    del new["idtyp"]
    fresh = Claims(token.claims.header_json, json.dumps(new))
    token = replace(token, claims=fresh, claims_before=token.claims)
    return replace(snapshot, identities=(replace(ours, tokens=(token, *ours.tokens[1:])), *snapshot.identities[1:]))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_no_claim_moves_as_its_change_is_marked(size: tuple[int, int]) -> None:
    snapshot = snapshots.healthy()
    app, feed = dashboard(snapshot)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        before = app.dashboard.panes["claims"].text.splitlines()
        feed.push(with_claims(snapshot, oid=snapshots.TENANT))
        await pilot.pause()
        after = app.dashboard.panes["claims"].text.splitlines()
        for row, name in ((before, "aud"), (before, "tid"), (after, "aud"), (after, "tid")):
            [told] = [each for each in row if each.startswith(f"│ {name} ")]
            assert told in before
        [was] = [each for each in before if each.startswith("│ oid ")]
        [now] = [each for each in after if each.startswith("│ oid ")]
        assert "Δ" in now
        assert now.index(snapshots.TENANT) == was.index(snapshots.OBJECT)
