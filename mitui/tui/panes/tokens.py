"""Pane 3: the tokens of the selected identity, counting down."""

from __future__ import annotations

from mitui.monitor.snapshot import TokenView
from mitui.safe_text import middle
from mitui.tui import glyphs
from mitui.tui.labels import TOKEN, failure_word, resource_name
from mitui.tui.lines import Line, Span, line, pad, span, spread, width_of
from mitui.tui.panes.pane import Item, Pane, View, note
from mitui.tui.scene import Scene
from mitui.tui.settings import TimeFormat
from mitui.tui.times import clock_time, countdown, day_time, duration, milliseconds

_WORD = 8
_NEXT = 19
_WIDE = 96
_WIDEST = 110
_LATENCY = 9
ADD = "add"
"""The key of the item that adds a resource."""


def issued_at(token: TokenView) -> float | None:
    """When the token's life began: its ``iat``, since a token can be hours old when it is handed out."""
    issued = token.claims.payload().get("iat") if token.claims else None
    if isinstance(issued, int | float) and token.expires_at is not None and issued < token.expires_at:
        return float(issued)
    return token.acquired_at


def life_bar(token: TokenView, now: float, width: int) -> list[Span]:
    """What is left of the token's life, with the point at which a new one is asked for."""
    issued, expires = issued_at(token), token.expires_at
    if issued is None or expires is None or expires <= issued or width < 4:
        return [span(glyphs.RAIL * width, "rail")]
    life = expires - issued
    left = max(0.0, min(1.0, (expires - now) / life))
    halves = round(left * width * 2)
    if left > 0:
        halves = max(1, halves)
    full, half = divmod(halves, 2)
    cells = [glyphs.BAR] * full + [glyphs.BAR_HALF] * half
    cells += [glyphs.RAIL] * (width - len(cells))
    bar_cells = full + half
    if token.refresh_at is not None and issued < token.refresh_at < expires:
        at = min(width - 1, int((expires - token.refresh_at) / life * width))
        cells[at] = glyphs.BAR_MARK if at < bar_cells else glyphs.RAIL_MARK
    role = TOKEN[token.status][1]
    text = "".join(cells)
    return [each for each in (span(text[:bar_cells], role), span(text[bar_cells:], "rail")) if each.text]


def _time_left(token: TokenView, now: float) -> Span:
    if token.expires_at is not None:
        role = TOKEN[token.status][1]
        if token.failure is not None:
            role = "warn" if token.expires_at > now else "error"
        return span(countdown(token.expires_at - now), "text" if role == "ok" else role, strong=True)
    if token.activity is not None:
        return span(countdown(now - token.activity.since), "dim")
    return span("   —    ", "dim")


def what_next(token: TokenView, times: TimeFormat, now: float) -> str:
    """What happens next and when, short enough for a column."""
    if token.activity is not None:
        until = token.activity.until
        return f"until {clock_time(until, times)}" if until is not None else "under way"
    if token.failure is not None:
        return f"retry {clock_time(token.next_attempt_at, times)}" if token.next_attempt_at is not None else "no retry"
    at = token.refresh_at if token.next_attempt_at is None else token.next_attempt_at
    return f"renews {day_time(at, now, times)}" if at is not None else ""


def failure_words(token: TokenView, room: int) -> str:
    """The failure in as many words as fit whole."""
    if token.failure is None:
        return ""
    word, code, message = failure_word(token.failure), token.failure.code, token.failure.message
    status = f"HTTP {token.failure.http_status}" if token.failure.http_status is not None else ""
    ways = (f"{word}: {message}", f"{word}: {code}" if code else "", f"{word} {status}" if status else "", word)
    return next((way for way in ways if way and len(span(way).text) <= room), middle(span(word).text, max(0, room)))


def token_line(token: TokenView, scene: Scene, name_width: int, width: int) -> Line:
    """One token in ``width`` cells."""
    glyph, role = TOKEN[token.status]
    if token.status == "ok" and token.warnings:
        glyph, role = glyphs.WARNING, "warn"
    start = [span(glyph, role), span(" "), pad(resource_name(token), name_width), span("  ")]
    start += [_time_left(token, scene.now), span("  ")]
    room = width - width_of(start)
    wide = width >= _WIDE
    after = [span("  "), pad(what_next(token, scene.times, scene.now), _NEXT, "dim")] if wide else []
    if token.failure is not None:
        why = span(f"  {glyphs.ENTER} why".rjust(_LATENCY) if width >= _WIDEST else f"  {glyphs.ENTER} why", "dim")
        words = failure_words(token, room - width_of([*after, why]))
        head, colon, rest = words.partition(": ")
        return spread([*start, span(head + colon, "error"), span(rest)], [*after, why], width)
    if token.activity is not None and token.expires_at is None:
        doing = span(token.activity.words or "waiting", "dim")
        then = what_next(token, scene.times, scene.now) if token.activity.until is not None else ""
        return spread([*start, doing], [span(f"  {then}", "dim")] if then else [], width)
    word = pad("warning" if token.status == "ok" and token.warnings else token.status, _WORD, role)
    tail = [span("  "), word, *after]
    if width >= _WIDEST:
        took = milliseconds(token.latency_ms) if token.latency_ms is not None else ""
        tail.append(span(took.rjust(_LATENCY), "dim"))
    return (*start, *life_bar(token, scene.now, max(4, room - width_of(tail))), *tail)


def token_note(token: TokenView, scene: Scene) -> Line:
    """What the frame says of the marked token."""
    if token.failure is not None and token.expires_at is not None and token.acquired_at is not None:
        since = day_time(token.acquired_at, scene.now, scene.times)
        return note(f"last good {since}, until {day_time(token.expires_at, scene.now, scene.times)}")
    parts = [what_next(token, scene.times, scene.now)]
    if token.from_cache:
        parts.append("from cache")
    elif token.latency_ms is not None:
        parts.append(milliseconds(token.latency_ms))
    if token.attempts:
        parts.append(f"{token.attempts} attempt" + ("s" if token.attempts != 1 else ""))
    return note(*parts)


class TokensPane(Pane):
    """One line for each token. The claims pane shows the token under the cursor."""

    name_id = "tokens"
    ticks = True

    def view(self, scene: Scene, width: int, height: int) -> View:
        names = [width_of([span(resource_name(token))]) for token in scene.tokens]
        name_width = min(max(names, default=12), max(12, width * 2 // 5 - 2))
        items = []
        for index, token in enumerate(scene.tokens):
            full = token.resource
            if token.failure is not None:
                full = f"{token.resource}: {token.failure.message}"
            elif token.expires_at is not None and token.refresh_at is not None:
                left = duration(token.expires_at - (issued_at(token) or token.expires_at))
                full = f"{token.resource}: lives {left}"
            items.append(
                Item(
                    (token_line(token, scene, name_width, width),),
                    key=str(index),
                    full=full if len(resource_name(token)) > name_width or token.failure else "",
                    copy=token.resource,
                    note=token_note(token, scene),
                )
            )
        if not items:
            items.append(Item((line(span("+ add a resource to get tokens for", "dim")),), key=ADD))
        return View(tuple(items), status=self._status(scene))

    @staticmethod
    def _status(scene: Scene) -> Line:
        snapshot = scene.snapshot
        checked = snapshot.source.checked_at
        parts = [f"checked {clock_time(checked, scene.times)}"] if checked is not None else []
        if snapshot.paused:
            return line(span(f"{glyphs.PAUSED} paused", "warn"), span("".join(f" · {part}" for part in parts), "dim"))
        if snapshot.next_check_at is not None:
            parts.append(f"next {clock_time(snapshot.next_check_at, scene.times)}")
        return note(*parts) if parts else ()
