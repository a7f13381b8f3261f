"""The line above the board, the line below it, and what may lie on its last rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from textual import events

from mitui.monitor.origin import UNASKED
from mitui.monitor.snapshot import Snapshot
from mitui.safe_text import middle
from mitui.tui.dashboard.arrangement import FLOOR
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.line_widget import LineWidget
from mitui.tui.drawing.lines import Line, Role, Span, fit, line, span, spread, text_of, width_of, wrap
from mitui.tui.drawing.palette import Palette
from mitui.tui.drawing.times import clock_time
from mitui.tui.keys.action import Action
from mitui.tui.keys.footer import footer_actions
from mitui.tui.keys.names import shown_key
from mitui.tui.settings import TimeFormat
from mitui.wording import counted

if TYPE_CHECKING:
    from mitui.monitor.identity_view import IdentityView


Word = Literal["critical", "expiring", "warning", "waiting", "ok"]
_WORDS: Final[tuple[Word, ...]] = ("critical", "expiring", "warning", "waiting", "ok")
_OF_AN_IDENTITY: Final[dict[str, Word]] = {"critical": "critical", "warning": "warning", "ok": "ok"}


def tally(snapshot: Snapshot) -> dict[Word, int]:
    """How many identities are critical, expiring, warning, waiting and ok, whichever is selected."""
    counts: dict[Word, int] = dict.fromkeys(_WORDS, 0)
    for each in snapshot.identities:
        if not (each.unsupported and each.origin in UNASKED):
            counts[_identity_word(each)] += 1
    return counts


def _identity_word(identity: IdentityView) -> Word:
    if identity.status == "warning" and any(token.status == "expiring" for token in identity.tokens):
        return "expiring"
    return _OF_AN_IDENTITY.get(identity.status, "waiting")


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
    first: list[Span] = []
    rest: list[str] = []
    for word, count in tally(snapshot).items():
        role = _ALARMING.get(word)
        glyph = glyphs.CRITICAL if word == "critical" else glyphs.WARNING
        if word == snapshot.status and not count and not first:
            # It is the host's own, and no identity's.
            first = [span(f"{glyph} {word}", role or "warn", strong=True)]
        elif role and count and not first:
            first = [span(f"{glyph} {counted(count, 'identity', 'identities')} {word}", role, strong=True)]
        elif count:
            rest.append(f"{count} {word}")
    if not first:
        first = [span(f"{glyphs.WAITING} waiting", "dim")]
        rest = [words for words in rest if not words.endswith("waiting")]
    return line(*first, *(span(f"  {words}", "dim") for words in rest if not brief))


_NAME: Final = 10
"""The cells of " mitui  ", and two before what follows."""
_HOST: Final = 12
"""The cells that a host's name has at least; a longer one, such as a pod's, may be shortened to them."""


class Header(LineWidget):
    """Which host this is, and how it is."""

    on_bar = True

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="header")
        self.snapshot = Snapshot()
        self.redacted = False
        self.times: TimeFormat = "utc"
        self.badge = ""
        self.live = True

    def show(self, snapshot: Snapshot, *, redacted: bool, times: TimeFormat) -> None:
        self.snapshot, self.redacted, self.times = snapshot, redacted, times
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        host = self.snapshot.host
        facts = [fact for fact in (host.name, host.location, host.cloud) if fact]
        right = self._state(width - _NAME - min(_HOST, width_of([span(facts[0] if facts else "")])))
        room = width - width_of(right) - _NAME
        while facts and len(" · ".join(span(fact).text for fact in facts)) > room and len(facts) > 1:
            facts.pop()
        shown = middle(span(" · ".join(facts)).text, max(0, room))
        return [spread([span(" "), span("mitui", "title", strong=True), span("  "), span(shown)], line(*right), width)]

    def _state(self, room: int) -> list[Span]:
        """Badges and verdict in at most ``room`` cells: what matters less gives way."""
        badges = [f"{glyphs.PAUSED} paused"] if self.snapshot.paused else []
        badges += ["ids masked" if self.live else "masked"] if self.redacted else []
        if self.snapshot.source.process_id is not None:
            badges.append(f"as process {self.snapshot.source.process_id}")
        own = [self.badge] if self.badge else []
        ways: tuple[tuple[list[str], bool], ...] = (
            ([*own, *badges], False),
            ([*own, *badges], True),
            ([*(badge.partition(" ")[0] for badge in own), *badges], True),
            (badges, True),
            (badges[-1:], True),
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
        self._empty = self._failing = False
        self._labels: Mapping[str, str] = {}
        self._spots: list[tuple[int, int, str]] = []
        self._said: Line = ()

    def show(
        self, pane: str, *, empty: bool = False, failing: bool = False, labels: Mapping[str, str] | None = None
    ) -> None:
        """The keys of this pane, on a board that may be ``empty``: without tokens, since there is no endpoint.

        ``failing`` is whether there is a failure to go to; ``labels`` are what keys do now, by the action, where that
        is not what they do otherwise.
        """
        self._pane, self._empty, self._failing, self._labels = pane, empty, failing, labels or {}
        self.redraw()

    def say(self, words: str, role: Role = "text") -> None:
        """Words in place of the keys for a while; "" brings the keys back."""
        self._said = line(span(words, role))
        self.redraw()

    @property
    def says(self) -> str:
        """The words that stand in place of the keys, "" for none."""
        return text_of(self._said)

    def draw(self, width: int, height: int) -> list[Line]:
        self._spots = []
        if self._said:
            return [line(span(" "), *self._said)]
        actions = [replace(each, label=self._labels.get(each.id, each.label)) for each in self._actions]
        wanted = footer_actions(self._pane, actions, empty=self._empty, failing=self._failing)
        cost = {action.id: width_of(_hint(action)) + 2 for action in wanted}
        kept: set[str] = set()
        room = width
        for action in wanted:
            if cost[action.id] <= room:
                kept.add(action.id)
                room -= cost[action.id]
        spans: list[Span] = [span(" ")]
        for action in (action for action in actions if action.id in kept):
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
    """The whole of what is marked where the board shows only a part of it: up to four rows, over the board's last ones
    and the frame's lower edge, which it draws itself.
    """

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
        return wrap(self._words, max(8, width - 6))[:4]

    def draw(self, width: int, height: int) -> list[Line]:
        rows = self._wrapped(width)
        if not rows:
            return []
        inside = max(1, width - 4)
        above = [line(span("│ ", "frame"), *fit(row, inside), span(" │", "frame")) for row in rows[:-1]]
        dashes = "─" * max(0, width - 6 - width_of(rows[-1]))
        return [*above, line(span("╰─ ", "frame"), *rows[-1], span(f" {dashes}─╯", "frame"))]


class TooSmall(LineWidget):
    """What stands on a terminal that is too small: which size is needed. Everything goes on behind it."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="too-small")
        self._said: Line = ()

    def say(self, words: str, role: Role = "text") -> None:
        """Tell below it what a key has done, as the footer does."""
        self._said = line(span(words, role))
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        words = f"mitui needs {FLOOR[0]} columns and {FLOOR[1]} rows; this terminal has {width} and {height}."
        rows = wrap(words, width)
        said = [row for each in self._said for row in wrap(each.text, width, each.role)]
        room = max(0, height - len(rows) - len(said))
        above = room // 2
        return [*[()] * above, *rows, *[()] * (room - above), *said]
