"""Where the one answer of a check goes: to stdout, into a file, or nowhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from mitui.cli.command_line.options import Options, UsageError
from mitui.report.formats import FORMATS, MissingExtraError

if TYPE_CHECKING:
    from mitui.monitor.snapshot import Snapshot
    from mitui.report.formats import CheckRun

TEXT = next(iter(FORMATS))


class Answer:
    """The answer in the format, and to the place, that the options name.

    Raises UsageError for a format whose package is missing, and for a place where no file can be written: before
    anything is sent.
    """

    def __init__(self, options: Options) -> None:
        self._file = None
        if options.output:
            from mitui.cli.output.output_file import OutputFile

            self._file = OutputFile(options.output)
        self._silent = options.quiet and self._file is None
        try:
            self._render = FORMATS[options.format or TEXT].load()
        except MissingExtraError as error:
            raise UsageError(f"--format {options.format}: {error}") from None

    def give(self, snapshot: Snapshot, run: CheckRun) -> None:
        """Print or write it. Raises UsageError where a file can't be written."""
        if self._silent:
            return
        text = self._render(snapshot, run)
        if self._file is not None:
            self._file.write(text)
        else:
            say(text)


def say(text: str) -> None:
    """Print to stdout; with stdout closed by the caller there is nobody to tell, and the exit code still says it."""
    if sys.stdout is not None:
        sys.stdout.write(text)
        sys.stdout.flush()


def mask_of(options: Options) -> Callable[[Snapshot], Snapshot]:
    """What ``--redact`` does to each snapshot; nothing where it was not said."""
    if not options.redact:
        return lambda snapshot: snapshot
    from mitui.report.redaction import Redactor

    return Redactor().redact
