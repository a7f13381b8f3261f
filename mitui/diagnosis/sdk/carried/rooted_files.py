"""Files below a root that somebody else fills, read within limits and never outside that root.

Every component of a path is opened by itself and no symbolic link is left to the kernel: its target is resolved below
the root, as it would be after a chroot. Nothing but regular files is opened for reading, so a FIFO or a device can't
hold anything up, and at most the size that a file claims is read. When a limit is reached, everything reads as empty,
and ``stopped`` says why.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 2.0
FILES: Final = 2_000
BYTES: Final = 64 << 20
ENTRIES: Final = 20_000
"""The most names that are taken from one directory."""
_LINKS: Final = 40  # as many as Linux follows in one path
_DEEPEST: Final = 256  # components in one path, after every link


def _flags(*names: str) -> int:
    """Flags of ``os.open`` that Linux has. Windows has no /proc either, so nothing is opened there."""
    value = 0
    for name in names:
        value |= getattr(os, name, 0)
    return value


_PLACE: Final = _flags("O_PATH", "O_CLOEXEC")
_FOLDER: Final = _flags("O_DIRECTORY")
_NOT_A_LINK: Final = _flags("O_NOFOLLOW")
_AT_ONCE: Final = _flags("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be done in all: ``seconds``, files and directories opened, and bytes read."""

    seconds: float = SECONDS
    files: int = FILES
    size: int = BYTES


USUAL: Final = Limits()


class RegularFile:
    """An open regular file; what is read of it counts against the limits."""

    def __init__(self, files: RootedFiles, descriptor: int) -> None:
        self._files = files
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset`` on, fewer at the end of the file, none where a limit is reached."""
        length = min(length, self.size - offset)
        if length <= 0 or offset < 0 or not self._files.take(length):
            return b""
        if sys.platform == "win32":  # which has no reading at a place
            return b""
        with suppress(OSError):
            return os.pread(self._descriptor, length, offset)
        return b""


class RootedFiles:
    """The files below ``root``. Not for threads; close it when done."""

    def __init__(self, root: Path, limits: Limits = USUAL, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._until = clock() + limits.seconds
        self._opened = 0
        self._read = 0
        self.stopped = ""
        try:
            self._root = os.open(root, _PLACE | _FOLDER)
        except OSError as error:
            self._root = -1
            self.stopped = f"its files can't be read: {error.strerror or error}"

    def close(self) -> None:
        """Let go of the root."""
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    def take(self, length: int) -> bool:
        """Whether so many bytes more may be read; they count as read."""
        if not self._may_go_on():
            return False
        if self._read + length > self._limits.size:
            self.stopped = f"stopped after {self._limits.size >> 20} MiB"
            return False
        self._read += length
        return True

    def resolve(self, path: str) -> str | None:
        """The path without any link in it, as one sees it below the root; None where there is nothing."""
        with self._place(path) as place:
            return place[0] if place else None

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file."""
        with self._place(path) as place:
            return place is not None and stat.S_ISREG(os.fstat(place[1]).st_mode)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a directory, sorted, ``ENTRIES`` at most; () where there is no directory."""
        with self._place(folder) as place:
            if place is None or not stat.S_ISDIR(os.fstat(place[1]).st_mode) or not self._count():
                return ()
            with suppress(OSError):
                descriptor = _reopen(place[1], _FOLDER)
                try:
                    with os.scandir(descriptor) as entries:
                        return tuple(sorted(each.name for each, _ in zip(entries, range(ENTRIES), strict=False)))
                finally:
                    os.close(descriptor)
        return ()

    def read(self, path: str, limit: int) -> bytes:
        """The first ``limit`` bytes of a regular file; b"" where there is none."""
        with self.open(path) as file:
            return file.read_at(0, limit) if file else b""

    @contextmanager
    def open(self, path: str) -> Iterator[RegularFile | None]:
        """The regular file at this path, None where there is none."""
        with self._place(path) as place, self._reading(place[1] if place else -1) as file:
            yield file

    @contextmanager
    def open_outside(self, path: Path) -> Iterator[RegularFile | None]:
        """A regular file by a path of our own, such as /proc/PID/exe; it counts like the others."""
        place = -1
        with suppress(OSError):
            place = os.open(path, _PLACE)
        try:
            with self._reading(place) as file:
                yield file
        finally:
            if place >= 0:
                os.close(place)

    @contextmanager
    def _reading(self, place: int) -> Iterator[RegularFile | None]:
        descriptor = -1
        with suppress(OSError):
            if place >= 0 and stat.S_ISREG(os.fstat(place).st_mode) and self._count():
                descriptor = _reopen(place)
        try:
            yield RegularFile(self, descriptor) if descriptor >= 0 else None
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _count(self) -> bool:
        if not self._may_go_on():
            return False
        if self._opened >= self._limits.files:
            self.stopped = f"stopped after {self._limits.files} files"
            return False
        self._opened += 1
        return True

    def _may_go_on(self) -> bool:
        if not self.stopped and self._clock() > self._until:
            self.stopped = f"stopped after {self._limits.seconds:g} s"
        return not self.stopped

    @contextmanager
    def _place(self, path: str) -> Iterator[tuple[str, int] | None]:
        """The path without links and a handle on what is there, which nothing can be read by yet."""
        stack: list[tuple[str, int]] = []
        try:
            yield self._walk(path, stack) if self._may_go_on() else None
        finally:
            for _, descriptor in stack:
                os.close(descriptor)

    def _walk(self, path: str, stack: list[tuple[str, int]]) -> tuple[str, int] | None:
        parts, links, steps = deque(path.split("/")), 0, 0
        with suppress(OSError, ValueError):
            while parts:
                part = parts.popleft()
                if part in ("", "."):
                    continue
                steps += 1
                if steps > _DEEPEST or links > _LINKS:
                    return None
                if part == "..":
                    if stack:
                        os.close(stack.pop()[1])
                    continue
                above = stack[-1][1] if stack else self._root
                found = os.open(part, _PLACE | _NOT_A_LINK, dir_fd=above)
                stack.append((part, found))
                if stat.S_ISLNK(os.fstat(found).st_mode):
                    target = os.readlink("", dir_fd=found)
                    links += 1
                    os.close(stack.pop()[1])
                    if target.startswith("/"):
                        while stack:
                            os.close(stack.pop()[1])
                    parts.extendleft(reversed(target.split("/")))
            if stack:
                return "/" + "/".join(name for name, _ in stack), stack[-1][1]
            return "/", self._root
        return None


def _reopen(place: int, flags: int = 0) -> int:
    """A handle to read by. The /proc is our own; nothing can have changed in between, since ``place`` holds it."""
    return os.open(f"/proc/self/fd/{place}", os.O_RDONLY | _AT_ONCE | flags)
