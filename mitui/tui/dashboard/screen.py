"""The dashboard: every pane and bar, and the parts that place them, fill them and answer keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events
from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.layout import Layout
from textual.reactive import Reactive
from textual.screen import Screen

from mitui.clock import Clock
from mitui.monitor.snapshot import Snapshot
from mitui.tui.dashboard.arrangement import Place
from mitui.tui.dashboard.arranger import Arranger
from mitui.tui.dashboard.bars import Footer, Header, TooSmall, WholeText
from mitui.tui.dashboard.stage import Stage
from mitui.tui.drawing.line_widget import LineWidget
from mitui.tui.drawing.lines import Role
from mitui.tui.drawing.released_memory import release_what_was_shown
from mitui.tui.feed import Exports
from mitui.tui.keys.action import Action
from mitui.tui.keys.actions import BY_ID, OF_AN_ENDPOINT, bindings
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.registry import PANE_KINDS
from mitui.tui.panes.tokens import Countdowns, TokensPane
from mitui.tui.scene import Scene
from mitui.tui.settings import DashboardSettings

if TYPE_CHECKING:
    from mitui.monitor.intents import Intent
    from mitui.tui.dashboard.copying import Copying
    from mitui.tui.dashboard.dialogs import Dialogs
    from mitui.tui.dashboard.differences import Differences
    from mitui.tui.dashboard.enter import Enter
    from mitui.tui.dashboard.moves import Moves
    from mitui.tui.dashboard.pages import Pages
    from mitui.tui.dashboard.requests import Requests
    from mitui.tui.drawing.palette import Palette

_FLASH: Final = 4.0
"""Seconds for which the footer says what was just done."""
_UNSEEN: Final = ("moves.", "requests.", "dialogs.assigned", "pages.jump")
_SEEN: Final = ("quit", "suspend", "back")
"""Where the terminal is too small for the board, what begins so does nothing, but for these."""
_SETTLED: Final = 0.5
"""Seconds after which what a page has left is released."""


class Dashboard(Screen[None]):
    """Owns the widgets and the parts, and hands each event on; the parts know each other only through it."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)  # as a LineWidget's, and for the same reason

    def __init__(
        self,
        clock: Clock,
        palette: Palette,
        actions: tuple[Action, ...],
        settings: DashboardSettings,
        send: Callable[[Intent], None],
        exports: Exports,
    ) -> None:
        super().__init__(id="board")
        self.clock = clock
        self.actions = actions
        self._send = send
        self._exports = exports
        self._said_until: float | None = None
        self._was_covered = False
        self.header = Header(palette)
        self.footer = Footer(palette, actions)
        self.whole_text = WholeText(palette)
        self.too_small = TooSmall(palette)
        self.arranger = Arranger(self)
        self.stage = Stage(self, settings.times, exports, live=settings.live)
        self.panes: dict[str, Pane] = {kind.name_id: kind(palette, self.stage.scene) for kind in PANE_KINDS}
        self.countdowns = Countdowns(palette, cast("TokensPane", self.panes["tokens"]))
        self.bars = (self.header, self.footer, self.countdowns, self.whole_text, self.too_small)

    def compose(self) -> ComposeResult:
        yield self.header
        yield from self.panes.values()
        yield self.countdowns
        yield self.footer
        yield self.whole_text
        yield self.too_small

    # The parts that answer keys: each is loaded when it is first needed, and not before the first frame

    @cached_property
    def requests(self) -> Requests:
        from mitui.tui.dashboard.requests import Requests

        return Requests(self, self._send)

    @cached_property
    def dialogs(self) -> Dialogs:
        from mitui.tui.dashboard.dialogs import Dialogs

        return Dialogs(self)

    @cached_property
    def pages(self) -> Pages:
        from mitui.tui.dashboard.pages import Pages

        return Pages(self)

    @cached_property
    def copying(self) -> Copying:
        from mitui.tui.dashboard.copying import Copying

        return Copying(self, self._exports)

    @cached_property
    def differences(self) -> Differences:
        from mitui.tui.dashboard.differences import Differences

        return Differences(self, self._exports)

    @cached_property
    def moves(self) -> Moves:
        from mitui.tui.dashboard.moves import Moves

        return Moves(self)

    @cached_property
    def enter(self) -> Enter:
        from mitui.tui.dashboard.enter import Enter

        return Enter(self)

    @property
    def layout(self) -> Layout:
        return self.arranger.layout

    @property
    def scene(self) -> Scene:
        """What the panes draw."""
        return self.stage.scene

    @property
    def pane(self) -> Pane:
        """The pane that has the focus."""
        return self.arranger.pane

    @property
    def shown_panes(self) -> dict[str, Place]:
        """The panes on the screen, in reading order, with their places."""
        return self.arranger.shown

    @property
    def zoomed(self) -> str:
        """The pane that has the whole screen, "" for none."""
        return self.arranger.zoomed

    def action_do(self, action_id: str) -> None:
        """Do what the table of keys says of this action: call the method of the part that it names."""
        reason = self._cannot(action_id)
        if reason:
            self.flash(reason, "warn")
            return
        part, method, arguments = parse(BY_ID[action_id].action)
        getattr(getattr(self, part), method)(*arguments)

    def _cannot(self, action_id: str) -> str:
        """Why this can't be done now, "" where it can."""
        live = self.scene.live
        if all(each.id != action_id for each in self.actions):
            return (
                "a simulated host has no processes" if live else "this is a saved file, and nothing can be asked of it"
            )
        if self.arranger.empty and action_id in OF_AN_ENDPOINT:
            return "this needs an identity endpoint" + ("; r looks for one again" if live else "")
        if self.arranger.is_too_small and action_id not in _SEEN and BY_ID[action_id].action.startswith(_UNSEEN):
            return "this key does nothing here, where you would not see what it does"
        return ""

    def on_mount(self) -> None:
        self.arranger.settle(self.app.size)
        self.arranger.focus("tokens")
        fraction = self.clock.now() % 1
        self.set_timer((1.5 - fraction) % 1 or 1.0, self._start_ticking)

    def _start_ticking(self) -> None:
        self.tick()
        self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """A second has passed."""
        if self._said_until is not None and self.clock.monotonic() >= self._said_until:
            self.flash("")
        self.stage.tick()

    def receive(self, snapshot: Snapshot) -> None:
        """Take the newest snapshot."""
        self.stage.receive(snapshot)
        self.dialogs.follow(snapshot)
        self.differences.follow(snapshot)

    def on_resize(self, event: events.Resize) -> None:
        self.arranger.settle(event.size)

    def on_screen_suspend(self) -> None:
        self._was_covered = True

    def on_screen_resume(self) -> None:
        self.stage.look()
        if self._was_covered:
            self._was_covered = False
            self.set_timer(_SETTLED, release_what_was_shown)

    def on_pane_moved(self, event: Pane.Moved) -> None:
        self.stage.follow(event.pane)

    def on_pane_tab_chosen(self, event: Pane.TabChosen) -> None:
        self.arranger.focus(event.pane_name)

    def on_pane_acted(self, event: Pane.Acted) -> None:
        self.enter.on_item(event.pane, event.key)

    def repaint_in(self, palette: Palette) -> None:
        """Paint everything in another theme."""
        for widget in self.query(LineWidget):
            widget.repaint_in(palette)

    def flash(self, words: str, role: Role = "text") -> None:
        """Say what was just done, in place of the footer's keys, for a few seconds."""
        self._said_until = self.clock.monotonic() + _FLASH if words else None
        self.footer.say(words, role)
        self.too_small.say(words, role)

    def hides(self, what: str) -> bool:
        """Whether ids are masked; if so, says that ``what`` can't be had then, since it would show them."""
        if self.stage.redacted:
            self.flash(f"ids are masked, and {what} would show them; x unmasks", "warn")
        return self.stage.redacted
