"""A file that holds one whole answer, and never half of one: in place of another, or beside those that are there."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from mitui.cli.command_line.options import UsageError
from mitui.config.file_replacement import create_file, replace_file
from mitui.safe_text import visible_line

MODE: Final = 0o644
"""Readable by all, whatever the umask: what reads it is seldom the user who wrote it."""
PRIVATE: Final = 0o600
"""For what tells more than an answer does."""


class OutputFile:
    """The file at ``place``, which ``option`` names: whoever names it wants it replaced. A symbolic link is followed,
    and stays.

    Raises UsageError for a place where no file can be written.
    """

    def __init__(self, place: str, *, option: str = "--output", mode: int = MODE) -> None:
        self.shown = f"{option} {visible_line(place)}"
        self._option = option
        self._mode = mode
        with _as_usage_error(self.shown):
            self._place = Path(os.path.realpath(place))
            # Renaming onto a device or a pipe would take it away.
            if self._place.exists() and not stat.S_ISREG(self._place.stat().st_mode):
                raise UsageError(f"{self.shown} is no regular file: name a file, or leave {self._option} out")
            if not os.access(self._place.parent, os.W_OK | os.X_OK):
                self._place.parent.stat()
                raise PermissionError(0, "no permission to write in that folder")

    def write(self, text: str) -> None:
        """Replace what the file holds, all at once. Raises UsageError where that fails; the file is as it was then."""
        with _as_usage_error(self.shown):
            replace_file(self._place, text.encode("utf-8", "replace"), self._mode)


class NewFile:
    """A file that takes no other's place: where ``name`` is taken it is called name-2, name-3 and so on."""

    def __init__(self, name: str, *, mode: int = PRIVATE) -> None:
        self.shown = visible_line(name)
        self._wanted = self._place = Path(name)
        self._mode = mode

    def write(self, text: str) -> None:
        """Write it; ``shown`` is then what the file is called. Raises UsageError where that fails."""
        with _as_usage_error(self.shown):
            for number in count(2):
                try:
                    create_file(self._place, text.encode("utf-8", "replace"), self._mode)
                except FileExistsError:
                    self._place = self._wanted.with_stem(f"{self._wanted.stem}-{number}")
                else:
                    self.shown = visible_line(str(self._place))
                    return


@contextlib.contextmanager
def _as_usage_error(shown: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{shown} can't be written: {error.strerror}") from None
