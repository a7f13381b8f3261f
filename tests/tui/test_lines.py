"""Lines: harmless, exactly as wide as asked, and compared cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mitui.safe_text import UNSAFE
from mitui.tui.drawing.lines import (
    Line,
    Span,
    changed_cells,
    cut,
    fit,
    joined,
    line,
    mark,
    pad,
    span,
    spread,
    text_of,
    width_of,
    wrap,
)

TEXT = st.text(max_size=40)
ROLES = st.sampled_from(["text", "dim", "ok"])
SPANS = st.lists(st.builds(lambda text, role: span(text, role), TEXT, ROLES), max_size=6)
PLAIN = st.lists(
    st.builds(Span, st.text("abc ", min_size=1, max_size=6), ROLES, st.booleans(), st.just(False)), max_size=6
)


@given(st.text())
def test_a_span_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    made = span(text).text
    assert not UNSAFE.search(made)
    assert "\n" not in made


@given(SPANS, st.integers(0, 60))
def test_fitting_gives_exactly_the_width(spans: list[Span], width: int) -> None:
    assert width_of(fit(spans, width)) == width


@given(TEXT, st.integers(1, 40))
def test_padding_gives_exactly_the_width(text: str, width: int) -> None:
    assert cell_len(pad(text, width).text) == width


@given(SPANS, SPANS, st.integers(1, 60))
def test_spreading_gives_exactly_the_width(left: list[Span], right: list[Span], width: int) -> None:
    assert width_of(spread(left, right, width)) == width


def test_spreading_keeps_the_right_side_whole() -> None:
    assert text_of(spread(line("a long name that gives way"), line("● ok"), 12)) == "a long … ● ok"[:8] + "● ok"


@given(PLAIN, PLAIN)
def test_the_changed_cells_are_all_that_differs(before: list[Span], after: list[Span]) -> None:
    width = max(width_of(before), width_of(after))
    old, new = fit(before, width), fit(after, width)
    found = changed_cells(old, new)
    if found is None:
        assert old == new
        return
    start, end = found
    cells_old, cells_new = _cells(old), _cells(new)
    assert cells_old[:start] == cells_new[:start]
    assert cells_old[end:] == cells_new[end:]
    assert 0 <= start < end <= width


def _cells(row: Line) -> list[tuple[str, object]]:
    return [(character, each[1:]) for each in row for character in each.text]


def test_a_countdown_changes_its_last_cells_only() -> None:
    before = line(span("● name  "), span("23:41:07", strong=True), span("  ━━━━"))
    after = line(span("● name  "), span("23:41:06", strong=True), span("  ━━━━"))
    assert changed_cells(before, after) == (15, 16)


@given(SPANS)
def test_joining_keeps_every_cell(spans: list[Span]) -> None:
    row = tuple(each for each in spans if each.text)
    assert text_of(joined(row)) == text_of(row)
    assert len(joined(row)) <= len(row)


@given(PLAIN, st.integers(0, 30), st.integers(0, 30))
def test_cutting_and_marking_keep_every_cell(spans: list[Span], one: int, other: int) -> None:
    start, end = sorted((one, other))
    before, inside, after = cut(spans, start, end)
    whole = text_of(spans)
    assert (text_of(before), text_of(inside), text_of(after)) == (whole[:start], whole[start:end], whole[end:])
    assert text_of(mark(spans, start, end)) == whole
    assert text_of(each for each in mark(spans, start, end) if each.marked) == whole[start:end]


def test_a_sentence_is_broken_between_words() -> None:
    rows = wrap("no role assignment at this scope", 20, indent="  ", first="✗ ")
    assert [text_of(row) for row in rows] == ["✗ no role assignment", "  at this scope"]


@pytest.mark.parametrize("width", range(12, 40))
def test_enter_is_never_parted_from_what_it_does(width: int) -> None:
    rows = [text_of(row) for row in wrap("secrets/get denied: 403 (wanted) · ↵ fix and ↵ why", width)]
    assert [hint for hint in ("↵ fix", "↵ why") if not any(hint in row for row in rows)] == []
