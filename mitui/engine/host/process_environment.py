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


def _sentence(process_id: int, error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ESRCH, errno.ENOTDIR):
        return f"there is no process {process_id}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"this account may not read process {process_id}: run mitui with sudo, or as the same user"
    return f"process {process_id} can't be read: {error.strerror or error}"
