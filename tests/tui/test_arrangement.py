"""Every size from the floor upwards is filled, and nothing overlaps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.tui.dashboard.arrangement import FLOOR, Place, Wish, arrange, fits

NEEDS = st.fixed_dictionaries(
    {name: st.integers(0, 60) for name in ("source", "identity", "tokens", "claims", "vault", "events", "guide")}
)
SIZES = st.tuples(st.integers(FLOOR[0], 260), st.integers(FLOOR[1], 90))


def _arrange(size: tuple[int, int], wish: Wish, needs: dict[str, int]) -> dict[str, Place]:
    return arrange(*size, wish, lambda name, _width, most: min(most, needs[name]))


@settings(max_examples=300, deadline=None)
@given(SIZES, NEEDS, st.sampled_from(["claims", "vault", "events"]), st.booleans())
def test_the_panes_fill_the_screen_between_the_bars(
    size: tuple[int, int], needs: dict[str, int], tab: str, empty: bool
) -> None:
    width, height = size
    covered: set[tuple[int, int]] = set()
    for place in _arrange(size, Wish(tab, empty=empty), needs).values():
        assert place.height >= 3
        assert place.width >= 24
        cells = {(x, y) for x in range(place.x, place.x + place.width) for y in range(place.y, place.y + place.height)}
        assert not covered & cells
        covered |= cells
    assert covered == {(x, y) for x in range(width) for y in range(1, height - 1)}


@given(SIZES, NEEDS, st.sampled_from(["claims", "vault", "events"]))
def test_every_pane_is_shown_or_a_tab(size: tuple[int, int], needs: dict[str, int], tab: str) -> None:
    places = _arrange(size, Wish(tab), needs)
    reachable = {*places, *(each for place in places.values() for each in place.tabs)}
    assert reachable == {"source", "identity", "tokens", "claims", "vault", "events"}
    if size[0] < 120:
        assert tab in places


@given(SIZES, NEEDS)
def test_a_zoomed_pane_has_the_whole_screen(size: tuple[int, int], needs: dict[str, int]) -> None:
    assert _arrange(size, Wish(zoomed="vault"), needs) == {"vault": Place(0, 1, size[0], size[1] - 2)}


@pytest.mark.parametrize(("width", "height"), [(59, 20), (60, 19), (10, 3), (1, 1), (0, 0)])
def test_nothing_is_drawn_below_the_floor(width: int, height: int) -> None:
    assert not fits(width, height)
    assert arrange(width, height, Wish(), lambda *_: 1) == {}


def test_wide_terminals_show_claims_and_vault_side_by_side() -> None:
    needs = {"source": 7, "identity": 4, "tokens": 3, "claims": 40, "vault": 40, "events": 9, "guide": 9}
    narrow, wide = _arrange((119, 40), Wish(), needs), _arrange((120, 40), Wish(), needs)
    assert "vault" not in narrow
    assert wide["claims"].y == wide["vault"].y
    assert wide["vault"].tabs == ("vault", "events")


def test_the_events_take_the_room_that_the_vault_leaves() -> None:
    needs = {"source": 7, "identity": 4, "tokens": 3, "claims": 21, "vault": 8, "events": 9, "guide": 9}
    places = _arrange((120, 40), Wish(), needs)
    assert places["events"].x == places["vault"].x
    assert places["events"].y == places["vault"].y + places["vault"].height
    assert places["vault"].tabs == ()


def test_the_board_holds_still_whatever_the_claims_need() -> None:
    needs = {"source": 7, "identity": 4, "tokens": 3, "claims": 21, "vault": 18, "events": 9, "guide": 9}
    assert _arrange((120, 40), Wish(), needs) == _arrange((120, 40), Wish(), {**needs, "claims": 2})


def test_the_largest_terminals_show_all_six() -> None:
    needs = {"source": 15, "identity": 4, "tokens": 3, "claims": 21, "vault": 18, "events": 9, "guide": 9}
    assert set(_arrange((200, 60), Wish(), needs)) == {"source", "identity", "tokens", "claims", "vault", "events"}
