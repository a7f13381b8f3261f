"""The host as another process on it sees it."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mitui.engine.host.environment import HostEnvironment, account_name

_LARGEST: Final = 8 << 20  # bytes; the kernel allows a few MiB of arguments and environment
_CAP_SYS_PTRACE: Final = 19  # linux/capability.h


@dataclass(frozen=True, slots=True)
class ProcessUnreadable:
    """Why that process can't be read, in one sentence."""

    message: str


def environment_of(process_id: int, root: Path = Path("/")) -> HostEnvironment | ProcessUnreadable:
    """The environment of process ``process_id`` as it was when it started, and the files as it sees them.

    Only Linux tells; ``root`` is where /proc is.
    """
    if not sys.platform.startswith("linux"):
        return ProcessUnreadable("only Linux lets one process see another's environment")
    if process_id <= 0:
        return ProcessUnreadable(f"{process_id} is no process ID")
    folder = root / "proc" / str(process_id)
    try:
        with (folder / "environ").open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        return ProcessUnreadable(_sentence(process_id, error))
    if len(content) > _LARGEST:
        return ProcessUnreadable(f"the environment of process {process_id} is larger than {_LARGEST >> 20} MiB")
    if not content and _has_ended(folder):
        return ProcessUnreadable(f"process {process_id} has ended")
    variables: dict[str, str] = {}
    for entry in content.split(b"\0"):
        name, equals, value = entry.partition(b"=")
        if equals and name:
            variables.setdefault(os.fsdecode(name), os.fsdecode(value))
    try:
        user = account_name(folder.stat().st_uid, folder / "root")
    except OSError:
        user = ""
    return HostEnvironment(MappingProxyType(variables), folder / "root", sys.platform, process_id, user)


def _has_ended(folder: Path) -> bool:
    """Whether it is only waited for by its parent: its number is still there, and its environment reads as empty."""
    try:
        return status_fields(folder)[:1] in ([b"Z"], [b"X"])
    except FileNotFoundError:
        return False
    except OSError:
        return True


def status_fields(folder: Path) -> list[bytes]:
    """What ``stat`` in a process's folder says from its third field on, the state (proc_pid_stat(5)); the second, the
    program's name, may hold blanks and brackets. Raises OSError.
    """
    return (folder / "stat").read_bytes().rpartition(b")")[2].split()


def _sentence(process_id: int, error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ESRCH, errno.ENOTDIR):
        return f"there is no process {process_id}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return refusal(process_id, is_root=sys.platform != "win32" and os.geteuid() == 0)
    return f"process {process_id} can't be read: {error.strerror or error}"


def refusal(process_id: int, root: Path = Path("/"), *, is_root: bool) -> str:
    """Why the kernel refuses: ptrace(2), "Ptrace access mode checking", which /proc/PID/environ goes by (proc(5))."""
    if not is_root:
        return f"this account may not read process {process_id}: run mitui with sudo, or as the same user"
    if not _has_ptrace(root):
        return f"even root may not read process {process_id} here: this container withholds CAP_SYS_PTRACE"
    return (
        f"even root may not read process {process_id} here: it is of another user namespace, or a security module "
        "guards it"
    )


def _has_ptrace(root: Path) -> bool:
    """Whether we have the capability that lets one process look into any other (capabilities(7))."""
    try:
        status = (root / "proc/self/status").read_text("ascii", "replace")
        mask = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
        return bool(int(mask, 16) >> _CAP_SYS_PTRACE & 1)
    except (OSError, StopIteration, IndexError, ValueError):
        return True
