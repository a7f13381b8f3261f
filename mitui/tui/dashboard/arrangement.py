"""Where every pane stands, as a pure function of the terminal's size and of how much each has to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FLOOR: Final = (60, 20)
"""The smallest terminal, in columns and rows, that the dashboard is drawn in."""
SIDE_BY_SIDE: Final = 120
SIDEBAR: Final = 180
TABS: Final = ("claims", "vault", "events")
_FRAME: Final = 2
_LEAST: Final = 3

Wants = Callable[[str, int, int], int]
"""How many lines a pane would show in a frame of so many columns, if it had at most so many lines."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pane's place on the screen; ``tabs`` are the panes that share its frame."""

    x: int
    y: int
    width: int
    height: int
    tabs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What decides about the arrangement besides the size: the tab in front, the zoomed pane, an empty host."""

    tab: str = "claims"
    zoomed: str = ""
    empty: bool = False


def fits(width: int, height: int) -> bool:
    """Whether the terminal is large enough."""
    return width >= FLOOR[0] and height >= FLOOR[1]


def arrange(width: int, height: int, wish: Wish, wants: Wants) -> dict[str, Place]:
    """The places of all panes that are shown, in reading order; none on a terminal that is too small."""
    if not fits(width, height):
        return {}
    top, rows = 1, height - 2
    if wish.zoomed:
        return {wish.zoomed: Place(0, top, width, rows)}
    if wish.empty:
        return _empty(width, top, rows, wants)
    if width >= SIDEBAR and rows >= 40:
        return _with_sidebar(width, top, rows, wish, wants)
    return _stacked(width, top, rows, wish, wants)


def _limits(rows: int) -> tuple[int, int]:
    """The most lines of the upper panes, and of the tokens."""
    for least, upper, tokens in ((46, 14, 14), (34, 8, 9), (26, 6, 7), (22, 4, 5)):
        if rows >= least:
            return upper, tokens
    return 3, 4


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def _stacked(width: int, top: int, rows: int, wish: Wish, wants: Wants) -> dict[str, Place]:
    upper_limit, token_limit = _limits(rows)
    half = width // 2
    wanted = max(wants("source", half, upper_limit), wants("identity", width - half, upper_limit))
    upper = _clamp(wanted, 3, upper_limit) + _FRAME
    tokens = _clamp(wants("tokens", width, token_limit), 1, token_limit) + _FRAME
    places = {
        "source": Place(0, top, half, upper),
        "identity": Place(half, top, width - half, upper),
        "tokens": Place(0, top + upper, width, tokens),
    }
    y, rest = top + upper + tokens, rows - upper - tokens
    if width < SIDE_BY_SIDE:
        places[wish.tab] = Place(0, y, width, rest, TABS)
        return places
    return places | _two_columns(0, y, width, rest, wish, wants)


def _two_columns(x: int, y: int, width: int, rows: int, wish: Wish, wants: Wants) -> dict[str, Place]:
    """Claims and vault side by side; the events below the vault, or as a tab where that leaves no room.

    The claims have their whole column, whatever they need: the board would jump as the cursor goes from token to token.
    """
    left = width // 2
    right = width - left
    claims = Place(x, y, left, rows)
    vault = max(_LEAST, wants("vault", right, rows - _FRAME)) + _FRAME
    if rows - vault >= _LEAST + _FRAME:
        below = Place(x + left, y + vault, right, rows - vault)
        return {"claims": claims, "vault": Place(x + left, y, right, vault), "events": below}
    front = "events" if wish.tab == "events" else "vault"
    return {"claims": claims, front: Place(x + left, y, right, rows, ("vault", "events"))}


def _with_sidebar(width: int, top: int, rows: int, wish: Wish, wants: Wants) -> dict[str, Place]:
    """Source and events in a column of their own; identity, tokens, claims and vault beside it."""
    side = width // 3
    main = width - side
    source = _clamp(wants("source", side, rows // 2), 3, rows // 2) + _FRAME
    identity = _clamp(wants("identity", main, 10), 3, 10) + _FRAME
    tokens = _clamp(wants("tokens", main, 14), 1, 14) + _FRAME
    y, rest = top + identity + tokens, rows - identity - tokens
    half = main // 2
    return {
        "source": Place(0, top, side, source),
        "identity": Place(side, top, main, identity),
        "tokens": Place(side, top + identity, main, tokens),
        "claims": Place(side, y, half, rest),
        "vault": Place(side + half, y, main - half, rest),
        "events": Place(0, top + source, side, rows - source),
    }


def _empty(width: int, top: int, rows: int, wants: Wants) -> dict[str, Place]:
    """No endpoint: what was looked at, and what to do."""
    if width >= SIDE_BY_SIDE:
        side = width * 2 // 5
        source = _clamp(wants("source", side, rows - 8), 3, rows - 8) + _FRAME
        return {
            "source": Place(0, top, side, source),
            "guide": Place(side, top, width - side, rows),
            "events": Place(0, top + source, side, rows - source),
        }
    guide = max(_LEAST, wants("guide", width, rows - 2 * _FRAME - _LEAST))
    most = rows - guide - 2 * _FRAME
    source = _clamp(wants("source", width, most), _LEAST, most) + _FRAME
    return {"source": Place(0, top, width, source), "guide": Place(0, top + source, width, rows - source)}
