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
_OF_A_SHELL: Final = ("export ", "unset ")
_IN_A_SHELL: Final = "for what is started from the shell where it is run"
_INSTEAD: Final = "instead, sign in as a person: what runs as you then works, without a managed identity"


@dataclass(frozen=True, slots=True)
class Steps:
    """Commands in the order in which they are run, what each is for, and the placeholders that an earlier one of them
    finds: by the name that stands between the angle brackets.

    ``ways`` names for each the one of several ways that it belongs to, "" where there is only one; ``costs`` says what
    it deletes, overwrites or opens, "" for nothing. Both are empty where all of them would be "".
    """

    commands: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    found_above: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A command that is filled in. ``finds`` are the placeholders whose values it prints; ``cost`` and ``way`` are as
    in Steps.
    """

    command: str
    mends: bool
    finds: tuple[str, ...] = ()
    cost: str = ""
    way: str = ""


def in_order(steps: Iterable[Step]) -> Steps:
    """Each command once: what looks before the first that mends, all that mend, and what looks after that.

    Of several ways each keeps together, with what is looked up for it alone before what mends.
    """
    once: dict[str, Step] = {}
    for step in steps:
        once.setdefault(step.command, step)
    listed = list(once.values())
    first = next((at for at, step in enumerate(listed) if step.mends or step.way), len(listed))
    looking, rest = listed[:first], listed[first:]
    checking = [step for step in rest if not step.mends and not step.way]
    ways = dict.fromkeys(step.way for step in rest if step not in checking)
    mending = [step for way in ways for step in sorted(rest, key=_mends) if step.way == way and step not in checking]
    ordered = (*looking, *mending, *checking)
    purposes = tuple(_purpose(step, step in checking) for step in ordered)
    found = [
        name
        for at, step in enumerate(ordered)
        for name in step.finds
        if any(f"<{name}>" in later.command for later in ordered[at + 1 :]) and f"<{name}>" not in step.command
    ]
    costs = tuple(step.cost for step in ordered)
    return Steps(
        tuple(step.command for step in ordered),
        purposes,
        tuple(dict.fromkeys(found)),
        tuple(step.way for step in ordered) if any(ways) else (),
        costs if any(costs) else (),
    )


def _mends(step: Step) -> bool:
    return step.mends


def _purpose(step: Step, checks: bool) -> Purpose:
    return "mend" if step.mends else "check" if checks else "look"


def labelled(
    commands: Sequence[str], purposes: Sequence[Purpose], ways: Sequence[str] = (), costs: Sequence[str] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The commands by what they are for, each group under its label in words: "" where that is not known.

    Of several ways each has a group of its own, and what costs something stands under a label that says what.
    """
    if len(commands) != len(purposes):
        if commands:
            yield "", tuple(commands)
        return
    several = _beside(commands, ways), _beside(commands, costs)
    begun: list[str] = []
    keyed = zip(purposes, *several, map(_reach, commands), commands, strict=True)
    for (purpose, way, cost, reach), group in groupby(keyed, lambda each: _key(each[0], *each[1:4])):
        label = _label(purpose, way, begun) if "mend" in purposes else _NOTHING_MENDS
        label = _INSTEAD if reach == _INSTEAD and purpose == "mend" else label
        label = f"{label}, {reach}" if reach == _IN_A_SHELL and purpose == "mend" else label
        yield f"{label}. Careful: {cost}" if cost else label, tuple(each[4] for each in group)


def _beside(commands: Sequence[str], values: Sequence[str]) -> Sequence[str]:
    return values if len(values) == len(commands) else [""] * len(commands)


def _reach(command: str) -> str:
    """How far it goes that a command changes the variables of a shell, or signs a person in; "" for any other."""
    if command == "az login":
        return _INSTEAD
    return _IN_A_SHELL if command.startswith(_OF_A_SHELL) else ""


def _key(purpose: Purpose, way: str, cost: str, reach: str) -> tuple[Purpose, str, str, str]:
    """What tells one group from the next."""
    return (purpose, way, cost, reach) if purpose == "mend" else (purpose, way, "", "")


def _label(purpose: Purpose, way: str, begun: list[str]) -> str:
    """``begun`` are the ways whose first group stands above; a further group of the same way goes on with it."""
    if purpose != "mend" and not way:
        return _LABELS[purpose]
    label = "and then" if way in begun else "or" if begun else _LABELS["mend"]
    label = label if way in begun or not way else f"{label}, {way}"
    begun.append(way)
    return label if purpose == "mend" else f"{label}; {_LABELS[purpose]}"


def to_copy(
    commands: Sequence[str], purposes: Sequence[Purpose], ways: Sequence[str] = (), costs: Sequence[str] = ()
) -> int:
    """Which of the commands is copied when none was chosen: the first that mends, costs nothing and can be filled,
    else the first. What deletes or overwrites something is copied only by who chose it, and so is what goes on with it.
    """
    if len(commands) != len(purposes):
        return 0
    costly: set[str] = set()
    for at, (way, cost) in enumerate(zip(_beside(commands, ways), _beside(commands, costs), strict=True)):
        if cost:
            costly.add(way)
        if purposes[at] == "mend" and way not in costly and can_be_filled(commands[at]):
            return at
    return 0
