"""What can't be mended from a shell: the variables of another process, whose view of the host this is.

A process has its environment from whatever started it, and no shell can change it afterwards. That ``systemctl status``
takes a process ID and shows the unit that it belongs to is in its manual, and so is that /run/systemd/system is there
where systemd runs the host (sd_booted(3)).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.steps import Use, changes_a_shell, steps_of, uses_of
from mitui.engine.host.environment import HostEnvironment

_OWN_CHECK: Final = "mitui check "
_OWN_VARIABLES: Final = "env | "

AdviceT = TypeVar("AdviceT", Advice, HealthWarning)


def within_reach(told: AdviceT, environment: HostEnvironment) -> AdviceT:
    """The advice as it holds for the process whose environment this is.

    In our own view it stays as it is. In another's what would change a shell gives way to where that process has its
    variables from, and what looks, looks as that process.
    """
    process = environment.process_id
    if process is None or not told.commands:
        return told
    every = uses_of(told)
    kept = [_as_process(use, process) for use in every if not changes_a_shell(use.command)]
    if len(kept) == len(every):
        return _with(told, kept)
    remedy = (
        f"{told.remedy} Change it where process {process} has its variables from, such as its unit, its deployment or "
        "its app's settings, and start it again: no command in a shell reaches it."
    ).strip()
    if not any(use.purpose == "mend" for use in kept):  # then nothing is left that a check would come after
        kept = [replace(use, purpose="look") for use in kept]
    if _has_units(environment):
        kept.insert(0, Use(f"systemctl status {process}", "look"))
    return _with(replace(told, remedy=remedy), kept)


def _with(told: AdviceT, uses: list[Use]) -> AdviceT:
    return replace(told, **steps_of(uses, told.found_above)._asdict())


def _as_process(use: Use, process: int) -> Use:
    command = use.command
    if command.startswith(_OWN_CHECK) and "--pid" not in command:
        command = f"{_OWN_CHECK}--pid {process} {command.removeprefix(_OWN_CHECK)}"
    elif command.startswith(_OWN_VARIABLES):
        command = f"tr '\\0' '\\n' </proc/{process}/environ | {command.removeprefix(_OWN_VARIABLES)}"
    return replace(use, command=command)


def _has_units(environment: HostEnvironment) -> bool:
    try:
        return environment.path("/run/systemd/system").is_dir()
    except (OSError, ValueError):
        return False
