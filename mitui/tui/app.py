"""The application: it wires the feed, the board, the theme and the signals, and does nothing else."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events, work
from textual.app import App
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from mitui.clock import Clock
from mitui.defect import describe
from mitui.monitor.snapshot import Snapshot, Stopped
from mitui.tui.dashboard.screen import Dashboard
from mitui.tui.drawing.control_filter import AsciiFilter, ControlFilter
from mitui.tui.drawing.palette import Palette, palette
from mitui.tui.drawing.released_memory import release_removed_widgets
from mitui.tui.drawing.themes import DARK, LIGHT
from mitui.tui.feed import Exports, FeedFactory, SnapshotFeed
from mitui.tui.keys.actions import of_session
from mitui.tui.keys.keymap import long_keys, with_keys
from mitui.tui.settings import DashboardSettings
from mitui.tui.terminal_ground import GroundTold, hear_ground

if TYPE_CHECKING:
    from textual.filter import LineFilter
    from textual.theme import Theme

    from mitui.monitor.intents import Intent

LOST = "the refresher stopped; r starts it again"
_LONGEST_WAIT = 60.0
_SOUND_AFTER = 60.0
"""Seconds: the longest wait before the feed is started again, and how long one must have run to begin anew with 1 s."""


def _style_sheet() -> str:
    """The text of app.tcss, from wherever this module was loaded: a folder, a wheel or a zip file."""
    loader: Any = globals()["__loader__"]
    return str(loader.get_data(str(Path(__file__).with_name("app.tcss"))), "utf-8")


release_removed_widgets()


class MituiApp(App[int]):
    """The dashboard over one feed of Snapshots.

    ``feed`` builds the feed once the first frame stands. Return codes: 0 after ``q``, 128 plus the signal's number
    after SIGTERM and SIGHUP.
    """

    CSS = _style_sheet()
    TITLE = "mitui"
    ENABLE_COMMAND_PALETTE = False

    snapshot: var[Snapshot] = var(Snapshot(), init=False)

    def __init__(
        self,
        feed: FeedFactory,
        clock: Clock,
        *,
        settings: DashboardSettings | None = None,
        exports: Exports | None = None,
    ) -> None:
        self.settings = settings or DashboardSettings()
        self._nets = [ControlFilter(), *([AsciiFilter()] if self.settings.ascii else [])]
        super().__init__()
        self.animation_level = "none"
        self._make_feed = feed
        self._feed: SnapshotFeed | None = None
        self._fed_since = 0.0
        self._failures_of_feed = 0
        self._next_start: Timer | None = None
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = self.settings.theme if self.settings.theme in self.available_themes else DARK.name
        self._remembered_theme = self.theme
        self.ground_told = False
        if self.settings.follow_ground:
            hear_ground()
        keys = {name: long_keys(keys) for name, keys in self.settings.keys.items()}
        self.own_keys = keys
        self.set_keymap(keys)
        exports = exports or Exports()
        actions = of_session(with_keys(keys), live=self.settings.live, processes=exports.processes)
        self.dashboard = Dashboard(clock, self._palette(), actions, self.settings, self.send, exports)
        self.dashboard.header.badge = self.settings.badge
        self.dashboard.header.live = self.settings.live

    def _palette(self) -> Palette:
        theme = self.current_theme
        return palette(self.get_css_variables(), ansi=theme.ansi, dark=theme.dark, no_color=self.no_color)

    def get_default_screen(self) -> Screen[None]:
        return self.dashboard

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._nets]

    def on_mount(self) -> None:
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
            self.call_after_refresh(self._hear_resizes)
        self.theme_changed_signal.subscribe(self, self._repaint)
        self.call_after_refresh(self.follow)

    def _hear_resizes(self) -> None:
        """Let the loop deliver SIGWINCH: the interpreter can lose a handler's turn in a storm of them, and with it the
        last size, until the next key."""
        if sys.platform == "win32":
            return
        resized = signal.getsignal(signal.SIGWINCH)
        if callable(resized):
            asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, partial(resized, signal.SIGWINCH, None))

    def on_resize(self, event: events.Resize) -> None:
        """A window that shrank and grew again has lost what it showed, even where its size comes out the same."""
        if event.size == self.screen.outer_size:
            self.screen.refresh()

    def _repaint(self, theme: Theme) -> None:
        self.dashboard.repaint_in(self._palette())
        if theme.name != self._remembered_theme:
            self._remembered_theme = theme.name
            self.settings.remember_theme(theme.name)

    def on_ground_told(self, message: GroundTold) -> None:
        """Be light on a light ground, unless a theme has been chosen meanwhile."""
        first, self.ground_told = not self.ground_told, True
        if first and message.light and self.settings.follow_ground and self.theme == self.settings.theme:
            self._remembered_theme = LIGHT.name
            self.theme = LIGHT.name

    def action_help_quit(self) -> None:
        """ctrl+c: say how to leave, in the footer and not in a toast."""
        self.dashboard.flash("q quits")

    # The feed

    @work(exclusive=True, group="refresher", exit_on_error=False, description="refresher")
    async def follow(self) -> None:
        """Draw every Snapshot of the feed."""
        if self._next_start is not None:
            self._next_start.stop()
        self._fed_since = self.dashboard.clock.monotonic()
        self._feed = self._make_feed()
        async with aclosing(self._feed.snapshots()) as snapshots:
            async for snapshot in snapshots:
                self.snapshot = snapshot

    def watch_snapshot(self, snapshot: Snapshot) -> None:
        """A Snapshot that differs from the last one."""
        self.dashboard.receive(snapshot)

    def send(self, intent: Intent) -> None:
        """Hand an intent to the feed; a refresh starts a feed that has stopped."""
        if self._feed is not None:
            self._feed.send(intent)
        elif self.is_running:
            self.follow()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stay alive when the feed fails, and say so where it is seen."""
        ended = event.state in (WorkerState.ERROR, WorkerState.SUCCESS)
        if event.worker.group != "refresher" or not ended or not self.is_running:
            return
        self._feed = None
        clock = self.dashboard.clock
        now = clock.now()
        if clock.monotonic() - self._fed_since >= _SOUND_AFTER:
            self._failures_of_feed = 0
        wait = min(_LONGEST_WAIT, 2.0**self._failures_of_feed)
        self._failures_of_feed += 1
        self._next_start = self.set_timer(wait, self.follow)
        reason = describe(event.worker.error) if event.worker.error is not None else "it ended"
        kind = f" ({type(event.worker.error).__name__})" if event.worker.error is not None else ""
        self.dashboard.flash(f"{LOST}{kind}", "error")
        since = self.snapshot.stopped.at if self.snapshot.stopped is not None else now
        from mitui.monitor.event import Event

        events = (*self.snapshot.events, Event(now, "error", "mitui", f"the refresher stopped: {reason}"))
        self.snapshot = replace(self.snapshot, stopped=Stopped(since, reason, now + wait), events=events)

    def _fatal_error(self) -> None:
        """Print the traceback of a crash without local variables: they could hold what must not be shown."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        self._exit_renderables.append(
            Segments(self.console.render(Traceback(show_locals=False, width=None), self.console.options))
        )
        self._close_messages_no_wait()
