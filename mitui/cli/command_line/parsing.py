"""argv -> Options, or a usage error of one sentence."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mitui.cli.command_line.arguments import Parser, parser_of
from mitui.cli.command_line.options import COMMANDS, Command, Options, UsageError, is_live
from mitui.cli.command_line.variables import fill_in
from mitui.report.formats import FORMATS

_ASKING: Final = {
    "demo": "--demo",
    "identities": "--identity",
    "resources": "--resource",
    "vaults": "--vault",
    "want": "--want",
    "probe": "--probe",
    "process_id": "--pid",
    "watch": "--watch",
}
"""What a host is asked, and a file can't be."""
SHORT_FORMS: Final = ("json", "markdown")
"""Formats that have an option of their own."""


def parse(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Options:
    """Read a command line, and the variables that stand in for its options.

    Raises UsageError, and SystemExit(0) after printing help or the version.
    """
    rest = list(arguments)
    command: Command = next((name for name in COMMANDS if rest[:1] == [name]), "dashboard")
    if command != "dashboard":
        rest = rest[1:]
    parser = parser_of(command)
    if command == "dashboard" and rest and not rest[0].startswith("-"):
        allowed = _way_to_open(parser, rest[0]) or f"there are {', '.join(COMMANDS)}{_close(rest[0], COMMANDS)}"
        raise UsageError(f"there is no command {rest[0]!r}; {allowed}")
    given, unknown = parser.parse_known_args(rest)
    if unknown:
        raise UsageError(_unknown(parser, unknown[0], command))
    if command != "simulate" and _asks_this_host(given):
        fill_in(parser, given, environment or {})
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in vars(given).items()
    }
    if "allow_endpoints" in values:
        values["allow_endpoints"] = frozenset(values["allow_endpoints"])
    options = Options(command=command, **values)
    _check(options)
    return options


def _asks_this_host(given: argparse.Namespace) -> bool:
    """Whether a unit's variables are about it: they are not about a simulated host, nor about files."""
    sides = [each for each in (getattr(given, "a", ""), getattr(given, "b", "")) if each]
    is_file = hasattr(given, "replay") or bool(sides and not any(map(is_live, sides)))
    return getattr(given, "demo", None) is None and not is_file


def _check(options: Options) -> None:
    _check_formats(options)
    _check_files(options)
    if options.demo is not None and options.process_id is not None:
        raise UsageError("--demo and --pid exclude each other: a simulated host has no processes")
    warn_below, critical_below = options.warn_below, options.critical_below
    if warn_below is not None and critical_below is not None and critical_below > warn_below:
        raise UsageError("--critical-below is more than --warn-below: a token would be critical before it is a warning")
    if options.vaults:
        from mitui.keyvault.address import parse_vault
        from mitui.keyvault.probe_result import VaultFailure

        for vault in options.vaults:
            address = parse_vault(vault, allow_loopback=options.allow_loopback_vault)
            if isinstance(address, VaultFailure):
                raise UsageError(f"--vault: {address.message}")


def _check_formats(options: Options) -> None:
    if len(set(options.formats)) > 1:
        named = " and ".join(f"--{each}" if each in SHORT_FORMS else f"--format {each}" for each in options.formats)
        raise UsageError(f"{named} exclude each other: choose one")
    if options.watch and options.format and not FORMATS[options.format].has_lines:
        able = ", ".join(each.name for each in FORMATS.values() if each.has_lines)
        raise UsageError(f"--watch prints a line for each change, as {able}; it has no {options.format}")
    if options.watch and options.output:
        raise UsageError("--watch and --output exclude each other: --output holds one whole answer")


def _check_files(options: Options) -> None:
    if options.no_redact and not options.save:
        raise UsageError("--no-redact is about the file that --save writes: add --save FILE")
    two_files = options.command == "compare" and not (is_live(options.a) or is_live(options.b))
    if not (options.replay or two_files):
        return
    what = "--replay" if options.replay else "two files"
    for name, option in _ASKING.items():
        if getattr(options, name) not in (None, (), False):
            raise UsageError(f"{what} and {option} exclude each other: a file is not asked anything")


def _unknown(parser: Parser, text: str, command: Command) -> str:
    if not text.startswith("-"):
        words = f" (put the command first: mitui {text})" if command == "dashboard" and text in COMMANDS else ""
        allowed = _way_to_open(parser, text) or f"{parser.prog} --help shows what is allowed"
        return f"{text!r} was not expected{words}; {allowed}"
    name = text.partition("=")[0]
    known = [option for action in parser._actions for option in action.option_strings]  # noqa: SLF001
    return f"there is no option {name}{_close(name, known)}; {parser.prog} --help shows what is allowed"


def _way_to_open(parser: Parser, text: str) -> str:
    """How to open what this command was given as a word, if it is a saved file; else ""."""
    takes_files = any("--replay" in action.option_strings for action in parser._actions)  # noqa: SLF001
    try:
        if not takes_files or not Path(text).is_file():
            return ""
        from mitui.cli.output.saved_file import read_saved

        read_saved(text)
    except (OSError, UsageError):
        return ""
    import shlex

    return f"it is a saved file: {parser.prog} --replay {shlex.quote(text)} opens it"


def _close(text: str, known: Sequence[str]) -> str:
    import difflib

    found = difflib.get_close_matches(text, known, 1)
    return f"; did you mean {found[0]}?" if found else ""
