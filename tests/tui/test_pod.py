"""The pod's own token on the board: a row that counts down, claims with their meaning, and nothing that acts on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mitui.diagnosis.advice import Advice
from mitui.monitor.identity_view import FailureView
from mitui.tui.feed import Exports
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.support.snapshots import NOW
from tests.tui.drawing import screen_text


async def test_it_stands_below_the_access_tokens_and_counts_down() -> None:
    app, _ = dashboard(snapshots.pod())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        rows = [row for row in screen_text(app).splitlines() if "the pod's token" in row]
    assert "00:50:00" in rows[0]
    assert "ok" in rows[0]
    assert "renews" in rows[0]


async def test_its_claims_are_told_in_the_claims_pane() -> None:
    app, _ = dashboard(snapshots.pod())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "down")
        await pilot.pause()
        text = " ".join(screen_text(app).split())
    assert "service account web in namespace shop" in text
    assert "the cluster's OIDC issuer" in text


@pytest.mark.parametrize("key", ["R", "d"])
async def test_it_can_be_neither_renewed_nor_removed(key: str) -> None:
    app, feed = dashboard(snapshots.pod())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "down", key)
        await pilot.pause()
        said = app.dashboard.footer.text
        assert type(app.screen).__name__ == "Dashboard"
    assert feed.sent == []
    assert {"R": "kubelet renews", "d": "mark an identity"}[key] in said


async def test_it_is_never_copied() -> None:
    def raw(*_: object) -> str:
        raise AssertionError("nobody may ask for it")

    app, _ = dashboard(snapshots.pod(), exports=Exports(raw_token=raw))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "down")
        app.dashboard.action_do("copy_token")
        await pilot.pause()
        assert "never copied" in app.dashboard.footer.text


async def test_what_is_wrong_with_it_is_told_on_enter() -> None:
    board = snapshots.pod()
    own = board.source.federated
    assert own is not None
    advice = Advice("federated_token_file_unreadable", "certain", "It is not there.", "Look.", ("ls -lL /t",))
    failure = FailureView("assertion_unreadable", "the federated token file /t is not there", NOW, causes=(advice,))
    broken = replace(own, status="failed", failure=failure, expires_at=None)
    app, _ = dashboard(replace(board, source=replace(board.source, federated=broken)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "down")
        await pilot.pause()
        assert "no pod token" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        text = screen_text(app)
    assert "It is not there." in text
    assert "ls -lL /t" in text
