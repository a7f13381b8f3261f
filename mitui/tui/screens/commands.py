"""The lists behind ctrl+p and T: every command by its name, and every theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.theme import Theme

from mitui.tui.drawing.themes import in_order
from mitui.tui.keys.action import Action, shown_keys
from mitui.tui.screens.chooser import Choice, ChooseScreen


def command_list(actions: Iterable[Action]) -> ChooseScreen:
    """Every action that has a name in the palette; the answer is the id of the action."""
    choices = [
        Choice(action.id, action.palette, shown_keys(action), detail=action.description)
        for action in actions
        if action.palette
    ]
    return ChooseScreen("Commands", choices)


def theme_list(themes: Mapping[str, Theme], current: str) -> ChooseScreen:
    """Every theme, mitui's own first; the answer is its name."""
    choices = [Choice(name, name, _kind(themes[name])) for name in in_order(themes)]
    return ChooseScreen("Themes", choices, current)


def _kind(theme: Theme) -> str:
    shade = "dark" if theme.dark else "light"
    return f"{shade}, in the terminal's own 16 colours" if theme.ansi else shade
