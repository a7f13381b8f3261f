"""The keys that the footer tells on terminals of the usual widths."""

from __future__ import annotations

import pytest

from mitui.tui.keys.actions import PANES
from tests.support import snapshots
from tests.support.feeds import dashboard


@pytest.mark.parametrize("pane", PANES)
async def test_a_report_can_be_sent_from_every_pane_of_80_columns(pane: str) -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(str(PANES.index(pane) + 1))
        await pilot.pause()
        words = app.dashboard.footer.text
        assert all(each in words for each in ("↵ open", "Y report", "S save", "? help", "q quit")), words
        assert ("a add" in words) == (pane in ("identity", "tokens", "vault"))
        assert ("P process" in words) == (pane == "source")
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        words = app.dashboard.footer.text
        assert all(each in words for each in ("r refresh", "v probe", "C compare", "x mask")), words
        assert "e next ✗" in words
        assert "P process" in words or pane in ("vault", "identity")
        assert ("L assigned" in words) is (pane == "identity")


@pytest.mark.parametrize("pane", PANES)
async def test_the_narrowest_footer_has_what_is_most_wanted(pane: str) -> None:
    app, _ = dashboard(snapshots.failed())
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press(str(PANES.index(pane) + 1))
        await pilot.pause()
        words = app.dashboard.footer.text
        assert all(each in words for each in ("↵ open", "Y report", "? help", "q quit")), words
        assert ("v probe" if pane == "vault" else "r refresh") in words
