"""What each command of an advice is for: it looks something up, mends the fault, or checks afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from mitui.diagnosis.placeholders import can_be_filled

Purpose = Literal["look", "mend", "check"]
"""A command that mends changes something, on this host or in Azure, so that the fault goes. The two others only look:
before that, or afterwards whether it helped.
"""

_LABELS: Final[dict[Purpose, str]] = {
    "look": "look up first",
    "mend": "this mends it",
    "check": "check afterwards",
}
_NOTHING_MENDS: Final = "this only looks"


@dataclass(frozen=True, slots=True)
class Steps:
    """Commands in the order in which they are run, what each is for, and the placeholders that an earlier one of them
    finds: by the name that stands between the angle brackets.
    """

    commands: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    found_above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A command that is filled in. ``finds`` are the placeholders whose values it prints."""

    command: str
    mends: bool
    finds: tuple[str, ...] = ()


def in_order(steps: Iterable[Step]) -> Steps:
    """Each command once: what looks before the first that mends, all that mend, and what looks after that."""
    once: dict[str, Step] = {}
    for step in steps:
        once.setdefault(step.command, step)
    listed = list(once.values())
    first = next((at for at, step in enumerate(listed) if step.mends), len(listed))
    looking, mending = listed[:first], [step for step in listed if step.mends]
    checking = [step for step in listed[first:] if not step.mends]
    kinds: tuple[tuple[Purpose, list[Step]], ...] = (("look", looking), ("mend", mending), ("check", checking))
    purposes = tuple(purpose for purpose, group in kinds for _ in group)
    ordered = (*looking, *mending, *checking)
    found = [
        name
        for at, step in enumerate(ordered)
        for name in step.finds
        if any(f"<{name}>" in later.command for later in ordered[at + 1 :]) and f"<{name}>" not in step.command
    ]
    return Steps(tuple(step.command for step in ordered), purposes, tuple(dict.fromkeys(found)))


def labelled(commands: Sequence[str], purposes: Sequence[Purpose]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The commands by what they are for, each group under its label in words: "" where that is not known."""
    if len(commands) != len(purposes):
        if commands:
            yield "", tuple(commands)
        return
    for purpose, group in groupby(zip(purposes, commands, strict=True), lambda each: each[0]):
        yield (_LABELS[purpose] if "mend" in purposes else _NOTHING_MENDS), tuple(command for _, command in group)


def to_copy(commands: Sequence[str], purposes: Sequence[Purpose]) -> int:
    """Which of the commands is copied when none was chosen: the first that mends and can be filled, else the first."""
    mending = (at for at, purpose in enumerate(purposes) if purpose == "mend" and can_be_filled(commands[at]))
    return next(mending, 0) if len(commands) == len(purposes) else 0
