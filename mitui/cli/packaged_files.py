"""Files in the package that other systems want, and the commands that print them."""

from __future__ import annotations

from importlib.resources import files

from mitui.cli.command_line.options import Options
from mitui.cli.fleet import FLEET
from mitui.cli.output.answer import say

SCHEMA = "report/check.schema.json"


def packaged_text(path: str) -> str:
    """The text of a file in the package, by its path from there; in a checkout, a wheel and a zip alike."""
    return files("mitui").joinpath(path).read_text("utf-8")


def schema_command(options: Options) -> int:
    """``mitui schema``: what ``check --json`` prints, as JSON Schema."""
    say(packaged_text(SCHEMA))
    return 0


def fleet_command(options: Options) -> int:
    """``mitui fleet``: a file that watches many hosts."""
    say(packaged_text(f"fleet/{FLEET[options.what].name}"))
    return 0


def completion_command(options: Options) -> int:
    """``mitui completion``: what a shell, or man, wants."""
    say(packaged_text(f"shell/mitui.{'1' if options.what == 'man' else options.what}"))
    return 0
