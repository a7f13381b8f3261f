"""A file that holds one whole answer, and never half of one."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mitui.cli.command_line.options import UsageError
from mitui.config.file_replacement import replace_file
from mitui.safe_text import visible_line

MODE: Final = 0o644
"""Readable by all, whatever the umask: what reads it is seldom the user who wrote it."""
PRIVATE: Final = 0o600
"""For what tells more than an answer does."""


class OutputFile:
    """The file at ``place``, which ``option`` names. A symbolic link is followed, and stays.

    Raises UsageError for a place where no file can be written.
    """

    def __init__(self, place: str, *, option: str = "--output", mode: int = MODE) -> None:
        self._shown = f"{option} {visible_line(place)}".strip()
        self._option = option
        self._mode = mode
        with self._troubles():
            self._place = Path(os.path.realpath(place))
            # Renaming onto a device or a pipe would take it away.
            if self._place.exists() and not stat.S_ISREG(self._place.stat().st_mode):
                raise UsageError(f"{self._shown} is no regular file: name a file, or leave {self._option} out")
            if not os.access(self._place.parent, os.W_OK | os.X_OK):
                self._place.parent.stat()
                raise PermissionError(0, "no permission to write in that folder")

    def write(self, text: str) -> None:
        """Replace what the file holds, all at once. Raises UsageError where that fails; the file is as it was then."""
        with self._troubles():
            replace_file(self._place, text.encode("utf-8", "replace"), self._mode)

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(f"{self._shown} can't be written: {error.strerror}") from None
