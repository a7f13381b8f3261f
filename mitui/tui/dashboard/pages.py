"""The pages that open over the dashboard: why something is as it is, help, commands, themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mitui.tui.keys.actions import OF_AN_ENDPOINT, TITLES

if TYPE_CHECKING:
    from mitui.monitor.identity_view import IdentityView, TokenView, VaultView
    from mitui.tui.dashboard.screen import Dashboard
    from mitui.tui.screens.why.lines import Why


class Pages:
    """``help``, ``palette``, ``theme`` and ``jump`` are actions of the table of keys; enter asks for the others."""

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        self._stage = dashboard.stage

    def open_why(self, why: Why | None) -> bool:
        """Push the page that explains one thing; False where there is nothing to explain."""
        if why is None:
            return False
        from mitui.tui.screens.why.screen import WhyScreen

        self._dashboard.app.push_screen(WhyScreen(why, masked=self._stage.shows_masks))
        return True

    def why_source(self) -> None:
        """Why this source, or why none."""
        from mitui.tui.screens.why.subject import why_source

        self.open_why(why_source(self._stage.scene.snapshot.source, self._stage.scene.times))

    def why_warning(self, index: int) -> None:
        """One warning about the host, with its remedy."""
        from mitui.tui.screens.why.subject import why_warnings

        self.open_why(why_warnings("this host", self._stage.scene.snapshot.warnings[index : index + 1]))

    def open_sdk_choices(self) -> None:
        """Which source each SDK would pick."""
        from mitui.tui.screens.sdk_choices import SdkChoicesScreen

        self._dashboard.app.push_screen(SdkChoicesScreen(self._stage.scene.snapshot.source))

    def why_identity(self, index: int) -> bool:
        """What is the matter with an identity; False when nothing is."""
        from mitui.tui.screens.why.subject import why_token, why_warnings

        shown = self._stage.scene.snapshot.identities[index]
        broken = next((token for token in shown.tokens if token.failure is not None), None)
        why = why_token(broken, shown, self._stage.scene.times) if broken else why_warnings(shown.name, shown.warnings)
        return self.open_why(why)

    def why_token(self, token: TokenView | None = None, identity: IdentityView | None = None) -> bool:
        """What is the matter with a token, that which is looked at unless another is given; False when nothing is."""
        from mitui.tui.screens.why.subject import why_token

        token, identity = token or self._stage.scene.the_token, identity or self._stage.scene.identity
        return self.open_why(why_token(token, identity, self._stage.scene.times) if token and identity else None)

    def why_vault(self, vault: VaultView | None = None, identity: IdentityView | None = None) -> bool:
        """Why a vault could not be probed, that which is looked at unless another is given; False where it could."""
        from mitui.tui.screens.why.subject import why_vault

        vault, identity = vault or self._stage.scene.the_vault, identity or self._stage.scene.identity
        return self.open_why(why_vault(vault, identity, self._stage.scene.times) if vault and identity else None)

    def why_permission(self, key: str) -> None:
        """What is known of one permission, and how to get it."""
        from mitui.tui.screens.why.subject import why_permission

        vault, identity = self._stage.scene.the_vault, self._stage.scene.identity
        name = key.partition(":")[2]
        cells = vault.one_each if vault else ()
        cell = next((each for each in cells if each.result.word == name), None)
        if vault is not None and identity is not None and cell is not None:
            self.open_why(why_permission(cell, vault, identity, self._stage.scene.times))

    def help(self) -> None:
        from mitui.tui.screens.help import pane_help

        board = self._dashboard
        actions = [each for each in board.actions if not (board.arranger.empty and each.id in OF_AN_ENDPOINT)]
        board.app.push_screen(pane_help(board.pane.name_id, actions))

    def palette(self) -> None:
        from mitui.tui.screens.commands import command_list

        self._dashboard.app.push_screen(command_list(self._dashboard.actions), self._run)

    def _run(self, action: str | None) -> None:
        if action is not None:
            self._dashboard.call_later(self._dashboard.action_do, action)

    def theme(self) -> None:
        from mitui.tui.screens.commands import theme_list

        self._dashboard.app.push_screen(
            theme_list(self._dashboard.app.available_themes, self._dashboard.app.theme), self._use_theme
        )

    def _use_theme(self, name: str | None) -> None:
        if name is not None:
            self._dashboard.app.theme = name

    def jump(self) -> None:
        from mitui.tui.screens.jump import JumpScreen, Target

        places = self._dashboard.shown_panes.items()
        if not places:  # on a terminal that is too small
            return
        frames = {tab: self._dashboard.panes[name] for name, place in places for tab in (place.tabs or (name,))}
        targets = [Target(_letter(tab), frame, partial(frame.tab_column, tab)) for tab, frame in frames.items()]
        letters = {_letter(tab): tab for tab in frames}
        self._dashboard.app.push_screen(
            JumpScreen(targets), lambda letter: self._dashboard.arranger.focus(letters[letter]) if letter else None
        )

    def show_text(self, title: str, text: str) -> None:
        """Push the page on which a text can be selected."""
        from mitui.tui.screens.show_text import ShowTextScreen

        self._dashboard.app.push_screen(ShowTextScreen(title, text))


def _letter(name: str) -> str:
    """The letter of a pane in jump mode."""
    return {"events": "e", "guide": "w"}.get(name, TITLES[name][0].lower())
