"""The whole dashboard as pictures: look at each before accepting it (``pytest --snapshot-update`` draws them anew)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mitui.tui.settings import DashboardSettings
from tests.support import snapshots
from tests.support.feeds import dashboard

Compare = Callable[..., bool]
SIZES = ((60, 20), (80, 24), (100, 30), (120, 40), (200, 60))


def name_of(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=name_of)
def test_failed(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, _ = dashboard(snapshots.failed())
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("state", ["healthy", "expiring", "last_good", "loading", "nothing_here"])
def test_state(snap_compare: Compare, state: str) -> None:
    app, _ = dashboard(getattr(snapshots, state)())
    assert snap_compare(app, terminal_size=(80, 24))


@pytest.mark.parametrize(
    ("pane", "keys"),
    [
        ("identity", ("2", "down")),
        ("why-not", ("3", "down", "down")),
        ("claims", ("4", "down")),
        ("vault", ("5", "down")),
        ("events", ("6",)),
    ],
)
def test_pane(snap_compare: Compare, pane: str, keys: tuple[str, ...]) -> None:
    app, _ = dashboard(snapshots.failed())
    assert snap_compare(app, terminal_size=(80, 24), press=keys), pane


@pytest.mark.parametrize("theme", ["mitui-light", "ansi-dark", "ansi-light"])
def test_theme(snap_compare: Compare, theme: str) -> None:
    app, _ = dashboard(snapshots.failed(), settings=DashboardSettings(theme=theme))
    assert snap_compare(app, terminal_size=(80, 24), press=("5", "down"))


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, _ = dashboard(snapshots.failed())
    assert snap_compare(app, terminal_size=(80, 24), press=("5", "down"))


def test_ascii(snap_compare: Compare) -> None:
    app, _ = dashboard(snapshots.failed(), settings=DashboardSettings(ascii=True))
    assert snap_compare(app, terminal_size=(80, 24))
