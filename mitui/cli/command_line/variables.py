"""Variables that stand in for options: for unit files, containers and cron, where a command line is hard to change."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from mitui.cli.command_line.options import UsageError

OPTIONS: Final = (
    "--allow-endpoint",
    "--ca-file",
    "--critical-below",
    "--format",
    "--identity",
    "--listen",
    "--probe",
    "--resource",
    "--timeout",
    "--vault",
    "--want",
    "--warn-below",
)
"""The options that have one. MITUI_CONFIG is the config's own."""
REPEATABLE: Final = frozenset({"--allow-endpoint", "--identity", "--resource", "--vault"})
"""Of those, the ones that may be repeated: their variables hold values separated by spaces."""


def variable_of(option: str) -> str:
    """``MITUI_WARN_BELOW`` for ``--warn-below``."""
    return f"MITUI_{option.removeprefix('--').replace('-', '_').upper()}"


def fill_in(parser: argparse.ArgumentParser, given: argparse.Namespace, environment: Mapping[str, str]) -> None:
    """Give the options that were not given the value of their variable, where the parser knows them and it is set.

    Raises UsageError for a value that the option doesn't take; it names the variable.
    """
    known = {name: action for action in parser._actions for name in action.option_strings}  # noqa: SLF001
    for option in OPTIONS:
        value = environment.get(variable_of(option), "").strip()
        action = known.get(option)
        if not value or action is None or hasattr(given, action.dest):
            continue
        repeatable = option in REPEATABLE
        try:
            parser.parse_args([f"{option}={each}" for each in (value.split() if repeatable else [value])], given)
        except UsageError as error:
            raise UsageError(f"{variable_of(option)}: {error}") from None
