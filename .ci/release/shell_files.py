"""Makes what shells and man want from the parser: completions by shtab, the man page by argparse-manpage.

``python .ci/release/shell_files.py`` writes them into the package; a test fails when they are stale. Made with Python
3.11, whose argparse words a usage line in a way that later ones do not.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from mitui import __version__
from mitui.cli.command_line.arguments import whole_parser
from mitui.cli.command_line.variables import OPTIONS, REPEATABLE, variable_of
from mitui.simulator.scenarios.table import SCENARIOS

FOLDER = Path(__file__).parents[2] / "mitui" / "shell"
_EXIT_STATUS = r"""
.B mitui check
ends with 0 for ok, 1 for a warning, 2 for a critical finding and 3 for unknown; a command line that can't be
carried out ends with 3, too. Every other command ends with 0 where it did what it was asked for.
"""
_FILES = r"""
.TP
.I ~/.config/mitui/config.toml
The config, if neither \-\-config nor MITUI_CONFIG names another;
.B mitui config init
writes a commented one.
.TP
.I ~/.local/state/mitui/state.toml
What the dashboard remembers.
"""


def shell_files() -> dict[str, str]:
    """Each file's text, by its name."""
    os.environ["COLUMNS"] = "100"
    files = {f"mitui.{shell}": shtab.complete(_completed(), shell) for shell in ("bash", "zsh", "fish")}
    return {**files, "mitui.1": _man_page()}


def _completed() -> argparse.ArgumentParser:
    """The parser, with the words and files that its arguments take."""
    parser = whole_parser()
    for action in _actions(parser):
        if action.metavar == "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar == "SCENARIO":
            action.choices = tuple(SCENARIOS)
    return parser


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every action, those of the commands included."""
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for each in action.choices.values():
                yield from _actions(each)
        else:
            yield action


def _man_page() -> str:
    page = Manpage(whole_parser(), format="single-commands-section")
    page.description = "is the managed identity on this host healthy, and if not, what to do"
    page.date, page.manual, page.source = "", "User Commands", f"mitui {__version__}"
    page.add_section("exit status", "=", _EXIT_STATUS.strip())
    page.add_section("environment", "=", "\n".join(_environment()))
    page.add_section("files", "=", _FILES.strip())
    return str(page)


def _environment() -> Iterator[str]:
    yield "Options win over these, and these win over the config."
    for option in OPTIONS:
        several = " Several are separated by spaces." if option in REPEATABLE else ""
        yield f".TP\n.B {variable_of(option)}\nAs {option.replace('-', chr(92) + '-')}.{several}"
    yield ".TP\n.B MITUI_CONFIG\nThe config file."


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in shell_files().items():
        (FOLDER / name).write_text(text, "utf-8")
