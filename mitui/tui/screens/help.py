"""Help on the pane that has the focus: what it shows, its keys, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from textual.widget import Widget
from textual.widgets import Static

from mitui.tui.drawing.words import said, said_line
from mitui.tui.keys.action import Action, everywhere, in_pane, shown_keys
from mitui.tui.keys.actions import ACTIONS, TITLES
from mitui.tui.screens.dialog import Page
from mitui.tui.screens.help_text import PROSE
from mitui.tui.screens.keys import CLOSE, PAGE, SCROLL
from mitui.tui.screens.pairs import Pairs

Group = tuple[str, Sequence[tuple[str, str]]]
_KEYS_WIDTH: Final = 12


class HelpScreen(Page):
    """Prose, then groups of keys with what each does."""

    hint_actions = (SCROLL[3], SCROLL[5], SCROLL[6], CLOSE)

    def __init__(self, title: str, prose: str, groups: Sequence[Group]) -> None:
        super().__init__(f"Help · {title}")
        self._prose = prose
        self._groups = groups

    def body(self) -> Iterable[Widget]:
        yield Static(said(self._prose))
        for title, rows in self._groups:
            yield Static(said_line(title), classes="heading")
            pairs = [(said_line(keys, "$accent"), said(words)) for keys, words in rows]
            yield Pairs(pairs, _KEYS_WIDTH)


def _rows(actions: Iterable[Action]) -> tuple[tuple[str, str], ...]:
    return tuple((shown_keys(action), action.description) for action in actions if action.keys)


def pane_help(pane: str, actions: Sequence[Action] = ACTIONS) -> HelpScreen:
    """The help of one pane, from the table of keys as it is in force."""
    title = TITLES[pane]
    groups = (
        (f"In {title}", in_pane(pane, actions)),
        ("Everywhere", everywhere(actions)),
        ("In pages like this", PAGE),
    )
    shown = tuple((name, _rows(chosen)) for name, chosen in groups)
    return HelpScreen(title, PROSE[pane], tuple((name, rows) for name, rows in shown if rows))
