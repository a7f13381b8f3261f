"""What can't be mended from a shell: the variables of another process, whose view of the host this is.

A process has its environment from whatever started it, and no shell can change it afterwards. That ``systemctl status``
takes a process ID and shows the unit that it belongs to is in its manual, and so is that /run/systemd/system is there
where systemd runs the host (sd_booted(3)).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.steps import Purpose
from mitui.engine.host.environment import HostEnvironment

_OF_A_SHELL: Final = ("export ", "unset ")
_OWN_CHECK: Final = "mitui check "
_OWN_VARIABLES: Final = "env | "

ValueT = TypeVar("ValueT")
AdviceT = TypeVar("AdviceT", Advice, HealthWarning)


def within_reach(told: AdviceT, environment: HostEnvironment) -> AdviceT:
    """The advice as it holds for the process whose environment this is.

    In our own view it stays as it is. In another's what would change a shell gives way to where that process has its
    variables from, and what looks, looks as that process.
    """
    process = environment.process_id
    if process is None or not told.commands:
        return told
    kept = [at for at, command in enumerate(told.commands) if not command.startswith(_OF_A_SHELL)]
    seen = replace(
        told,
        commands=tuple(_as_process(told.commands[at], process) for at in kept),
        purposes=_those(told.purposes, kept),
        ways=_those(told.ways, kept),
        costs=_those(told.costs, kept),
    )
    return seen if len(kept) == len(told.commands) else _from_its_origin(seen, process, environment)


def _from_its_origin(told: AdviceT, process: int, environment: HostEnvironment) -> AdviceT:
    """The advice with where the process has its variables from, in place of the commands that can't change them."""
    remedy = (
        f"{told.remedy} Change it where process {process} has its variables from, such as its unit, its deployment or "
        "its app's settings, and start it again: no command in a shell reaches it."
    ).strip()
    told = replace(told, remedy=remedy, purposes=_without_a_mend(told.purposes))
    if not _has_units(environment):
        return told
    return replace(
        told,
        commands=(f"systemctl status {process}", *told.commands),
        purposes=("look", *told.purposes),
        ways=("", *told.ways) if told.ways else (),
        costs=("", *told.costs) if told.costs else (),
    )


def _without_a_mend(purposes: tuple[Purpose, ...]) -> tuple[Purpose, ...]:
    """The purposes, where what checked afterwards has nothing left that it comes after."""
    return purposes if "mend" in purposes else tuple("look" for _ in purposes)


def _those(values: tuple[ValueT, ...], kept: list[int]) -> tuple[ValueT, ...]:
    return tuple(values[at] for at in kept) if values else ()


def _as_process(command: str, process: int) -> str:
    if command.startswith(_OWN_CHECK) and "--pid" not in command:
        return f"{_OWN_CHECK}--pid {process} {command.removeprefix(_OWN_CHECK)}"
    if command.startswith(_OWN_VARIABLES):
        return f"tr '\\0' '\\n' </proc/{process}/environ | {command.removeprefix(_OWN_VARIABLES)}"
    return command


def _has_units(environment: HostEnvironment) -> bool:
    try:
        return environment.path("/run/systemd/system").is_dir()
    except (OSError, ValueError):
        return False
