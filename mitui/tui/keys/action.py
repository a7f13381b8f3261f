"""One thing a person can do, with its keys and the words for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mitui.tui.keys.names import shown_key

Place = Literal["board", "page", "dialog", "question"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    ``id`` names it in the config's ``[keys]``; ``keys`` is a comma-separated list in Textual's spelling; ``action`` is
    ``part.method``, a method of one of the dashboard's parts, with its arguments. ``description`` is the sentence of
    the help, ``label`` the one or two words of the footer, those of the id unless others are given. ``palette`` is its
    name in the command palette ("token: refresh now"), "" to leave it out. ``panes`` are those in which it has a
    meaning (empty: everywhere). ``asks`` marks what needs somebody to ask, which a saved file is not.
    ``place`` is what it is done on: the board, a page to read, a dialog with a field, or a question. A key means one
    thing in each place.
    """

    id: str
    keys: str
    action: str
    description: str
    palette: str = ""
    label: str = ""
    panes: tuple[str, ...] = ()
    asks: bool = False
    place: Place = "board"

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label or self.id.replace("_", " "))

    @property
    def call(self) -> str:
        """What Textual runs for it: a page's own method, or the dashboard's part by way of ``Dashboard.action_do``."""
        return f"do({self.id!r})" if self.place == "board" else self.action

    @property
    def key_list(self) -> tuple[str, ...]:
        """The keys, one by one."""
        return tuple(key.strip() for key in self.keys.split(",") if key.strip())


def shown_keys(action: Action) -> str:
    """All keys of an action, for a list: ``q ctrl+q``."""
    return " ".join(shown_key(key) for key in action.key_list)


def in_pane(pane: str, actions: Iterable[Action]) -> tuple[Action, ...]:
    """What is particular to one pane: its own actions, in the table's order."""
    return tuple(action for action in actions if pane in action.panes)


def everywhere(actions: Iterable[Action]) -> tuple[Action, ...]:
    """What can be done in every pane."""
    return tuple(action for action in actions if not action.panes and action.place == "board")


def in_place(place: Place, actions: Iterable[Action]) -> tuple[Action, ...]:
    """What can be done in one place, in the table's order."""
    return tuple(action for action in actions if action.place == place)
