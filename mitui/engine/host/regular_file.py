"""Read a small file that somebody else chose: never a pipe, a device or a folder, and never more than was asked for."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FileProblem = Literal["missing", "denied", "link", "not_regular", "too_large", "other"]


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file held, and when it was last written in epoch seconds."""

    content: bytes
    modified_at: float

    def __repr__(self) -> str:
        return f"FileContent({len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """Why a file was not read; ``words`` are the system's own, where it said any."""

    problem: FileProblem
    words: str = ""


def read_regular_file(path: Path, largest: int, *, follow_links: bool, cut: bool = False) -> FileContent | UnreadFile:
    """The content of this regular file. Never waits for a writer, never raises.

    A file of more than ``largest`` bytes is not read, or, where it may be ``cut``, no further than that.
    """
    flags = os.O_RDONLY
    for name in ("O_CLOEXEC", "O_NONBLOCK", "O_BINARY", *(() if follow_links else ("O_NOFOLLOW",))):
        flags |= getattr(os, name, 0)
    try:
        status = path.stat() if follow_links else path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return UnreadFile("link")
        if not stat.S_ISREG(status.st_mode):
            return UnreadFile("not_regular")
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return UnreadFile("not_regular")
            content = file.read(largest if cut else largest + 1)
    except (OSError, ValueError) as error:
        return _unread(error)
    return FileContent(content, status.st_mtime) if len(content) <= largest else UnreadFile("too_large")


def _unread(error: OSError | ValueError) -> UnreadFile:
    code = error.errno if isinstance(error, OSError) else None
    words = getattr(error, "strerror", None) or str(error)
    if code in (errno.ENOENT, errno.ENOTDIR):
        return UnreadFile("missing", words)
    if code in (errno.EACCES, errno.EPERM):
        return UnreadFile("denied", words)
    return UnreadFile("link" if code == errno.ELOOP else "other", words)
