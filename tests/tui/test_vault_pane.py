"""The vault pane as it is used: what it explains, and how it tells of a watch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mitui.diagnosis.advice import Advice
from mitui.keyvault.probe_result import PermissionResult
from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import FailureView, PermissionView, VaultView, WatchView
from mitui.monitor.intents import WatchVault
from mitui.monitor.snapshot import Snapshot
from mitui.tui.app import MituiApp
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.tui.drawing import screen_text


def denied(object_type: str, role: str, more: str = "") -> PermissionView:
    result = PermissionResult(object_type, "get", Verdict.DENIED, "403 ForbiddenByRbac")
    advice = Advice("denied", "certain", f"No role gives it.{more}", f"Grant {role}.", (f"az grant {role}",))
    return PermissionView(result, object_type == "secrets", (advice,))


def refusing() -> VaultView:
    granted = PermissionView(PermissionResult("secrets", "list", Verdict.GRANTED, "200"))
    cells = (denied("secrets", "Secrets-User"), granted, denied("keys", "Crypto-User", " It is long to tell." * 8))
    vault = snapshots.healthy().identities[0].vaults[0]
    return replace(vault, status="critical", permissions=cells, wanted_missing=("secrets/get",))


def with_vault(vault: VaultView) -> Snapshot:
    snapshot = snapshots.healthy()
    ours = replace(snapshot.identities[0], vaults=(vault,))
    return replace(snapshot, identities=(ours, *snapshot.identities[1:]))


def pane(app: MituiApp) -> str:
    return app.dashboard.panes["vault"].text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_explained_is_what_is_marked_and_what_is_copied(size: tuple[int, int]) -> None:
    app, _ = dashboard(with_vault(refusing()))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("5")
        places = app.dashboard.shown_panes
        for keys, what in ((("up",), "Secrets-User"), (("down",), "Crypto-User"), (("down",), "Crypto-User")):
            await pilot.press(*keys, "y")
            assert app.clipboard == f"az grant {what}"
            assert f"Grant {what}" in " ".join(pane(app).split())
            assert app.dashboard.shown_panes == places, "nothing moves"
        await pilot.press("enter")
        assert "keys/get" in screen_text(app)


async def test_a_granted_permission_leaves_the_first_to_mend_explained() -> None:
    app, _ = dashboard(with_vault(refusing()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("5", "right")
        assert "secrets/list granted: 200" in pane(app)
        assert "✗ secrets/get" in pane(app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_a_watch_is_told_of_as_long_as_it_runs(size: tuple[int, int]) -> None:
    vault = refusing()
    app, feed = dashboard(with_vault(vault))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("5")
        assert "watching" not in pane(app)
        assert "w watch" in app.dashboard.footer.text
        watched = replace(vault, watch=WatchView(snapshots.NOW, 2, next_probe_at=snapshots.NOW + 30))
        feed.push(with_vault(watched))
        await pilot.pause()
        upper = pane(app).splitlines()[0]
        assert "watching · w stops" in upper or "probes 14:02:41 · w stops" in upper
        assert size[0] != 80 or "probes 14:02:41 · w stops" in upper
        assert "w stop" in app.dashboard.footer.text
        assert "secrets/get denied" in pane(app), "what is marked is told of all the same"
        await pilot.press("z")
        assert ("watching, next 14:02:41" if size[0] > 60 else "probes 14:02:41 · w stops") in pane(app).splitlines()[0]
        await pilot.press("z")
        feed.push(with_vault(replace(vault, watch=WatchView(snapshots.NOW, 2, snapshots.NOW + 90))))
        await pilot.pause()
        assert "✓ granted" in pane(app).splitlines()[0]


async def test_the_watch_in_the_frame_ends_by_a_click() -> None:
    vault = replace(refusing(), watch=WatchView(snapshots.NOW, 2, next_probe_at=snapshots.NOW + 30))
    app, feed = dashboard(with_vault(vault))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("5")
        column = pane(app).splitlines()[0].index("stops")
        await pilot.click("#vault", offset=(column, 0))
        assert feed.sent == [WatchVault(vault.vault, False)]


async def test_what_no_grant_can_mend_is_not_watched() -> None:
    failure = FailureView("wrong_tenant", "The token is from another tenant.", snapshots.NOW)
    app, feed = dashboard(with_vault(replace(refusing(), status="failed", failure=failure, permissions=())))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("5", "w")
        assert app.dashboard.footer.text == " wrong tenant: no grant comes by waiting; ↵ says what to do"
    assert feed.sent == []


async def test_a_vault_whose_table_is_out_of_sight_has_no_legend_of_it() -> None:
    vault = refusing()
    failure = FailureView("wrong_tenant", "Another tenant.", snapshots.NOW, causes=vault.permissions[2].advice * 3)
    app, _ = dashboard(with_vault(replace(vault, status="failed", failure=failure)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("5")
        assert "more ↓" in pane(app)
        assert "wanted" not in pane(app)


async def test_left_and_right_stay_in_the_table_and_up_leaves_it() -> None:
    vault = refusing()
    causes = vault.permissions[2].advice
    failure = FailureView("vault_throttled", "Too many.", snapshots.NOW, causes=causes)
    more = PermissionView(PermissionResult("keys", "list", Verdict.GRANTED, "200"))
    cells = (*vault.permissions, more)
    app, _ = dashboard(with_vault(replace(vault, status="failed", failure=failure, permissions=cells)))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        await pilot.press("5", "end", "up", "right")
        assert app.dashboard.pane.item is not None
        assert app.dashboard.pane.item.key == "cell:keys/list"
        keys = []
        for key in ("left", "up", "right", "up"):
            await pilot.press(key)
            assert app.dashboard.pane.name_id == "vault", key
            item = app.dashboard.pane.item
            assert item is not None
            keys.append(item.key)
    assert keys[-2:] == ["cell:secrets/list", "cause:0"]
