"""The pages and dialogs that open over the board, and what is done with their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mitui.clock import Clock
from mitui.monitor.intents import Intent
from mitui.monitor.snapshot import IdentityView, Snapshot, TokenView, VaultView
from mitui.tui.actions import Action
from mitui.tui.board import Board
from mitui.tui.feed import Redaction
from mitui.tui.settings import TimeFormat

if TYPE_CHECKING:
    from mitui.tui.palette import Palette
    from mitui.tui.screens.why_subject import Why


class BoardWithPages(Board):
    """The board and what it opens. ``actual`` is the snapshot as it came; what is drawn may be its masked twin."""

    def __init__(
        self,
        clock: Clock,
        palette: Palette,
        actions: tuple[Action, ...],
        times: TimeFormat,
        send: Callable[[Intent], None],
        redact: Redaction | None = None,
    ) -> None:
        super().__init__(clock, palette, actions, times)
        self.actual = Snapshot()
        self.redacted = False
        self._send = send
        self._redact = redact

    def receive(self, snapshot: Snapshot) -> None:
        """Take the newest snapshot and draw it, masked if that was asked for."""
        self.actual = snapshot
        masked = self._redact(snapshot) if self.redacted and self._redact is not None else snapshot
        self.show(masked, redacted=self.redacted)

    def ask(self, intent: Intent | None, words: str = "") -> None:
        """Send an intent, and say so; None, a dialog's answer when it was left, does nothing."""
        if intent is not None:
            self._send(intent)
            self.flash(words)

    # What the cursor is on, as it came

    @property
    def identity(self) -> IdentityView | None:
        """The identity under the cursor of the list, None on "add"."""
        pane = self.panes["identity"]
        key = pane.item.key if pane.item is not None else ""
        return self.actual.identities[int(key)] if key.isdigit() and int(key) < len(self.actual.identities) else None

    @property
    def token(self) -> TokenView | None:
        """The token that is looked at."""
        return replace(self.scene, snapshot=self.actual).the_token

    @property
    def vault(self) -> VaultView | None:
        """The vault that is looked at."""
        return replace(self.scene, snapshot=self.actual).the_vault

    # Why

    def open_why(self, why: Why) -> None:
        """Push the page that explains one thing."""
        from mitui.tui.screens.why import WhyScreen

        self.app.push_screen(WhyScreen(why))

    def why_source(self) -> None:
        """Why this source, or why none."""
        from mitui.tui.screens.why_subject import why_source

        self.open_why(why_source(self.scene.snapshot.source, self.scene.times))

    def why_identity(self, index: int) -> bool:
        """What is the matter with an identity; False when nothing is."""
        from mitui.tui.screens.why_subject import why_token, why_warnings

        shown = self.scene.snapshot.identities[index]
        broken = next((token for token in shown.tokens if token.failure is not None), None)
        why = why_token(broken, shown, self.scene.times) if broken else why_warnings(shown.name, shown.warnings)
        if why is not None:
            self.open_why(why)
        return why is not None

    def why_token(self) -> bool:
        """What is the matter with the token that is looked at; False when nothing is."""
        from mitui.tui.screens.why_subject import why_token

        token, identity = self.scene.the_token, self.scene.identity
        why = why_token(token, identity, self.scene.times) if token and identity else None
        if why is not None:
            self.open_why(why)
        return why is not None

    def why_vault(self) -> None:
        """Why the vault could not be probed."""
        from mitui.tui.screens.why_subject import why_vault

        vault, identity = self.scene.the_vault, self.scene.identity
        why = why_vault(vault, identity, self.scene.times) if vault and identity else None
        if why is not None:
            self.open_why(why)

    def why_permission(self, key: str) -> None:
        """What is known of one permission, and how to get it."""
        from mitui.tui.screens.why_subject import why_permission

        vault, identity = self.scene.the_vault, self.scene.identity
        name = key.partition(":")[2]
        cells = vault.permissions if vault else ()
        cell = next((each for each in cells if f"{each.result.object_type}/{each.result.permission}" == name), None)
        if vault is not None and identity is not None and cell is not None:
            self.open_why(why_permission(cell, vault, identity, self.scene.times))

    # Pages

    def action_help(self) -> None:
        from mitui.tui.screens.help import pane_help

        self.app.push_screen(pane_help(self.pane.name_id, self.actions))

    def show_text(self, title: str, text: str) -> None:
        """Push the page on which a text can be selected."""
        from mitui.tui.screens.show_text import ShowTextScreen

        self.app.push_screen(ShowTextScreen(title, text))

    def action_copy(self) -> None:
        from mitui.tui.clipboard import copy

        item = self.pane.item
        text = (item.copy or item.full) if item is not None else ""
        if text:
            self.flash(copy(self.app, text, "it"))
        else:
            self.flash("there is nothing to copy here", "warn")

    def action_redact(self) -> None:
        if self._redact is None:
            self.flash("ids can't be masked in this session", "warn")
            return
        self.redacted = not self.redacted
        self.receive(self.actual)

    # Dialogs

    def action_add_identity(self) -> None:
        from mitui.tui.screens.add_identity import AddIdentityScreen

        self.app.push_screen(
            AddIdentityScreen(self.actual.source, self.actual.identities),
            lambda answer: self.ask(answer, "added; its tokens are being asked for"),
        )

    def action_add_resource(self) -> None:
        self.flash("not yet")

    def action_add_vault(self) -> None:
        self.flash("not yet")

    def set_filter(self, text: str) -> None:
        """Show only what holds ``text`` in the pane that has the focus."""
        self.pane.filter = text
        self.pane.redraw()
