"""The claims of one token, each with what it means, and what changed since the token before."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mitui.claims import ORDER, Claims, explain
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import resource_name
from mitui.tui.drawing.lines import line, pad, span
from mitui.tui.panes.claim_item import ClaimColumns, claim_item, raw_text
from mitui.tui.panes.view import Item, View, lines_in, note

if TYPE_CHECKING:
    from mitui.monitor.identity_view import TokenView
    from mitui.tui.settings import TimeFormat

_TOLD: Final = frozenset(ORDER[:14])
"""The claims that people look for: what each means is told even where that takes a line of its own."""
_TALL: Final = 12
"""From this many lines on there is room for such lines."""
_ALWAYS_NEW: Final = frozenset({"iat", "nbf", "exp", "uti", "aio", "rh", "xms_ftd", "xms_rd", "rd", "sid"})
"""Claims that differ from token to token; a change in any other one is news."""


@lru_cache(maxsize=64)
def ordered_claims(claims: Claims) -> tuple[tuple[str, object], ...]:
    """The claims, those that people need first in front, the rest in the token's own order."""
    payload = claims.payload()
    first = [name for name in ORDER if name in payload]
    return tuple((name, payload[name]) for name in (*first, *(name for name in payload if name not in ORDER)))


def changed_names(token: TokenView) -> frozenset[str]:
    """The claims that differ from those of the token before; empty when there was none."""
    if not token.claims_before:
        return frozenset()
    before, after = token.claims_before.payload(), token.claims.payload()
    return frozenset(name for name in after if name not in before or before[name] != after[name])


def gone_names(token: TokenView) -> tuple[str, ...]:
    """The claims that the token before had and this one lacks."""
    after = token.claims.payload()
    return tuple(name for name in token.claims_before.payload() if name not in after)


def claims_view(token: TokenView, wanted: str, times: TimeFormat, width: int, height: int) -> View:
    """Every claim, or those that hold what is ``wanted``, in an inside of ``width`` by ``height`` cells."""
    claims = ordered_claims(token.claims)
    shown = [each for each in claims if _passes(wanted, *each)]
    names = min(max((len(span(name).text) for name, _ in shown), default=4), max(8, width // 4))
    changed = changed_names(token)
    columns = ClaimColumns(names, width, times, changed, changed & _ALWAYS_NEW)
    items = _items(shown, columns, height)
    header = _header(token, columns)
    if not wanted and lines_in((*items, *header)) <= height:
        items += header
    items += [
        Item(
            (line(pad(name, names, "claim"), span("− ", "warn"), span("no longer in the token", "dim")),),
            name,
        )
        for name in gone_names(token)
    ]
    if not items:
        items = [Item((line(span(f"No claim holds “{wanted}”. Escape shows all.", "dim")),))]
    left = f"{len(shown)} of {len(claims)} with “{wanted}”" if wanted else ""
    news = [name for name in changed if name not in _ALWAYS_NEW]
    if news and not wanted:
        left = f"{glyphs.CHANGED} {len(news)} changed since the token before"
    return View(tuple(items), subject=resource_name(token), status=note("signature not verified"), note=note(left))


def _passes(wanted: str, name: str, value: object) -> bool:
    sought = wanted.casefold()
    return not sought or sought in f"{name} {raw_text(value)} {explain(name, value)}".casefold()


def _items(claims: list[tuple[str, object]], columns: ClaimColumns, height: int) -> list[Item]:
    """A line each; one more for a meaning with no room beside it: for the first claims always, then as it fits."""
    items = [claim_item(name, value, columns) for name, value in claims]
    spare = height - lines_in(items)
    for index, (name, value) in enumerate(claims):
        longer = claim_item(name, value, columns, told=True)
        more = len(longer.lines) - len(items[index].lines)
        if more and ((name in _TOLD and height >= _TALL) or more <= spare):
            items[index] = longer
            spare -= more
    return items


def _header(token: TokenView, columns: ClaimColumns) -> list[Item]:
    """The JOSE header, below the claims where there is room for it."""
    header = token.claims.header()
    items = [Item(((), line(span("Header", "title"))))] if header else []
    plain = replace(columns, changed=frozenset())
    return items + [claim_item(name, value, plain, told=True) for name, value in header.items()]
