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
from mitui.tui.panes.pane import Item, Pane, View, note
from mitui.tui.scene import Scene
from mitui.tui.settings import TimeFormat
from mitui.tui.times import full_time

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


def claim_item(
    name: str, value: object, meaning: str, times: TimeFormat, name_width: int, width: int, mark: Span, *, roomy: bool
) -> Item:
    """One claim: name, value, what it means; the meaning beside the value, below it, or left out."""
    shown, raw = rendered(name, value, times)
    indent = width_of([mark]) + name_width + 2
    room = width - indent
    start = [mark, pad(name, name_width, "claim"), span("  ")]
    whole = span(shown)
    aside = [span("  "), span(raw, "dim")] if raw else []
    value_width = min(36, room)
    cell = [pad(shown, value_width) if width_of([whole]) <= value_width else whole]
    explained = [span("  "), span(meaning, "dim")] if meaning else []
    full = f"{name}  {shown}" + (f"  {raw}" if raw else "") + (f"  {meaning}" if meaning else "")
    text = raw or shown
    rows: tuple[Line, ...]
    unsaid = False
    if width_of([*cell, *aside, *explained]) <= room:
        rows = ((*start, *cell, *aside, *explained),)
    elif width_of([whole, *explained]) <= room:
        rows = ((*start, whole, *explained),)
    elif roomy and meaning:
        first = [whole, *aside] if width_of([whole, *aside]) <= room else [whole]
        clipped = first if width_of(first) <= room else [span(middle(whole.text, room))]
        rows = ((*start, *clipped), line(span(" " * indent), span(middle(meaning, room), "dim")))
        unsaid = clipped is not first or width_of([span(meaning)]) > room
    elif width_of([whole, *aside]) <= room:
        rows = ((*start, whole, *aside),)
    else:
        rows = ((*start, span(middle(whole.text, room))),)
        unsaid = True
    hint = line(span(meaning, "dim")) if meaning and len(rows) == 1 and not explained_here(rows[0], meaning) else ()
    return Item(rows, key=name, full=full if unsaid else "", copy=text, note=hint)


def explained_here(row: Line, meaning: str) -> bool:
    """Whether a row holds its claim's meaning."""
    return bool(row) and row[-1].text == span(meaning).text


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
        items = roomy if sum(len(item.lines) for item in roomy) <= height else sparse
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
    def _nothing(token: TokenView, width: int) -> Item:
        if token.acquired_at is not None:
            words = "This token is opaque: it holds no claims that anyone but its resource can read."
        elif token.failure is not None:
            words = f"There is no token for {resource_name(token)}: {token.failure.message}"
        else:
            words = "Waiting for the token."
        return Item(tuple(wrap(words, width, "dim")))
