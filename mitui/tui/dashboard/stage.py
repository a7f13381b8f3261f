"""What is looked at: the newest snapshot, masked or not, as one scene that every pane draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mitui.monitor.snapshot import Snapshot
from mitui.tui.dashboard.failures import failures
from mitui.tui.keys.names import shown_key
from mitui.tui.scene import Scene

if TYPE_CHECKING:
    from mitui.monitor.event import Event
    from mitui.monitor.identity_view import IdentityView, TokenView, VaultView
    from mitui.tui.dashboard.screen import Dashboard
    from mitui.tui.feed import Exports
    from mitui.tui.panes.pane import Pane
    from mitui.tui.settings import TimeFormat

_NOTED: Final = 100
"""Events of the board's own that are kept."""
_NOTICE: Final = 12.0
"""Seconds for which what was assumed at the start is told."""


class Stage:
    """``actual`` is the snapshot as it came; the scene that is drawn may hold its masked twin."""

    def __init__(self, dashboard: Dashboard, times: TimeFormat, exports: Exports, *, live: bool) -> None:
        self._dashboard = dashboard
        self._redact = exports.redact
        self.came_masked = exports.masked
        self._notice = ""
        self._notice_until: float | None = None
        self._came = self.actual = Snapshot()
        self._own_events: tuple[Event, ...] = ()
        self.redacted = False
        keys = {each.id: shown_key(each.key_list[0]) for each in dashboard.actions if each.keys}
        add, watch = keys.get("add", ""), keys.get("watch", "")
        self.scene = Scene(Snapshot(), dashboard.clock.now(), times, live=live, add_key=add, watch_key=watch)

    def receive(self, snapshot: Snapshot) -> None:
        """Take the newest snapshot and draw it, masked if that was asked for."""
        self._came = self.actual = snapshot
        if self._own_events:
            events = sorted((*snapshot.events, *self._own_events), key=lambda event: event.at)
            self.actual = snapshot = replace(snapshot, events=tuple(events))
        self.show(self.as_shown(snapshot))

    def note(self, event: Event) -> None:
        """Show what a person did here among what the refresher did."""
        self._own_events = (*self._own_events, event)[-_NOTED:]
        self.receive(self._came)

    def as_shown(self, snapshot: Snapshot) -> Snapshot:
        """With every id masked, if that was asked for."""
        redact = self._redact if self.redacted else None
        return redact(snapshot) if redact is not None else snapshot

    def show(self, snapshot: Snapshot) -> None:
        """Draw another snapshot."""
        board = self._dashboard
        told = self._notice_until is not None or bool(board.header.badge)
        if not told and snapshot.phase == "ready" and snapshot.assumptions:
            self._notice = "; ".join(snapshot.assumptions)
            self._notice_until = board.clock.now() + _NOTICE
        self.look(snapshot=snapshot)
        with board.app.batch_update():
            board.header.show(snapshot, redacted=self.shows_masks, times=self.scene.times)

    def look(self, **changes: Any) -> None:
        """Change the scene and draw what differs."""
        board, before = self._dashboard, self.scene
        self.scene = replace(before, now=board.clock.now(), **changes)
        for pane in board.panes.values():
            pane.scene = self.scene
        with board.app.batch_update():
            source = self.scene.snapshot.source
            board.arranger.note_emptiness(source.kind == "none" and source.failure is not None)
            if board.is_mounted:
                board.arranger.settle(board.size)
            self.draw_panes()
            self._follow_selection(before.snapshot)
            self.show_keys()

    def _follow_selection(self, before: Snapshot) -> None:
        """Another identity was selected, maybe one that was just added: put the cursor of the list on it."""
        old, new = before.identity, self.scene.snapshot.identity
        if new is not None and (old is None or old.identity != new.identity):
            self._dashboard.panes["identity"].go_to(self.scene.snapshot.selected)

    def draw_panes(self) -> None:
        """Draw every pane anew where it differs."""
        for pane in self._dashboard.panes.values():
            pane.redraw()
        self._dashboard.countdowns.redraw()
        if self._dashboard.is_mounted:
            self._show_whole()

    def show_keys(self) -> None:
        """Show the keys of the pane that has the focus."""
        arranger, vault = self._dashboard.arranger, self.scene.the_vault
        labels = {"watch": "stop"} if vault is not None and vault.is_watched else {}
        self._dashboard.footer.show(
            arranger.pane.name_id, empty=arranger.empty, failing=bool(failures(self.scene)), labels=labels
        )

    def tick(self) -> None:
        """A second has passed: draw what changes with the time alone."""
        board = self._dashboard
        if self._notice_until is not None and board.clock.now() >= self._notice_until:
            self._drop_notice()
        if self.scene.snapshot.paused or not board.is_active:
            return
        self.scene = replace(self.scene, now=board.clock.now())
        with board.app.batch_update():
            for pane in board.panes.values():
                pane.scene = self.scene
                if pane.ticks:
                    pane.redraw()
            board.countdowns.redraw()

    def follow(self, pane: Pane) -> None:
        """Follow the cursor: the marked token is the one whose claims are shown."""
        self._dashboard.countdowns.redraw()
        if pane is not self._dashboard.arranger.pane:
            return
        self._drop_notice()
        self.show_keys()
        if pane.name_id == "tokens" and pane.at != self.scene.token:
            self.look(token=pane.at)
        self._show_whole()

    def _show_whole(self) -> None:
        """Show the whole of what is marked, where the pane has only part of it."""
        board = self._dashboard
        before = board.whole_text.rows(board.size.width)
        board.whole_text.show(self._notice or board.arranger.pane.whole_text)
        if board.whole_text.rows(board.size.width) != before:
            board.arranger.settle(board.size)

    def _drop_notice(self) -> None:
        """Say no longer what was assumed; the source pane goes on saying it."""
        if self._notice:
            self._notice = ""
            self._show_whole()

    @property
    def shows_masks(self) -> bool:
        """Whether what is drawn has a mask in place of each id."""
        return self.redacted or self.came_masked

    def mask(self) -> bool:
        """Mask every id, or show it again; False where that can't be done in this session."""
        if self._redact is None or self.came_masked:
            return False
        self.redacted = not self.redacted
        self.receive(self._came)
        return True

    @property
    def as_it_came(self) -> Scene:
        """The scene with nothing masked in it."""
        return replace(self.scene, snapshot=self.actual)

    @property
    def identity(self) -> IdentityView | None:
        """The identity under the cursor of the list, as it came; None on "add"."""
        pane = self._dashboard.panes["identity"]
        key = pane.item.key if pane.item is not None else ""
        return self.actual.identities[int(key)] if key.isdigit() and int(key) < len(self.actual.identities) else None

    @property
    def token(self) -> TokenView | None:
        """The token that is looked at, as it came."""
        return self.as_it_came.the_token

    @property
    def vault(self) -> VaultView | None:
        """The vault that is looked at, as it came."""
        return self.as_it_came.the_vault
