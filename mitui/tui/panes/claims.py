"""Pane 4: what the marked token says of itself."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final

from mitui.claims import ORDER, Claims, explain, is_time
from mitui.monitor.snapshot import TokenView
from mitui.safe_text import middle
from mitui.tui import glyphs
from mitui.tui.labels import resource_name
from mitui.tui.lines import Line, Span, line, pad, span, width_of, wrap
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import Item, View, lines_in, note
from mitui.tui.scene import Scene
from mitui.tui.settings import TimeFormat
from mitui.tui.times import full_time

_VALUE: Final = 36
"""The column of values is as wide as a GUID, where there is room."""
_MEANING: Final = 24
"""Meanings stand in a column of their own where it would be at least as wide."""
_ARM_LEAST: Final = 28
_ALWAYS_NEW: Final = frozenset({"iat", "nbf", "exp", "uti", "aio", "rh", "xms_ftd", "xms_rd", "rd", "sid"})
"""Claims that differ from token to token; a change in any other one is news."""


@lru_cache(maxsize=64)
def ordered_claims(claims: Claims) -> tuple[tuple[str, object], ...]:
    """The claims, those that people need first in front, the rest in the token's own order."""
    payload = claims.payload()
    first = [name for name in ORDER if name in payload]
    return tuple((name, payload[name]) for name in (*first, *(name for name in payload if name not in ORDER)))


def raw_text(value: object) -> str:
    """A claim's value as the token has it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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


def rendered(name: str, value: object, times: TimeFormat) -> tuple[str, str]:
    """A claim's value as a person reads it, and the raw one where that differs."""
    if is_time(name) and isinstance(value, int | float) and not isinstance(value, bool):
        shown = full_time(value, times)
        raw = raw_text(value)
        return shown, "" if shown == raw else raw
    return raw_text(value), ""


def arm_tail(text: str, width: int) -> str:
    """An ARM id in at most ``width`` cells, its last segments whole: ``…/virtualMachines/vm-web-01``."""
    while len(text) > width and "/" in text[2:]:
        text = "…" + text[text.index("/", 2) :]
    return middle(text, width)


def shortened(text: str, width: int) -> str:
    """A value in at most ``width`` cells."""
    return arm_tail(text, width) if text.startswith("/subscriptions/") else middle(text, width)


def claim_item(
    name: str, value: object, meaning: str, times: TimeFormat, name_width: int, width: int, mark: Span, *, roomy: bool
) -> Item:
    """One claim: name, value, what it means; the meaning beside the value, below it, or left out."""
    shown, raw = rendered(name, value, times)
    indent = width_of([mark]) + name_width + 2
    room = width - indent
    start = [mark, pad(name, name_width, "claim"), span("  ")]
    whole, aside = span(shown), span(f"  {raw}" if raw else "", "dim")
    said = span(meaning, "dim")
    full = "  ".join(part for part in (shown, raw, meaning) if part)
    beside = room - width_of([said]) - 2
    column = _VALUE if room >= _VALUE + _MEANING and not roomy else 0
    if meaning and shown.startswith("/subscriptions/") and not roomy and beside >= _ARM_LEAST:
        whole = span(arm_tail(whole.text, min(beside, max(_VALUE, beside))))
    taken = width_of([whole, aside])
    rows: tuple[Line, ...]
    if not meaning and taken <= room:
        rows = (line(*start, whole, aside),)
    elif meaning and taken <= beside:
        gap = max(min(column, beside) - taken, 0) + 2
        rows = (line(*start, whole, aside, span(" " * gap), said),)
    elif meaning and width_of([whole]) <= beside:
        gap = max(min(column, beside) - width_of([whole]), 0) + 2
        rows = (line(*start, whole, span(" " * gap), said),)
    else:
        first = [whole, aside] if taken <= room else [span(shortened(whole.text, room))]
        rows = (line(*start, *first),)
        if roomy and meaning:
            rows += tuple(wrap(meaning, room + indent, "dim", indent=" " * indent))
    whole_value = whole.text == span(shown).text and width_of([whole]) <= room
    note = line(said) if meaning and len(rows) == 1 and said not in rows[0] else ()
    return Item(rows, key=name, full="" if whole_value else full, copy=raw or shown, note=note)


class ClaimsPane(Pane):
    """The claims with what each means; marks what changed since the token before."""

    name_id = "claims"

    def view(self, scene: Scene, width: int, height: int) -> View:
        token = scene.the_token
        if token is None:
            return View((Item((line(span("No token is selected.", "dim")),)),))
        subject = resource_name(token)
        if not token.claims:
            return View((self._nothing(token, width),), subject=subject)
        claims = ordered_claims(token.claims)
        shown = [each for each in claims if self._passes(*each)]
        name_width = min(max((len(span(name).text) for name, _ in shown), default=4), max(8, width // 4))
        changed = changed_names(token)
        sparse = self._items(scene, shown, changed, name_width, width, roomy=False)
        roomy = self._items(scene, shown, changed, name_width, width, roomy=True)
        lossless = not any(item.note or item.full for item in sparse)
        items = roomy if not lossless and lines_in(roomy) <= height else sparse
        header = self._header(token, name_width, width, changed)
        if not self.filter and lines_in((*items, *header)) <= height:
            items += header
        items += [
            Item(
                (
                    line(
                        span("− ", "warn"), pad(name, name_width, "claim"), "  ", span("no longer in the token", "dim")
                    ),
                ),
                name,
            )
            for name in gone_names(token)
        ]
        if not items:
            items = [Item((line(span(f"No claim holds “{self.filter}”. Escape shows all.", "dim")),))]
        left = f"{len(shown)} of {len(claims)} with “{self.filter}”" if self.filter else ""
        news = [name for name in changed if name not in _ALWAYS_NEW]
        if news and not self.filter:
            left = f"{glyphs.CHANGED} {len(news)} changed since the token before"
        return View(tuple(items), subject=subject, status=note("signature not verified"), note=note(left))

    def _passes(self, name: str, value: object) -> bool:
        wanted = self.filter.casefold()
        return not wanted or wanted in f"{name} {raw_text(value)} {explain(name, value)}".casefold()

    @staticmethod
    def _items(
        scene: Scene,
        claims: list[tuple[str, object]],
        changed: frozenset[str],
        name_width: int,
        width: int,
        *,
        roomy: bool,
    ) -> list[Item]:
        items = []
        for name, value in claims:
            mark = span("  " if changed else "")
            if name in changed:
                mark = span(f"{glyphs.CHANGED} ", "dim" if name in _ALWAYS_NEW else "warn")
            meaning = explain(name, value)
            items.append(claim_item(name, value, meaning, scene.times, name_width, width, mark, roomy=roomy))
        return items

    @staticmethod
    def _header(token: TokenView, name_width: int, width: int, changed: frozenset[str]) -> list[Item]:
        """The JOSE header, below the claims where there is room for it."""
        header = token.claims.header()
        items = [Item(((), line(span("Header", "title"))))] if header else []
        mark = span("  " if changed else "")
        for name, value in header.items():
            items.append(claim_item(name, value, explain(name, value), "epoch", name_width, width, mark, roomy=True))
        return items

    @staticmethod
    def _nothing(token: TokenView, width: int) -> Item:
        if token.acquired_at is not None:
            words = "This token is opaque: it holds no claims that anyone but its resource can read."
        elif token.failure is not None:
            words = f"There is no token for {resource_name(token)}: {token.failure.message}"
        else:
            words = "Waiting for the token."
        return Item(tuple(wrap(words, width, "dim")))
