"""Every row of a pane comes into sight by the keys, however tall its items are, and the frame counts what is left."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mitui.diagnosis.advice import Advice
from mitui.monitor.identity_view import FailureView
from mitui.monitor.snapshot import Snapshot
from mitui.tui.app import MituiApp
from mitui.tui.drawing.lines import text_of
from mitui.tui.panes.window import Extent, Window
from tests.support import snapshots
from tests.support.feeds import dashboard

TALL = Advice(
    "tall",
    "certain",
    "The first cause. " * 12,
    "A remedy of many words. " * 12,
    tuple(f"az step {number} --with a-value-that-takes-a-good-part-of-a-line" for number in range(6)),
    purposes=("look",) * 3 + ("mend",) * 3,
)
LOW = replace(TALL, kind="low", cause="The second cause.", remedy="A short one.", commands=("az last",), purposes=())


def failing() -> Snapshot:
    """A token without claims, and a vault, that each failed for causes which take more rows than any pane has."""
    snapshot = snapshots.failed()
    ours = snapshot.identities[0]
    failure = FailureView("resource_not_found", "No such resource.", snapshots.NOW, causes=(TALL, LOW))
    token = replace(ours.tokens[2], failure=failure)
    vault = replace(ours.vaults[0], status="failed", failure=failure)
    return replace(snapshot, identities=(replace(ours, tokens=(token,), vaults=(vault,)), *snapshot.identities[1:]))


def hopeless() -> Snapshot:
    snapshot = snapshots.nothing_here()
    failure = snapshot.source.failure
    assert failure is not None
    return replace(snapshot, source=replace(snapshot.source, failure=replace(failure, causes=(TALL, LOW))))


def inside(app: MituiApp, name: str) -> list[str]:
    """The rows in the pane's frame, without the cursor."""
    return [row[2:-1].strip() for row in app.dashboard.panes[name].text.splitlines()[1:-1]]


def more(app: MituiApp, name: str) -> tuple[int, str]:
    """How many rows the frame says are out of sight, and where."""
    found = re.search(r"(\d+) more (.)", app.dashboard.panes[name].text.splitlines()[-1])
    return (int(found[1]), found[2]) if found else (0, "")


def every_row(app: MituiApp, name: str) -> list[str]:
    """All rows that the pane has to show."""
    pane = app.dashboard.panes[name]
    view = pane.view(pane.scene, pane.size.width - 4, pane.size.height - 2)
    return [text_of(row).strip() for item in view.items for row in item.seen().lines]


def go(app: MituiApp, name: str, direction: str) -> list[str]:
    """Move this way until nothing changes any more; all rows that were seen on the way, in their order."""
    pane = app.dashboard.panes[name]
    seen = inside(app, name)
    for _ in range(200):
        before = pane.text
        pane.move(direction)
        if pane.text == before:
            return seen
        seen += inside(app, name)
    raise AssertionError("there is no end")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_every_row_is_reached(size: tuple[int, int]) -> None:
    app, feed = dashboard(failing())
    async with app.run_test(size=size) as pilot:
        for snapshot, names in ((failing(), ("claims", "vault", "source")), (hopeless(), ("guide", "source"))):
            feed.push(snapshot)
            await pilot.pause()
            for name in names:
                app.dashboard.arranger.focus(name)
                await pilot.pause()
                rows = every_row(app, name)
                for down, up in (("down", "up"), ("page_down", "page_up"), ("bottom", "top")):
                    seen = go(app, name, down)
                    assert rows[-1] in seen
                    assert more(app, name)[1] != "↓", (name, down)
                    assert down == "bottom" or [row for row in rows if row not in seen] == []
                    seen = go(app, name, up)
                    assert inside(app, name)[0] == rows[0]
                    assert up == "top" or [row for row in rows if row not in seen] == []


async def test_the_frame_counts_rows() -> None:
    app, _ = dashboard(failing())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("4")
        rows, room = every_row(app, "claims"), len(inside(app, "claims"))
        assert more(app, "claims") == (len(rows) - room, "↓")
        await pilot.press("down", "down", "down")
        at = rows.index(inside(app, "claims")[0])
        assert at > 0
        assert more(app, "claims") == (len(rows) - room - at, "↓")
        await pilot.press("end")
        assert more(app, "claims") == (len(rows) - room, "↑")


async def test_the_cursor_is_on_the_item_whose_rows_are_read() -> None:
    app, _ = dashboard(failing())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("4", "down")
        pane = app.dashboard.panes["claims"]
        assert pane.item is not None
        assert pane.item.key == "cause:0"
        await pilot.press("down", "down", "down")
        assert pane.item.key == "cause:0", "there is more of it below"
        await pilot.press("end")
        assert pane.item.key == "cause:1"


def steps(window: Window, at: int, direction: str) -> list[tuple[int, int]]:
    """The tops and stops from ``at`` on until nothing moves."""
    path: list[tuple[int, int]] = []
    for _ in range(100):
        before = (window.top, at)
        target = window.step(at, direction)
        assert target is not None
        at = target
        window.lay(window.stops, window.count, window.room, at)
        if (window.top, at) == before:
            return path
        path.append((window.top, at))
    raise AssertionError(f"there is no end: {path[-4:]}")


def test_rows_of_no_item_are_scrolled_to_between_items() -> None:
    window = Window()
    window.lay([Extent(0, 0), Extent(9, 9)], 14, 4, 0)
    down = steps(window, 0, "down")
    assert {row for top, _ in down for row in range(top, top + 4)} == set(range(14)) - {0}
    assert down[-1] == (10, 1)
    for direction in ("up", "page_up"):
        window.lay(window.stops, 14, 4, 1)
        window.step(1, "bottom")
        up = steps(window, 1, direction)
        assert {row for top, _ in up for row in range(top, top + 4)} >= set(range(10))
        assert up[-1] == (0, 0)


@pytest.mark.parametrize("direction", ["down", "page_down"])
def test_what_has_no_item_is_scrolled(direction: str) -> None:
    window = Window()
    window.lay([], 10, 4, 0)
    assert steps(window, 0, direction)[-1] == (6, 0)
    assert window.step(0, "left") is None
