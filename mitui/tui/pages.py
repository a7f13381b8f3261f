"""The pages and dialogs that open over the board, and what is done with their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mitui.clock import Clock
from mitui.monitor.snapshot import IdentityView, Snapshot, TokenView, VaultView
from mitui.tui.board import Board
from mitui.tui.drawing.lines import span
from mitui.tui.feed import Exports
from mitui.tui.keys.actions import TITLES, Action
from mitui.tui.scene import Scene
from mitui.tui.settings import TimeFormat

if TYPE_CHECKING:
    from mitui.monitor.intents import Intent
    from mitui.tui.drawing.palette import Palette
    from mitui.tui.screens.why_subject import Why


FILTERED = ("claims", "events")
"""The panes that ``/`` filters."""
_COPIED = {"identity": "the id", "tokens": "the resource", "events": "the event", "guide": "the command"}


class BoardWithPages(Board):
    """The board and what it opens. ``actual`` is the snapshot as it came; what is drawn may be its masked twin."""

    def __init__(
        self,
        clock: Clock,
        palette: Palette,
        actions: tuple[Action, ...],
        times: TimeFormat,
        send: Callable[[Intent], None],
        exports: Exports,
    ) -> None:
        super().__init__(clock, palette, actions, times)
        self.actual = Snapshot()
        self.redacted = False
        self._send = send
        self._exports = exports

    def receive(self, snapshot: Snapshot) -> None:
        """Take the newest snapshot and draw it, masked if that was asked for."""
        self.actual = snapshot
        redact = self._exports.redact if self.redacted else None
        masked = redact(snapshot) if redact is not None else snapshot
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
    def scene_as_it_came(self) -> Scene:
        """The scene with nothing masked in it."""
        return replace(self.scene, snapshot=self.actual)

    def hides(self, what: str) -> bool:
        """Whether ids are masked; if so, says that ``what`` can't be had then, since it would show them."""
        if self.redacted:
            self.flash(f"ids are masked, and {what} would show them; x unmasks", "warn")
        return self.redacted

    @property
    def token(self) -> TokenView | None:
        """The token that is looked at."""
        return self.scene_as_it_came.the_token

    @property
    def vault(self) -> VaultView | None:
        """The vault that is looked at."""
        return self.scene_as_it_came.the_vault

    # Why

    def open_why(self, why: Why) -> None:
        """Push the page that explains one thing."""
        from mitui.tui.screens.why import WhyScreen

        self.app.push_screen(WhyScreen(why))

    def why_source(self) -> None:
        """Why this source, or why none."""
        from mitui.tui.screens.why_subject import why_source

        self.open_why(why_source(self.scene.snapshot.source, self.scene.times))

    def why_warning(self, index: int) -> None:
        """One warning about the host, with its remedy."""
        from mitui.tui.screens.why_subject import why_warnings

        why = why_warnings("this host", self.scene.snapshot.warnings[index : index + 1])
        if why is not None:
            self.open_why(why)

    def open_sdk_choices(self) -> None:
        """Which source each SDK would pick."""
        from mitui.tui.screens.sdk_choices import SdkChoicesScreen

        self.app.push_screen(SdkChoicesScreen(self.scene.snapshot.source))

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

    def action_palette(self) -> None:
        from mitui.tui.screens.commands import command_list

        self.app.push_screen(command_list(self.actions), self._run)

    def _run(self, action: str | None) -> None:
        if action is not None:
            self.call_later(self.run_action, action)

    def action_theme(self) -> None:
        from mitui.tui.screens.commands import theme_list

        self.app.push_screen(theme_list(self.app.available_themes, self.app.theme), self._use_theme)

    def _use_theme(self, name: str | None) -> None:
        if name is not None:
            self.app.theme = name

    def action_jump(self) -> None:
        from mitui.tui.screens.jump import JumpScreen, Target

        places = self.shown_panes.items()
        frames = {tab: self.panes[name] for name, place in places for tab in (place.tabs or (name,))}
        targets = [Target(_letter(tab), frame, partial(frame.tab_column, tab)) for tab, frame in frames.items()]
        letters = {_letter(tab): tab for tab in frames}
        self.app.push_screen(JumpScreen(targets), lambda letter: self.focus_pane(letters[letter]) if letter else None)

    def show_text(self, title: str, text: str) -> None:
        """Push the page on which a text can be selected."""
        from mitui.tui.screens.show_text import ShowTextScreen

        self.app.push_screen(ShowTextScreen(title, text))

    def action_filter(self) -> None:
        if self.pane.name_id not in FILTERED:
            self.focus_pane("claims")
        if self.pane.name_id in FILTERED:
            from mitui.tui.screens.filter_line import FilterScreen

            self.app.push_screen(FilterScreen(self.pane.filter, self.set_filter), self.set_filter)

    def set_filter(self, text: str | None) -> None:
        """Show only what holds ``text`` in the pane that has the focus."""
        self.pane.filter = text or ""
        self.pane.redraw()

    # Copying and masking

    def action_copy(self) -> None:
        from mitui.tui.clipboard import copy

        item = self.pane.item
        if item is None or not item.copy:
            self.flash("there is nothing to copy here", "warn")
            return
        what = item.key if self.pane.name_id == "claims" else _COPIED.get(self.pane.name_id, "the line")
        self.flash(copy(self.app, item.copy, span(what).text))

    def action_copy_report(self) -> None:
        """Copy the board as it is shown, masked or not, and show what was copied."""
        if self._exports.report is None:
            self.flash("there is no report in this session", "warn")
            return
        from mitui.tui.clipboard import copy
        from mitui.tui.screens.show_text import ShowTextScreen

        report = self._exports.report(self.scene.snapshot)
        self.app.push_screen(ShowTextScreen("The board, for a ticket", report, copy(self.app, report, "the board")))

    def action_copy_token(self) -> None:
        token, identity = self.token, self.actual.identity
        if self._exports.raw_token is None or token is None or identity is None:
            self.flash("raw tokens are not copied unless the config says allow_token_copy = true", "warn")
            return
        if self.hides("a raw token"):
            return
        from mitui.tui.screens.confirm import confirm_token_copy

        raw = partial(self._exports.raw_token, identity.identity, token.resource)
        self.app.push_screen(confirm_token_copy(token), lambda agreed: self._copy_token(raw) if agreed else None)

    def _copy_token(self, raw: Callable[[], str]) -> None:
        from mitui.tui.clipboard import copy_secret

        text = raw()
        if text:
            self.flash(copy_secret(self.app, text, "the token"))
        else:
            self.flash("there is no token to copy", "warn")

    def action_redact(self) -> None:
        if self._exports.redact is None:
            self.flash("ids can't be masked in this session", "warn")
            return
        self.redacted = not self.redacted
        self.receive(self.actual)
        self.flash("ids are masked, here and in what is copied" if self.redacted else "ids are shown")


def _letter(name: str) -> str:
    """The letter of a pane in jump mode."""
    return {"events": "e", "guide": "w"}.get(name, TITLES[name][0].lower())
