"""Which keys the footer of a pane shows, and which of them give way first where it is narrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mitui.tui.keys.action import Action
from mitui.tui.keys.actions import OF_AN_ENDPOINT

_ALWAYS: Final = ("help", "quit")
_WANTED: Final = (
    *("why", "add", "refresh", "copy_report", "filter", "copy", "save", "next_failure", "probe"),
    *("redact", "compare", "process", "zoom"),
    *("remove", "rename", "refresh_one", "next_vault", "pause", "times", "identity"),
)
"""The most wanted first. The first line are those of 80 columns: to look, to add, to ask again, to tell somebody. What
can be had by another key that stands on the screen, as the number of a pane, comes last.
"""
_WANTED_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "source": ("why", "refresh", "copy_report", "process", "copy", "save", "zoom"),
    "guide": ("why", "refresh", "process", "copy_report", "copy", "save", "redact"),
    "identity": (
        *("why", "add", "refresh", "copy_report", "copy", "save", "next_failure", "probe", "assigned", "compare"),
        "redact",
    ),
    "vault": (
        "why",
        "add",
        "probe",
        "copy_report",
        "watch",
        "save",
        "copy",
        "refresh",
        "redact",
        "compare",
        "next_failure",
    ),
}
"""What is more wanted in one pane than elsewhere."""


def footer_actions(
    pane: str, actions: Iterable[Action], *, empty: bool = False, failing: bool = False
) -> tuple[Action, ...]:
    """The footer of one pane, the most wanted first; a footer too narrow for all drops from the end.

    On a board that is ``empty``, for want of an endpoint, what needs one is left out; where nothing is ``failing``, the
    key that goes to failures.
    """
    order = tuple(dict.fromkeys((*_ALWAYS, *_WANTED_IN.get(pane, ()), *_WANTED)))
    shown = {
        action.id: action
        for action in actions
        if action.keys
        and (not action.panes or pane in action.panes)
        and not (empty and action.id in OF_AN_ENDPOINT)
        and (failing or action.id != "next_failure")
    }
    return tuple(shown[name] for name in order if name in shown)
