"""Files that are written whole: one that is replaced all at once, so that no reader sees half of it, and a new one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def replace_file(place: Path, content: bytes, mode: int = 0o600) -> None:
    """Let the file hold this content and have this mode, whatever the umask.

    Raises OSError where that fails; the file is as it was then, and nothing is left beside it.
    """
    handle, beside = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(handle, mode)
            os.fsync(handle)
        Path(beside).replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise


def create_file(place: Path, content: bytes, mode: int = 0o600) -> None:
    """Make a file that was not there, with this content and this mode.

    Raises FileExistsError where there is something of that name, be it a link that leads nowhere, and OSError where
    writing fails; nothing is left then.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(place, flags, mode), "wb") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                place.unlink()
            raise
