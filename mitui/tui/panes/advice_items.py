"""What is the matter and what to do about it, as items: in place of what a failure leaves no room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitui.diagnosis.steps import labelled, to_copy, uses_of
from mitui.safe_text import first_sentence
from mitui.tui.drawing.labels import failure_word
from mitui.tui.drawing.lines import Line, wrap
from mitui.tui.panes.view import Item, lines_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mitui.diagnosis.advice import Advice, HealthWarning
    from mitui.monitor.identity_view import FailureView

READABLE: Final = 96
"""Sentences are no wider than this."""
_AIRY: Final = 14
FAILURE, CAUSE = "failure", "cause:"
"""The keys of these items: the failure's, and the start of each cause's."""


def first_command(causes: Sequence[Advice | HealthWarning]) -> str:
    """The command to copy of the likeliest cause, or of a warning: the first that mends it and costs
    nothing, else the first; "" where there is none.
    """
    if not causes or not causes[0].commands:
        return ""
    first = causes[0]
    return first.commands[to_copy(uses_of(first))]


def advice_items(failure: FailureView, width: int, height: int) -> list[Item]:
    """The failure in a sentence, then its causes in their rank, each with its remedy and its commands: under
    what each is for, where they are for several things.

    Blank lines stand between them where all fits into ``height`` lines, or where there are lines enough to scroll in.
    """
    readable = min(width, READABLE)
    said = wrap(first_sentence(failure.message) or failure_word(failure), readable)
    strong = tuple(tuple(each._replace(strong=True) for each in row) for row in said)
    parts = [Item(strong, key=FAILURE, copy=failure.message, command=first_command(failure.causes))]
    for index, advice in enumerate(failure.causes):
        rows: list[Line] = wrap(advice.cause, readable, indent="  ", first=f"{index + 1} ")
        rows += wrap(advice.remedy, readable, "dim", indent="  ", first="  ")
        groups = list(labelled(uses_of(advice)))
        for label, commands in groups:
            rows += wrap(label, readable, "dim", indent="  ", first="  ") if len(groups) > 1 else []
            for command in commands:
                rows += wrap(command, width, "claim", indent="    ")
        command = first_command((advice,))
        parts.append(Item(tuple(rows), key=f"{CAUSE}{index}", copy=advice.remedy, command=command))
    if height < _AIRY and lines_in(parts) + len(parts) - 1 > height:
        return parts
    air = Item(((),))
    return [parts[0], *(item for part in parts[1:] for item in (air, part))]
