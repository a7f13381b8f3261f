"""A process as /proc shows it: its program, arguments and files, by the paths that it sees itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mitui.diagnosis.sdk.carried.rooted_files import RegularFile, RootedFiles

_LARGEST: Final = 4 << 20  # bytes of one file in /proc
_MOST_OPEN: Final = 4_096
_DELETED: Final = " (deleted)"


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """``name`` is the kernel's for it, cut to 15 characters; ``started`` tells it from a later one of the same number.

    ``executable``, ``directory``, ``mapped`` and ``opened`` are absolute paths below the process's own root.
    """

    process_id: int
    files: RootedFiles
    proc: Path
    name: str = ""
    started: str = ""
    arguments: tuple[str, ...] = ()
    executable: str = ""
    directory: str = "/"
    mapped: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def program(self) -> str:
        """The executable's name without its folder."""
        return self.executable.rpartition("/")[2]

    def path(self, text: str) -> str:
        """``text`` as an absolute path, relative to the process's directory."""
        return text if text.startswith("/") else f"{self.directory.rstrip('/')}/{text}"

    def open_executable(self) -> AbstractContextManager[RegularFile | None]:
        """The executable itself, even where its file is deleted or replaced by now."""
        return self.files.open_outside(self.proc / "exe")

    def goes_on(self) -> bool:
        """Whether it is still the same process."""
        return bool(self.started) and _started(self.proc) == self.started


def running_process(
    process_id: int, files: RootedFiles, variables: Mapping[str, str], root: Path = Path("/")
) -> RunningProcess:
    """What can be read of it; ``root`` is where /proc is. What can't be read is empty."""
    proc = root / "proc" / str(process_id)
    own_root = _link(proc / "root") or "/"
    return RunningProcess(
        process_id,
        files,
        proc,
        name=process_name(process_id, root),
        started=_started(proc),
        arguments=tuple(os.fsdecode(each) for each in _read(proc / "cmdline").split(b"\0")[:-1]),
        executable=_below(own_root, _link(proc / "exe")),
        directory=_below(own_root, _link(proc / "cwd")) or "/",
        mapped=tuple(dict.fromkeys(path for each in _mapped(proc) if (path := _below(own_root, each)))),
        opened=tuple(dict.fromkeys(path for each in _opened(proc) if (path := _below(own_root, each)))),
        variables=variables,
    )


def process_name(process_id: int, root: Path = Path("/")) -> str:
    """The kernel's name for a process, which every account may read; "" where there is none."""
    return os.fsdecode(_read(root / "proc" / str(process_id) / "comm")).rstrip("\n")


def _read(path: Path) -> bytes:
    with suppress(OSError), path.open("rb") as file:
        return file.read(_LARGEST)
    return b""


def _link(path: Path) -> str:
    with suppress(OSError):
        return str(path.readlink()).removesuffix(_DELETED)
    return ""


def _started(proc: Path) -> str:
    """Field 22 of stat, in clock ticks since boot, "" for one that has ended and waits to be reaped (state Z or X).

    The fields are counted after the name, which may hold anything.
    """
    fields = _read(proc / "stat").rpartition(b")")[2].split()
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):
        return ""
    return fields[19].decode("ascii", "replace")


def _below(own_root: str, path: str) -> str:
    """The path as a process sees it whose root is ``own_root``; "" for what is no path or lies outside."""
    if own_root == "/":
        return path if path.startswith("/") else ""
    return path.removeprefix(own_root) if path.startswith(f"{own_root}/") else ""


def _mapped(proc: Path) -> Iterator[str]:
    for each in _read(proc / "maps").splitlines():
        fields = each.split(maxsplit=5)
        if len(fields) == 6 and fields[5].startswith(b"/"):
            yield os.fsdecode(fields[5]).removesuffix(_DELETED)


def _opened(proc: Path) -> Iterator[str]:
    with suppress(OSError), os.scandir(proc / "fd") as entries:
        for entry, _ in zip(entries, range(_MOST_OPEN), strict=False):
            yield _link(Path(entry.path))
