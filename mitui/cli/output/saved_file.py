"""Snapshots in files: read where one is named, and written masked unless ids were asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.output.output_file import NewFile, OutputFile
from mitui.engine.host.regular_file import FileContent, read_regular_file
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.redaction import Redactor
from mitui.report.saved.document import LIMIT, Saved, SavedError, masked_copy, read_document, write_document
from mitui.safe_text import visible_line

_TOLD: Final = (
    "identities",
    "resources",
    "vaults",
    "want",
    "probe",
    "process_id",
    "timeout",
    "allow_endpoints",
    "demo",
    "warn_below",
    "critical_below",
)
"""The options that a file tells: those that decide what was asked."""
_PROBLEMS: Final = {"missing": "is not there", "denied": "may not be read", "not_regular": "is no regular file"}


def read_saved(place: str) -> Saved:
    """What the file holds. Raises UsageError, with what is wrong and what to do, for one that can't be used."""
    shown = visible_line(place)
    found = read_regular_file(Path(place).expanduser(), LIMIT, follow_links=True)
    if isinstance(found, FileContent):
        try:
            return read_document(found.content)
        except SavedError as error:
            raise UsageError(f"{shown} {error}") from None
    if found.problem == "too_large":
        raise UsageError(f"{shown} is larger than {LIMIT // 1024 // 1024} MB, which no saved snapshot is")
    raise UsageError(f"{shown} {_PROBLEMS.get(found.problem) or f'can not be read: {found.words}'}")


def saved_options(options: Options) -> tuple[tuple[str, str], ...]:
    """The options that decided what was asked, by name; those that were not given are left out."""
    told = []
    for name in _TOLD:
        value = getattr(options, name)
        if value is None or value == () or value == frozenset():
            continue
        several = sorted(map(str, value)) if isinstance(value, tuple | frozenset) else [str(value)]
        told.append((name, " ".join(several)))
    return tuple(told)


class SavedFile:
    """A snapshot in ``file``, masked by the redactor or with ids as they are."""

    def __init__(self, options: Options, file: OutputFile | NewFile, redactor: Redactor | None) -> None:
        self._file = file
        self._told = saved_options(options)
        self._redactor = redactor

    def give(self, snapshot: Snapshot, run: CheckRun, *, masked: bool = False, saved_at: float | None = None) -> None:
        """Write it; ``masked`` if it comes from a file in which it was, ``saved_at`` as in a Saved.

        Raises UsageError where that fails.
        """
        saved = Saved(snapshot, run, masked, options=self._told, saved_at=saved_at)
        try:
            self._file.write(write_document(masked_copy(saved, self._redactor) if self._redactor else saved))
        except SavedError as error:
            raise UsageError(f"{self._file.shown} {error}") from None
