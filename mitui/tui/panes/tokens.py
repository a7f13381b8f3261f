"""Pane 3: the tokens of the selected identity, counting down."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from textual import events

from mitui.safe_text import middle
from mitui.tui.dashboard.arrangement import Place
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import TOKEN, failure_word, resource_name, token_word
from mitui.tui.drawing.line_widget import LineWidget
from mitui.tui.drawing.lines import Line, Span, cut, fit, line, pad, span, spread, text_of, width_of
from mitui.tui.drawing.palette import Palette
from mitui.tui.drawing.times import clock_time, countdown, day_time, elapsed, milliseconds
from mitui.tui.panes.advice_items import first_command
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import ADD, Item, View, note
from mitui.tui.scene import Scene
from mitui.wording import counted

if TYPE_CHECKING:
    from mitui.monitor.identity_view import TokenView

_COUNTDOWN = 8
_WORD = 8
_NEXT = 19
_WIDE = 96
_LATENCY = 9
_LEAST_NAME = 12
_ANSWERED = re.compile(r"^.{1,40}? answered \d{3}: ")
"""How the engine begins what an endpoint said; the word before it and the mark say that it failed."""
_SAYS_NOTHING = ("invalid_request", "unknown")
"""Codes that stand beside failures of every kind."""


def _time_left(token: TokenView, now: float) -> Span:
    if token.expires_at is not None:
        role = TOKEN[token.status][1]
        if token.failure is not None:
            role = "warn" if token.expires_at > now else "error"
        return span(countdown(token.expires_at - now), "text" if role == "ok" else role, strong=True)
    if token.activity is not None and token.failure is None:
        return pad(elapsed(now - token.activity.since), _COUNTDOWN, "dim")
    return span("   —    ", "dim")


def what_next(token: TokenView, scene: Scene) -> str:
    """What happens next and when, short enough for a column; of a saved file, what was to happen to the token."""
    times, now = scene.times, scene.now
    if token.activity is not None:
        until = token.activity.until
        return f"until {clock_time(until, times)}" if until is not None else "under way"
    if token.failure is not None and not scene.live:
        return ""
    if token.failure is not None:
        return f"retry {clock_time(token.next_attempt_at, times)}" if token.next_attempt_at is not None else "no retry"
    if token.refresh_at is not None and any(each.kind == "renewal_overdue" for each in token.warnings):
        return f"was due {day_time(token.refresh_at, now, times)}"
    at = token.refresh_at if token.next_attempt_at is None else token.next_attempt_at
    if at is None:
        return ""
    will = "asks again" if _same_again(token) else "renews"
    return f"{will if at > now else 'was due'} {day_time(at, now, times)}"


def failure_words(token: TokenView, room: int) -> str:
    """The failure in as many words as fit whole."""
    if token.failure is None:
        return ""
    word, message = failure_word(token.failure), token.failure.message
    code = "" if token.failure.code in _SAYS_NOTHING else token.failure.code
    answered = token.failure.http_status
    status = f"HTTP {answered}" if answered is not None and answered >= 400 else ""
    said = _ANSWERED.sub("", message)
    ways = (
        f"{word}: {message}",
        f"{word}: {said}" if said else "",
        f"{word}: {code}" if code else "",
        f"{word} {status}" if status else "",
        word,
    )
    return next((way for way in ways if way and len(span(way).text) <= room), middle(span(word).text, max(0, room)))


def _doing_words(words: str, room: int) -> str:
    """What is under way in as many words as fit whole: without what follows it, then without how long it takes."""
    ways = [words or "waiting", words.partition(",")[0], words.partition(",")[0].partition(": ")[2]]
    fitting = next((way for way in ways if way and width_of([span(way)]) <= room), "")
    if fitting:
        return fitting
    kept = [way for way in ways if way][-1]
    while " " in kept and width_of([span(kept)]) > room - 1:
        kept = kept.rpartition(" ")[0]
    return f"{kept}…" if width_of([span(kept)]) < room else text_of(fit([span(kept)], room))


def _same_again(token: TokenView) -> bool:
    return any(each.kind == "same_token" for each in token.warnings)


def warning_words(token: TokenView) -> str:
    """What deserves a look, in a few words."""
    return "same token again" if _same_again(token) else token.warnings[0].kind.replace("_", " ")


def token_line(token: TokenView, scene: Scene, names: int, width: int) -> Line:
    """One token in ``width`` cells."""
    glyph, role = TOKEN[token.status]
    if token_word(token) == "warning":
        glyph, role = glyphs.WARNING, "warn"
    start = [span(glyph, role), span(" "), pad(resource_name(token), names), span("  ")]
    start += [_time_left(token, scene.now), span("  ")]
    room = width - width_of(start)
    wide = width >= _WIDE
    after = [span("  "), pad(what_next(token, scene), _NEXT, "dim")] if wide else []
    why = span(f"{glyphs.ENTER} why".rjust(_LATENCY) if wide else f"  {glyphs.ENTER} why", "dim")
    if token.failure is not None:
        if len(failure_word(token.failure)) > room - width_of([*after, why]):
            why = span(f"  {glyphs.ENTER}", "dim")
        words = failure_words(token, room - width_of([*after, why]))
        head, colon, rest = words.partition(": ")
        return spread([*start, span(head + colon, "error"), span(rest)], [*after, why], width)
    if token.activity is not None and token.expires_at is None:
        doing = span(_doing_words(token.activity.words, room), "dim")
        then = span(f"  {what_next(token, scene)}", "dim")
        tells = token.activity.until is not None and width_of([*start, doing, then]) <= width
        return spread([*start, doing], [then] if tells else [], width)
    word = token_word(token)
    if token.warnings and word != "ok":
        tail = [span("  "), pad(word, _WORD, role), *after, why]
        return spread([*start, span(warning_words(token), role)], tail, width)
    hint = span(f" {glyphs.ENTER} see" if token.warnings else "", "dim")
    tail = [span("  "), pad(word, _WORD - width_of([hint]), role), hint, *after]
    if wide:
        took = milliseconds(token.latency_ms) if token.latency_ms is not None else ""
        tail.append(span(took.rjust(_LATENCY), "dim"))
    from mitui.tui.panes.life_bar import life_bar

    return (*start, *life_bar(token, scene.now, max(4, room - width_of(tail))), *tail)


def token_note(token: TokenView, scene: Scene) -> Line:
    """What the frame says of the marked token."""
    if token.failure is not None and token.expires_at is not None and token.acquired_at is not None:
        since = day_time(token.acquired_at, scene.now, scene.times)
        return note(f"last good {since}, until {day_time(token.expires_at, scene.now, scene.times)}")
    parts = [*(["same token again"] if _same_again(token) else []), what_next(token, scene)]
    if token.from_cache:
        parts.append("from cache")
    elif token.latency_ms is not None:
        parts.append(milliseconds(token.latency_ms))
    if token.attempts:
        parts.append(counted(token.attempts, "attempt"))
    return note(*parts)


class TokensPane(Pane):
    """One line for each token. The claims pane shows the token under the cursor.

    The countdowns are drawn by a widget of their own above this one: Textual repaints a line from the left edge of the
    widget that changed, so eight cells cost eight cells only where they are a widget.
    """

    name_id = "tokens"
    ticks = True
    adds = True

    def __init__(self, palette: Palette, scene: Scene) -> None:
        super().__init__(palette, scene)
        self.countdowns: list[Line] = []
        self._listed: tuple[TokenView, ...] = ()
        self._widest = _LEAST_NAME
        self._items: tuple[Item, ...] = ()
        self._laid_out = (0, 0)

    def _list(self, tokens: tuple[TokenView, ...]) -> None:
        """Measure the names of other tokens than before: of very many, only once."""
        if tokens != self._listed:
            self._listed, self._items = tokens, ()
            self._widest = max((width_of([span(resource_name(token))]) for token in tokens), default=_LEAST_NAME)

    def _name_width(self, scene: Scene, width: int) -> int:
        """How wide the column of names is."""
        self._list(scene.tokens)
        return min(self._widest, max(_LEAST_NAME, width * 2 // 5))

    def countdown_column(self, width: int) -> int:
        """Where the countdowns begin, in a frame of ``width`` cells."""
        return 2 + 2 + self._name_width(self.scene, max(1, width - 4)) + 2

    def draw(self, width: int, height: int) -> list[Line]:
        rows = super().draw(width, height)
        start = self.countdown_column(width)
        shown = min(len(self.scene.tokens), height - 2)
        self.countdowns = []
        for number in range(1, shown + 1):
            before, inside, after = cut(rows[number], start, start + _COUNTDOWN)
            self.countdowns.append(inside)
            blank = Span(" " * _COUNTDOWN, marked=bool(inside) and inside[0].marked)
            rows[number] = (*before, blank, *after)
        return rows

    def wanted_lines(self, width: int, most: int) -> int:
        return min(most, max(1, len(self.scene.tokens)))

    def view(self, scene: Scene, width: int, height: int) -> View:
        names = self._name_width(scene, width)
        if not self._items or self._laid_out != (names, width):
            self._laid_out = (names, width)
            self._items = tuple(
                Item(key=str(index), make=partial(self._item, token, index, names, width))
                for index, token in enumerate(scene.tokens)
            )
        items = self._items
        if not items and scene.live:
            items = (Item((line(span("+ add a resource to get tokens for", "dim")),), key=ADD),)
        elif not items:
            items = (Item((line(span("No token was asked for.", "dim")),)),)
        return View(items, status=self._status(scene))

    def _item(self, token: TokenView, index: int, names: int, width: int) -> Item:
        scene = self.scene
        return Item(
            (token_line(token, scene, names, width),),
            key=str(index),
            full=self._unsaid(token, names, width),
            copy=token.resource,
            command=first_command(token.failure.causes) if token.failure is not None else "",
            note=token_note(token, scene),
        )

    @staticmethod
    def _unsaid(token: TokenView, names: int, width: int) -> str:
        """What the line and the claims pane together don't say: a failure beside a last good token, a long name."""
        if token.activity is not None and token.expires_at is None:
            cells = width - names - _COUNTDOWN - 6
            return "" if width_of([span(token.activity.words)]) <= cells else token.activity.words
        if token.failure is not None and token.claims:
            return f"{token.resource}: {token.failure.message}"
        return token.resource if width_of([span(resource_name(token))]) > names else ""

    @staticmethod
    def _status(scene: Scene) -> Line:
        snapshot = scene.snapshot
        # A token that was asked for since is newer news of the endpoint than its last check.
        asked = (each.failure.at if each.failure is not None else each.acquired_at for each in scene.tokens)
        checked = snapshot.source.checked_at
        if checked is not None:
            checked = max(checked, *(at for at in asked if at is not None and at <= scene.now), checked)
        parts = [f"checked {clock_time(checked, scene.times)}"] if checked is not None else []
        if snapshot.paused:
            return line(span(f"{glyphs.PAUSED} paused", "warn"), span("".join(f" · {part}" for part in parts), "dim"))
        if snapshot.next_check_at is not None and scene.live:
            parts.append(f"again {clock_time(snapshot.next_check_at, scene.times)}")
        return note(*parts) if parts else ()


class Countdowns(LineWidget):
    """The column of the tokens pane that changes every second."""

    def __init__(self, palette: Palette, pane: TokensPane) -> None:
        super().__init__(palette, id="countdowns")
        self._pane = pane

    def place(self, pane: Place) -> Place | None:
        """Where it lies, given the place of the tokens pane; None where there is nothing to count."""
        rows = min(len(self._pane.scene.tokens), pane.height - 2)
        if rows < 1:
            return None
        return Place(pane.x + self._pane.countdown_column(pane.width), pane.y + 1, _COUNTDOWN, rows)

    def draw(self, width: int, height: int) -> list[Line]:
        self._pane.prepare()
        return self._pane.countdowns

    def on_click(self, event: events.Click) -> None:
        """A click here is a click on the token's line."""
        self._pane.click_row(event.y + 1, event.chain)
        self._pane.focus()

    def on_mouse_scroll_down(self) -> None:
        self._pane.move("down")

    def on_mouse_scroll_up(self) -> None:
        self._pane.move("up")
