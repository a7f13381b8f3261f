"""The command line: argv -> one job; imports a room only when its job runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from mitui import __version__
from mitui.cli.garbage_collection import leave_garbage

if TYPE_CHECKING:
    from mitui.cli.command_line.options import Command, Options

USAGE_ERROR = 3
INTERRUPTED = 130
PIPE_CLOSED = 141


def main(arguments: list[str]) -> int:
    """Run one command line and return its exit code. Whatever goes wrong is one sentence on stderr."""
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return PIPE_CLOSED
    except OSError as error:
        _say(f"the answer can't be written or a file can't be used: {error.strerror or type(error).__name__}")
        return USAGE_ERROR
    except Exception as error:  # noqa: BLE001 - the outermost edge: no traceback, and no values that could be secret
        from mitui.defect import describe

        _say(describe(error))
        return USAGE_ERROR
    return code


def run() -> None:
    """The console script. All is closed and flushed by then, so the interpreter's own slow teardown is left out."""
    leave_garbage()
    code = main(sys.argv[1:])
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    from mitui.cli.command_line.options import Options, UsageError

    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    if arguments in (["version"], ["--version"]):
        print(f"mitui {__version__}")
        return 0
    try:
        options = Options()
        if arguments or any(name.startswith("MITUI_") for name in os.environ):
            from mitui.cli.command_line.parsing import parse

            options = parse(arguments, os.environ)
        return _job(options.command)(options)
    except UsageError as error:
        _say(str(error))
        return USAGE_ERROR
    except SystemExit as error:  # argparse has printed its help
        return error.code if isinstance(error.code, int) else 0


def _job(command: Command) -> Callable[[Options], int]:
    """What a command does; imported only now."""
    match command:
        case "check":
            from mitui.cli.check import check

            return check
        case "compare":
            from mitui.cli.compare import compare_command

            return compare_command
        case "completion":
            from mitui.cli.packaged_files import completion_command

            return completion_command
        case "config":
            from mitui.cli.config_command import config_command

            return config_command
        case "explain":
            from mitui.cli.explain import explain_command

            return explain_command
        case "exporter":
            from mitui.cli.exporter.command import exporter

            return exporter
        case "fleet":
            from mitui.cli.packaged_files import fleet_command

            return fleet_command
        case "schema":
            from mitui.cli.packaged_files import schema_command

            return schema_command
        case "simulate":
            from mitui.cli.simulate import simulate

            return simulate
        case _:
            from mitui.cli.dashboard import dashboard

            return dashboard


def _say(sentence: str) -> None:
    from mitui.safe_text import visible_line

    if sys.stderr is not None:
        words = f"mitui: {visible_line(sentence, 2048)}"
        if sys.stderr.isatty():  # a terminal would break it within words
            import shutil
            import textwrap

            width = shutil.get_terminal_size().columns
            words = textwrap.fill(words, max(20, width - 1), break_on_hyphens=False, break_long_words=False)
        print(words, file=sys.stderr)
