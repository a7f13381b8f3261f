"""The page of what differs, for the scenarios of the simulator: all of it can be read, and nothing is out of line."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.screen import Screen

from mitui.cli.output.exports import compared_rows
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.compare import compare
from mitui.report.comparison.forms import Side
from mitui.simulator.scenarios.table import SCENARIOS
from mitui.tui.compared_row import ComparedRow
from mitui.tui.screens.comparison import WIDE, ComparisonScreen, Sides
from tests.tui.screens.host import Host

SIZES = ((120, 40), (80, 24))
INSIDE = (112, 74)
"""Cells for text on a page at either size, beside a scrollbar."""


def bare(text: str) -> str:
    """Text without blanks, wherever its lines are broken."""
    return "".join(text.split())


def assert_readable(row: ComparedRow, lines: list[str], width: int) -> None:
    """The subject, both sides and the reason stand there whole, the sides in their own columns."""
    half = width // 2
    columns = [[each[:half] for each in lines], [each[half:] for each in lines]] if width >= WIDE else [lines] * 2
    for letter, text, column in zip("AB", (row.a, row.b), columns, strict=True):
        assert bare(f"{letter} {text}") in bare("".join(column)), row
    for text in (row.subject, row.note):
        assert bare(text) in bare("".join(lines)), row


@pytest.mark.parametrize("width", INSIDE)
def test_no_line_is_too_wide_and_none_is_cut(replayed: dict[str, Snapshot], width: int) -> None:
    for one, other in permutations(replayed, 2):
        for row in compared_rows(compare(replayed[one], replayed[other])):
            lines = [each.plain for each in Sides([row]).lines(width)]
            assert all(cell_len(each) <= width for each in lines), row
            assert_readable(row, lines, width)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_all_can_be_read_by_scrolling(replayed: dict[str, Snapshot], size: tuple[int, int]) -> None:
    """Each scenario is drawn on either side; what all pairs have in common is held above, where nobody draws."""
    names = list(SCENARIOS)
    app = Host(Screen())
    async with app.run_test(size=size) as pilot:
        for name, other in zip(names, (*names[1:], names[0]), strict=True):
            rows = compared_rows(compare(replayed[name], replayed[other]))
            sides = [Side(each, replayed[each]).words for each in (name, other)]
            screen = ComparisonScreen(rows, *sides)
            await app.push_screen(screen)
            assert_page(await scrolled(pilot, screen), rows, sides)
            app.pop_screen()


async def scrolled(pilot: Pilot[Any], screen: ComparisonScreen) -> list[str]:
    """The whole page, from its top to where it can't be scrolled any more, each screen of it in its frame."""
    page: dict[int, str] = {}
    await pilot.pause()
    while True:
        top, lines = round(screen.box.scroll_y), [each.text for each in screen._compositor.render_strips()]
        for line in lines:
            assert cell_len(line) == screen.app.size.width
        frame = [each.strip() for each in lines]
        assert frame[0][0] + frame[0][-1] + frame[-1][0] + frame[-1][-1] == "╭╮╰╯"
        assert {each[0] + each[-1] for each in frame[1:-1]} == {"││"}
        assert len({(len(each) - len(each.lstrip()), len(each.rstrip())) for each in lines}) == 1
        text = screen.query(Sides).first().region
        page |= {top + index: each[text.x : text.right] for index, each in enumerate(lines[1:-1])}
        if top >= screen.box.max_scroll_y:
            return [page[index] for index in range(len(page))]
        await pilot.press("pagedown")


def assert_page(page: list[str], rows: tuple[ComparedRow, ...], sides: list[str]) -> None:
    """Every difference can be read, and they come in their order."""
    text = bare("".join(page))
    assert text.startswith(f"{len(rows)}thing")
    assert bare(f"A {sides[0]} B {sides[1]}") in text
    at = 0
    for row in rows:
        assert bare(row.chapter[:1].upper() + row.chapter[1:]) in text
        assert_readable(row, page, len(page[0]))
        at = text.index(bare(row.subject), at)
