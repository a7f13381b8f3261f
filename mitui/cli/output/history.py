"""``mitui check --watch --save FILE``: what changed and when, a line a change, for as long as the watch runs."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.output.output_file import PRIVATE
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.compare import compare, renewals
from mitui.report.comparison.forms import difference_values
from mitui.report.json_report import json_line
from mitui.report.redaction import Redactor
from mitui.report.saved.document import HISTORY, SCHEMA_VERSION
from mitui.report.values import iso
from mitui.safe_text import visible_line

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


class HistoryFile:
    """The file that ``--save`` names: each line a JSON object of its own, appended whole. Ids are masked, unless told.

    Raises UsageError for a file that can't be written or holds something else: before anything is sent.
    """

    def __init__(self, options: Options) -> None:
        self._shown = visible_line(options.save)
        self._mask: Callable[[Snapshot], Snapshot] = Redactor().redact
        if options.no_redact:
            self._mask = _as_it_is
        self._last: Snapshot | None = None
        self._descriptor = self._open(Path(options.save))

    def _open(self, place: Path) -> int:
        try:
            descriptor = os.open(place, _FLAGS, PRIVATE)
        except OSError as error:
            raise UsageError(f"--save {self._shown} can't be written: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise UsageError(f"--save {self._shown} is no regular file: name a file, or leave --save out")
        begin = os.read(descriptor, len(HISTORY))
        if begin not in (b"", HISTORY):
            os.close(descriptor)
            raise UsageError(
                f"--save {self._shown} holds something else: with --watch it takes a new file or a history"
            )
        return descriptor

    def note(self, snapshot: Snapshot) -> None:
        """Append a line if something is not as in the snapshot before; the first one always has one."""
        now = self._mask(snapshot)
        # Masked anew: the word of a mask is chosen by what is known by now.
        before = self._mask(self._last) if self._last is not None else None
        self._last = snapshot
        differences = (*compare(before, now), *renewals(before, now)) if before is not None else ()
        if before is not None and not differences:
            return
        line = {
            "schema_version": SCHEMA_VERSION,
            "at": iso(now.generated_at),
            "began": before is None,
            "status": now.status,
            "differences": difference_values(differences),
        }
        text = json_line(line)
        try:
            os.write(self._descriptor, HISTORY + b"," + text[1:].encode("ascii") + b"\n")
        except OSError as error:
            raise UsageError(f"--save {self._shown} can't be written: {error.strerror}") from None


def _as_it_is(snapshot: Snapshot) -> Snapshot:
    return snapshot
