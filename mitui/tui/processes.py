"""The processes of this host and the identity variables each was started with."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mitui.engine.host.process_environment import ProcessUnreadable, environment_of

VARIABLES: Final = (
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "AZURE_CLIENT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
)
"""What decides which identity endpoint a process sees."""


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process. ``variables`` are the names of those that are set; never their values.

    ``unreadable`` is the reason why its environment can't be read, "" where it can.
    """

    process_id: int
    user: str
    command: str
    variables: tuple[str, ...] = ()
    unreadable: str = ""


def list_processes(root: Path = Path("/")) -> tuple[ProcessRow, ...]:
    """Every process with a command line, but this one: those with identity variables first, the unreadable last.

    Reads /proc below ``root``; a process that ends meanwhile is left out.
    """
    rows = []
    with contextlib.suppress(OSError):
        for folder in (root / "proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                row = _row(int(folder.name), folder, root)
                rows += [row] if row else []
    return tuple(sorted(rows, key=lambda row: (bool(row.unreadable), not row.variables, row.process_id)))


def _row(process_id: int, folder: Path, root: Path) -> ProcessRow | None:
    try:
        command = (folder / "cmdline").read_bytes()[:4096]
        owner = folder.stat().st_uid
    except OSError:
        return None
    if not command:  # the kernel's own threads have none
        return None
    name = _command_name(command)
    environment = environment_of(process_id, root)
    if isinstance(environment, ProcessUnreadable):
        return ProcessRow(process_id, _user(owner), name, unreadable=environment.message)
    found = tuple(variable for variable in VARIABLES if environment.state(variable) != "unset")
    return ProcessRow(process_id, _user(owner), name, found)


def _command_name(command: bytes) -> str:
    """The program without its folder, and its first argument; more might hold a password."""
    words = [word.decode("utf-8", "replace") for word in command.split(b"\0") if word][:2]
    program = words[0].rpartition("/")[2]
    second = words[1] if len(words) > 1 and not words[1].startswith("-") else ""
    return f"{program} {second.rpartition('/')[2]}".strip()


def _user(number: int) -> str:
    if sys.platform == "win32":
        return str(number)
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
