"""The board: every pane in its place, one scene for all of them, and the tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from mitui.clock import Clock
from mitui.monitor.snapshot import Snapshot
from mitui.tui.arrangement import Place, Wish, arrange, fits
from mitui.tui.bars import Footer, Header, TooSmall, WholeText
from mitui.tui.drawing.line_widget import LineWidget
from mitui.tui.drawing.lines import Role
from mitui.tui.keys.actions import PANES, Action
from mitui.tui.panes.claims import ClaimsPane
from mitui.tui.panes.events import EventsPane
from mitui.tui.panes.guide import GuidePane
from mitui.tui.panes.identity import IdentityPane
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.source import SourcePane
from mitui.tui.panes.tokens import Countdowns, TokensPane
from mitui.tui.panes.vault import VaultPane
from mitui.tui.scene import Scene
from mitui.tui.settings import TimeFormat

if TYPE_CHECKING:
    from mitui.tui.drawing.palette import Palette

_TABS = ("claims", "vault", "events")
_FLASH = 4.0
_NOTICE = 12.0
"""Seconds for which words stay: of what was just done, and of what was assumed at the start."""


class BoardLayout(Layout):
    """Puts widgets where the board's arrangement says."""

    name = "board"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        places = parent.places(size) if isinstance(parent, Board) else {}
        return [
            WidgetPlacement(Region(place.x, place.y, place.width, place.height), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if (place := places.get(child.id or "")) is not None
        ]


class Board(Screen[None]):
    """Holds the panes. It draws snapshots and moves the focus; what a key does is in ``BoardActions``."""

    AUTO_FOCUS = ""
    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)  # as a LineWidget's, and for the same reason

    def __init__(self, clock: Clock, palette: Palette, actions: tuple[Action, ...], times: TimeFormat) -> None:
        super().__init__(id="board")
        self.clock = clock
        self.actions = actions
        self.scene = Scene(Snapshot(), clock.now(), times)
        self._palette = palette
        self._layout_of_panes = BoardLayout()
        self._wish = Wish()
        self._shown: dict[str, Place] = {}
        self._said_until: float | None = None
        self._notice = ""
        self._notice_until: float | None = None
        self.header = Header(palette)
        self.footer = Footer(palette, actions)
        self.whole_text = WholeText(palette)
        self.too_small = TooSmall(palette)
        self.tokens_pane = TokensPane(palette, self.scene)
        self.panes: dict[str, Pane] = {
            "source": SourcePane(palette, self.scene),
            "identity": IdentityPane(palette, self.scene),
            "tokens": self.tokens_pane,
            **{kind.name_id: kind(palette, self.scene) for kind in (ClaimsPane, VaultPane, EventsPane, GuidePane)},
        }

        self.countdowns = Countdowns(palette, self.tokens_pane)

    def compose(self) -> ComposeResult:
        yield self.header
        yield from self.panes.values()
        yield self.countdowns
        yield self.footer
        yield self.whole_text
        yield self.too_small

    @property
    def layout(self) -> Layout:
        return self._layout_of_panes

    def on_mount(self) -> None:
        self._settle(self.app.size)
        self.focus_pane("tokens")
        fraction = self.clock.now() % 1
        self.set_timer((1.5 - fraction) % 1 or 1.0, self._start_ticking)

    def _start_ticking(self) -> None:
        self.tick()
        self.set_interval(1.0, self.tick)

    # Where things are

    def places(self, size: Size) -> dict[str, Place]:
        """The places of all widgets at this size."""
        width, height = size.width, size.height
        if not fits(width, height):
            return {"too-small": Place(0, 0, width, height)}
        rows = self.whole_text.rows(width)
        bars = {"header": Place(0, 0, width, 1), "footer": Place(0, height - 1, width, 1)}
        over = {"whole-text": Place(0, height - 1 - rows, width, rows)} if rows else {}
        panes = self._panes_at(width, height)
        counted = self.countdowns.place(panes["tokens"]) if "tokens" in panes else None
        return {**bars, **panes, **({"countdowns": counted} if counted else {}), **over}

    def _panes_at(self, width: int, height: int) -> dict[str, Place]:
        return arrange(width, height, self._wish, lambda name, wide, most: self.panes[name].wanted_lines(wide, most))

    def _settle(self, size: Size) -> None:
        """Show, hide and place the panes as the size and the content ask."""
        places = self.places(size)
        if places == self._shown:
            return
        self._shown = places
        focused = self.focused
        for name, pane in self.panes.items():
            pane.display = name in places
            if name in places:
                pane.tabs = places[name].tabs
                pane.at_bottom = places[name].y + places[name].height == size.height - 1
        for bar in (self.header, self.footer, self.countdowns, self.whole_text, self.too_small):
            bar.display = bar.id in places
        self.footer.refresh(layout=True)
        if isinstance(focused, Pane) and not focused.display:
            self.focus_pane(self.front_pane)

    def on_resize(self, event: events.Resize) -> None:
        self._settle(event.size)

    @property
    def front_pane(self) -> str:
        """The pane that gets the focus when the one that had it is gone."""
        shown = [name for name in self._shown if name in self.panes]
        return next((name for name in (self._wish.zoomed, "tokens", "guide", *shown) if name in shown), "source")

    @property
    def pane(self) -> Pane:
        """The pane that has the focus."""
        return self.focused if isinstance(self.focused, Pane) else self.panes[self.front_pane]

    @property
    def shown_panes(self) -> dict[str, Place]:
        """The panes on the screen, in reading order, with their places."""
        return {name: place for name, place in self._shown.items() if name in self.panes}

    def focus_pane(self, name: str) -> None:
        """Bring a pane to the front and give it the focus."""
        if name not in self._shown and self._wish.empty and name not in ("source", "events"):
            name = "guide"
        if name in _TABS:
            self.wish(tab=name)
        if self._wish.zoomed and self._wish.zoomed != name:
            self.wish(zoomed=name)
        if self.panes[name].display:
            self.set_focus(self.panes[name])  # at once: the next key may be here already

    def wish(self, **changes: Any) -> None:
        """Change what the arrangement depends on."""
        before = self._wish
        self._wish = Wish(**{"tab": before.tab, "zoomed": before.zoomed, "empty": before.empty, **changes})
        if self._wish != before:
            self._settle(self.size)
            self._draw_panes()

    @property
    def zoomed(self) -> str:
        """The pane that has the whole screen, "" for none."""
        return self._wish.zoomed

    # What is drawn

    def show(self, snapshot: Snapshot, *, redacted: bool = False) -> None:
        """Draw another snapshot."""
        told = self._notice_until is not None or bool(self.header.badge)
        if not told and snapshot.phase == "ready" and snapshot.assumptions:
            self._notice = "; ".join(snapshot.assumptions)
            self._notice_until = self.clock.now() + _NOTICE
        self.look(snapshot=snapshot)
        with self.app.batch_update():
            self.header.show(snapshot, redacted=redacted)

    def look(self, **changes: Any) -> None:
        """Change the scene and draw what differs."""
        before = self.scene
        kept = {"snapshot": before.snapshot, "times": before.times, "token": before.token, "vault": before.vault}
        self.scene = Scene(**{**kept, "now": self.clock.now(), **changes})
        for pane in self.panes.values():
            pane.scene = self.scene
        with self.app.batch_update():
            source = self.scene.snapshot.source
            self._wish = Wish(self._wish.tab, self._wish.zoomed, source.kind == "none" and source.failure is not None)
            if self.is_mounted:
                self._settle(self.size)
            self._draw_panes()
            self._follow_selection(before.snapshot)
            self.footer.show(self.pane.name_id, empty=self._wish.empty)

    def _follow_selection(self, before: Snapshot) -> None:
        """Another identity was selected, maybe one that was just added: put the cursor of the list on it."""
        old, new = before.identity, self.scene.snapshot.identity
        if new is not None and (old is None or old.identity != new.identity):
            self.panes["identity"].go_to(self.scene.snapshot.selected)

    def _draw_panes(self) -> None:
        for pane in self.panes.values():
            pane.redraw()
        self.countdowns.redraw()
        if self.is_mounted:
            self._show_whole()

    def tick(self) -> None:
        """A second has passed: draw what changes with the time alone."""
        if self._said_until is not None and self.clock.now() >= self._said_until:
            self.flash("")
        if self._notice_until is not None and self.clock.now() >= self._notice_until:
            self._drop_notice()
        if self.scene.snapshot.paused or not self.is_active:
            return
        self.scene = Scene(self.scene.snapshot, self.clock.now(), self.scene.times, self.scene.token, self.scene.vault)
        with self.app.batch_update():
            for pane in self.panes.values():
                pane.scene = self.scene
                if pane.ticks:
                    pane.redraw()
            self.countdowns.redraw()

    def on_screen_resume(self) -> None:
        self.look()

    def repaint_in(self, palette: Palette) -> None:
        """Paint everything in another theme."""
        for widget in self.query(LineWidget):
            widget.repaint_in(palette)

    def flash(self, words: str, role: Role = "text") -> None:
        """Say what was just done, in place of the footer's keys, for a few seconds."""
        self._said_until = self.clock.now() + _FLASH if words else None
        self.footer.say(words, role)

    def _show_whole(self) -> None:
        """Show the whole of what is marked, where the pane has only part of it."""
        before = self.whole_text.rows(self.size.width)
        self.whole_text.show(self._notice or self.pane.whole_text)
        if self.whole_text.rows(self.size.width) != before:
            self._settle(self.size)

    def _drop_notice(self) -> None:
        """Say no longer what was assumed; the source pane goes on saying it."""
        if self._notice:
            self._notice = ""
            self._show_whole()

    def on_pane_moved(self, event: Pane.Moved) -> None:
        """Follow the cursor: the marked token is the one whose claims are shown."""
        pane = event.pane
        self.countdowns.redraw()
        if pane is not self.pane:
            return
        self._drop_notice()
        self.footer.show(pane.name_id, empty=self._wish.empty)
        if pane.name_id == "tokens" and pane.at != self.scene.token:
            self.look(token=pane.at)
        self._show_whole()

    def on_pane_tab_chosen(self, event: Pane.TabChosen) -> None:
        self.focus_pane(event.pane_name)

    def next_pane(self, step: int) -> None:
        """Go to the next pane in reading order, the tabs of a frame included."""
        shown = self.shown_panes
        order = [name for name in (*PANES, "guide") if name in shown or (name in _TABS and _tabbed(name, shown))]
        if self._wish.zoomed:
            order = [*PANES]
        at = order.index(self.pane.name_id) if self.pane.name_id in order else 0
        if order:  # none on a terminal that is too small
            self.focus_pane(order[(at + step) % len(order)])


def _tabbed(name: str, shown: dict[str, Place]) -> bool:
    return any(name in place.tabs for place in shown.values())
