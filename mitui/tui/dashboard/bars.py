"""The line above the board, the line below it, and what may lie on its last rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual import events

from mitui.monitor.origin import UNASKED
from mitui.monitor.snapshot import Snapshot
from mitui.safe_text import middle
from mitui.tui.dashboard.arrangement import FLOOR
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import token_word
from mitui.tui.drawing.line_widget import LineWidget
from mitui.tui.drawing.lines import Line, Role, Span, line, span, spread, width_of, wrap
from mitui.tui.drawing.palette import Palette
from mitui.tui.drawing.times import clock_time
from mitui.tui.keys.action import Action, footer_actions
from mitui.tui.keys.names import shown_key
from mitui.tui.settings import TimeFormat

if TYPE_CHECKING:
    from mitui.monitor.identity_view import IdentityView


def tally(snapshot: Snapshot) -> dict[str, int]:
    """How many of the things on the board are critical, expiring, warning, waiting and ok.

    Counted are the tokens and vaults of the selected identity, and each other identity once.
    """
    counts = dict.fromkeys(("critical", "expiring", "warning", "waiting", "ok"), 0)
    for index, identity in enumerate(snapshot.identities):
        if index != snapshot.selected:
            word = {"critical": "critical", "warning": "warning", "ok": "ok"}.get(identity.status)
            if word and not (identity.unsupported and identity.origin in UNASKED):
                counts[word] += 1
            continue
        for word in (*_token_words(identity), *_vault_words(identity)):
            counts[word] += 1
    return counts


def _token_words(identity: IdentityView) -> list[str]:
    words = {"failed": "critical", "expired": "critical", "expiring": "expiring", "waiting": "waiting", "ok": "ok"}
    return [words.get(token_word(token), "warning") for token in identity.tokens]


def _vault_words(identity: IdentityView) -> list[str]:
    words = {"failed": "critical", "critical": "critical", "warning": "warning", "ok": "ok", "probing": "waiting"}
    return [words[vault.status] for vault in identity.vaults if vault.status in words]


_ALARMING: Final[dict[str, Role]] = {"critical": "error", "expiring": "warn", "warning": "warn"}


def verdict(snapshot: Snapshot, *, brief: bool = False, times: TimeFormat = "utc") -> Line:
    """The whole board in a few words: healthy, or what is wrong and how often; ``brief`` tells the worst only."""
    if snapshot.stopped is not None:
        since = clock_time(snapshot.stopped.at, times)
        return line(span(f"{glyphs.CRITICAL} not updated since {since}", "error", strong=True))
    if snapshot.phase == "starting":
        return line(span(f"{glyphs.WAITING} starting", "dim"))
    if snapshot.source.kind == "none" and snapshot.source.failure is not None:
        return line(span(f"{glyphs.CRITICAL} no identity endpoint", "error", strong=True))
    if snapshot.status == "ok":
        return line(span(f"{glyphs.OK} ", "ok"), span("healthy", "ok", strong=True))
    counts = tally(snapshot)
    first: list[Span] = []
    rest: list[str] = []
    for word, count in counts.items():
        if not count:
            continue
        role = _ALARMING.get(word)
        glyph = glyphs.CRITICAL if word == "critical" else glyphs.WARNING
        if role and not first:
            first = [span(f"{glyph} {count} {word}", role, strong=True)]
        else:
            rest.append(f"{count} {word}")
    if not first and snapshot.status == "warning":
        first = [span(f"{glyphs.WARNING} warning", "warn", strong=True)]
    if not first and snapshot.status == "critical":
        first = [span(f"{glyphs.CRITICAL} critical", "error", strong=True)]
    if not first:
        first = [span(f"{glyphs.WAITING} waiting", "dim")]
        rest = [words for words in rest if not words.endswith("waiting")]
    return line(*first, *(span(f"  {words}", "dim") for words in rest if not brief))


_NAME: Final = 9
"""The cells of " mitui  ", and one before what follows."""


class Header(LineWidget):
    """Which host this is, and how it is."""

    on_bar = True

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="header")
        self.snapshot = Snapshot()
        self.redacted = False
        self.times: TimeFormat = "utc"
        self.badge = ""

    def show(self, snapshot: Snapshot, *, redacted: bool, times: TimeFormat) -> None:
        self.snapshot, self.redacted, self.times = snapshot, redacted, times
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        host, right = self.snapshot.host, self._state(width - _NAME)
        room = width - width_of(right) - _NAME
        facts = [fact for fact in (host.name, host.location, host.cloud) if fact]
        while facts and len(" · ".join(span(fact).text for fact in facts)) > room and len(facts) > 1:
            facts.pop()
        shown = middle(span(" · ".join(facts)).text, max(0, room))
        return [spread([span(" "), span("mitui", "title", strong=True), span("  "), span(shown)], line(*right), width)]

    def _state(self, room: int) -> list[Span]:
        """Badges and verdict in at most ``room`` cells: what matters less gives way."""
        badges = [f"{glyphs.PAUSED} paused"] if self.snapshot.paused else []
        badges += ["ids masked"] if self.redacted else []
        if self.snapshot.source.process_id is not None:
            badges.append(f"as process {self.snapshot.source.process_id}")
        own = [self.badge] if self.badge else []
        ways: tuple[tuple[list[str], bool], ...] = (
            ([*own, *badges], False),
            ([*own, *badges], True),
            (badges, True),
            ([], True),
        )
        for shown, brief in ways:
            words = "".join(f"{badge}  " for badge in shown)
            right = [span(words, "warn"), *verdict(self.snapshot, brief=brief, times=self.times), span(" ")]
            if width_of(right) <= room:
                break
        return right


class Footer(LineWidget):
    """The keys of the pane that has the focus: as many as fit whole, help and quit always."""

    on_bar = True

    def __init__(self, palette: Palette, actions: Sequence[Action]) -> None:
        super().__init__(palette, id="footer")
        self._actions = actions
        self._pane = "tokens"
        self._empty = False
        self._spots: list[tuple[int, int, str]] = []
        self._said: Line = ()

    def show(self, pane: str, *, empty: bool = False) -> None:
        """The keys of this pane, on a board that may be ``empty``: without tokens, since there is no endpoint."""
        self._pane, self._empty = pane, empty
        self.redraw()

    def say(self, words: str, role: Role = "text") -> None:
        """Words in place of the keys for a while; "" brings the keys back."""
        self._said = line(span(words, role))
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        self._spots = []
        if self._said:
            return [line(span(" "), *self._said)]
        wanted = footer_actions(self._pane, self._actions, empty=self._empty)
        cost = {action.id: width_of(_hint(action)) + 2 for action in wanted}
        kept: set[str] = set()
        room = width
        for action in wanted:
            if cost[action.id] <= room:
                kept.add(action.id)
                room -= cost[action.id]
        spans: list[Span] = [span(" ")]
        for action in (action for action in self._actions if action.id in kept):
            start = width_of(spans)
            spans += _hint(action)
            self._spots.append((start, width_of(spans), action.call))
            spans.append(span("  "))
        return [line(*spans[:-1])]

    async def on_click(self, event: events.Click) -> None:
        """A click on a key is the key."""
        for start, end, action in self._spots:
            if start <= event.x < end:
                await self.screen.run_action(action)


def _hint(action: Action) -> list[Span]:
    return [span(shown_key(action.key_list[0]), "key", strong=True), span(f" {action.label}")]


class WholeText(LineWidget):
    """The whole of what is marked where the board shows only a part of it, on up to four rows."""

    on_bar = True

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="whole-text")
        self._words = ""

    def show(self, words: str) -> None:
        self._words = words
        self.redraw()

    def rows(self, width: int) -> int:
        """How many rows it needs, 0 for none."""
        return len(self._wrapped(width)) if self._words else 0

    def _wrapped(self, width: int) -> list[Line]:
        return wrap(self._words, max(8, width - 2), indent=" ")[:4]

    def draw(self, width: int, height: int) -> list[Line]:
        return self._wrapped(width)


class TooSmall(LineWidget):
    """What stands on a terminal that is too small: which size is needed. Everything goes on behind it."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="too-small")

    def draw(self, width: int, height: int) -> list[Line]:
        words = f"mitui needs {FLOOR[0]} columns and {FLOOR[1]} rows; this terminal has {width} and {height}."
        rows = wrap(words, width)
        return [*[()] * max(0, (height - len(rows)) // 2), *rows]
