"""What each command of an advice is for: it looks something up, mends the fault, or checks afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal, NamedTuple, Protocol

from mitui.diagnosis.placeholders import can_be_filled

Purpose = Literal["look", "mend", "check"]
"""A command that mends changes something, on this host or in Azure, so that the fault goes. The two others only look:
before that, or afterwards whether it helped.
"""

_LABELS: Final[dict[Purpose | None, str]] = {
    "look": "look up first",
    "mend": "this mends it",
    "check": "check afterwards",
}
_NOTHING_MENDS: Final = "this only looks"
_IN_A_SHELL: Final = "for what is started from the shell where it is run"
_INSTEAD: Final = "instead, sign in as a person: what runs as you then works, without a managed identity"


class Steps(NamedTuple):
    """Commands in the order in which they are run, what each is for, and the placeholders that an earlier one of them
    finds: by the name that stands between the angle brackets.

    ``ways`` names for each the one of several ways that it belongs to, "" where there is only one; ``costs`` says what
    it deletes, overwrites or opens, "" for nothing. Both are empty where all of them would be "". Whatever is told with
    commands has fields of these names.
    """

    commands: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    found_above: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()


class WithSteps(Protocol):
    """What is told with commands, as Steps are."""

    @property
    def commands(self) -> tuple[str, ...]: ...
    @property
    def purposes(self) -> tuple[Purpose, ...]: ...
    @property
    def ways(self) -> tuple[str, ...]: ...
    @property
    def costs(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Use:
    """One of these commands, with what is said of it. ``purpose`` is None where it is not known."""

    command: str
    purpose: Purpose | None = None
    way: str = ""
    cost: str = ""


def uses_of(told: WithSteps) -> list[Use]:
    """Its commands, each with what is said of it; of a file of an older mitui there is nothing but the commands."""
    count = len(told.commands)
    purposes: Sequence[Purpose | None] = told.purposes if len(told.purposes) == count else [None] * count
    ways, costs = (values if len(values) == count else [""] * count for values in (told.ways, told.costs))
    return [Use(*each) for each in zip(told.commands, purposes, ways, costs, strict=True)]


def steps_of(uses: Sequence[Use], found_above: Iterable[str] = ()) -> Steps:
    """The commands by what is said of them: the way back from ``uses_of``."""
    ways, costs = tuple(use.way for use in uses), tuple(use.cost for use in uses)
    return Steps(
        tuple(use.command for use in uses),
        tuple(use.purpose for use in uses if use.purpose is not None),
        tuple(found_above),
        ways if any(ways) else (),
        costs if any(costs) else (),
    )


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
    uses = [Use(step.command, _purpose(step, step in checking), step.way, step.cost) for step in ordered]
    found = [
        name
        for at, step in enumerate(ordered)
        for name in step.finds
        if any(f"<{name}>" in later.command for later in ordered[at + 1 :]) and f"<{name}>" not in step.command
    ]
    return steps_of(uses, dict.fromkeys(found))


def _mends(step: Step) -> bool:
    return step.mends


def _purpose(step: Step, checks: bool) -> Purpose:
    return "mend" if step.mends else "check" if checks else "look"


def labelled(uses: Sequence[Use]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The commands by what they are for, each group under its label in words: "" where that is not known.

    Of several ways each has a group of its own, and what costs something stands under a label that says what.
    """
    for label, group in grouped_by_use(uses):
        yield label, tuple(use.command for use in group)


def grouped_by_use(uses: Sequence[Use]) -> Iterator[tuple[str, tuple[Use, ...]]]:
    """As ``labelled``, with what is said of each."""
    if any(use.purpose is None for use in uses):
        yield "", tuple(uses)
        return
    mending = any(use.purpose == "mend" for use in uses)
    begun: list[str] = []
    for (purpose, way, cost, reach), group in groupby(uses, _key):
        label = _label(purpose, way, begun) if mending else _NOTHING_MENDS
        label = _INSTEAD if reach == _INSTEAD else f"{label}, {reach}" if reach else label
        yield f"{label}. Careful: {cost}" if cost else label, tuple(group)


def changes_a_shell(command: str) -> bool:
    """Whether it changes the variables of the shell that it is run in, and so nothing that runs already."""
    return command.startswith(("export ", "unset "))


def _reach(command: str) -> str:
    """How far it goes that a command changes the variables of a shell, or signs a person in; "" for any other."""
    if command == "az login":
        return _INSTEAD
    return _IN_A_SHELL if changes_a_shell(command) else ""


def _key(use: Use) -> tuple[Purpose | None, str, str, str]:
    """What tells one group from the next."""
    mends = use.purpose == "mend"
    return use.purpose, use.way, use.cost if mends else "", _reach(use.command) if mends else ""


def _label(purpose: Purpose | None, way: str, begun: list[str]) -> str:
    """``begun`` are the ways whose first group stands above; a further group of the same way goes on with it."""
    if purpose != "mend" and not way:
        return _LABELS[purpose]
    label = "and then" if way in begun else "or" if begun else _LABELS["mend"]
    label = label if way in begun or not way else f"{label}, {way}"
    begun.append(way)
    return label if purpose == "mend" else f"{label}; {_LABELS[purpose]}"


def to_copy(uses: Sequence[Use]) -> int:
    """Which of the commands is copied when none was chosen: the first that mends, costs nothing and can be filled,
    else the first. What deletes or overwrites something is copied only by who chose it, and so is what goes on with it.
    """
    costly: set[str] = set()
    for at, use in enumerate(uses):
        if use.cost:
            costly.add(use.way)
        if use.purpose == "mend" and use.way not in costly and can_be_filled(use.command):
            return at
    return 0
