"""What is the matter and what to do about it, as items: in place of what a failure leaves no room for."""

from __future__ import annotations

from typing import Final

from mitui.monitor.snapshot import FailureView
from mitui.sentences import first_sentence
from mitui.tui.labels import failure_word
from mitui.tui.lines import Line, wrap
from mitui.tui.panes.view import Item

READABLE: Final = 96
"""Sentences are no wider than this."""
FAILURE, CAUSE = "failure", "cause:"
"""The keys of these items: the failure's, and the start of each cause's."""


def advice_items(failure: FailureView, width: int) -> list[Item]:
    """The failure in a sentence, then its causes in their rank, each with its remedy and its commands."""
    readable = min(width, READABLE)
    said = wrap(first_sentence(failure.message) or failure_word(failure), readable)
    strong = tuple(tuple(each._replace(strong=True) for each in row) for row in said)
    items = [Item(strong, key=FAILURE, copy=failure.message)]
    for index, advice in enumerate(failure.causes):
        rows: list[Line] = wrap(advice.cause, readable, indent="  ", first=f"{index + 1} ")
        rows += wrap(advice.remedy, readable, "dim", indent="  ", first="  ")
        for command in advice.commands:
            rows += wrap(command, width, "claim", indent="    ")
        copied = advice.commands[0] if advice.commands else advice.remedy
        items += [Item(((),)), Item(tuple(rows), key=f"{CAUSE}{index}", copy=copied)]
    return items
