"""A file that is replaced all at once: written beside its place and renamed, so that no reader sees half of one."""

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
