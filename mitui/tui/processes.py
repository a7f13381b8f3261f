"""The processes of this host and the identity variables each was started with."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mitui.engine.host.process_environment import ProcessUnreadable, environment_of, status_fields

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
    "DEFAULT_IDENTITY_CLIENT_ID",
    "AZURE_TOKEN_CREDENTIALS",
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
)
"""What decides which identity endpoint a process sees, and whether an SDK in it asks there at all: the last four are
those of DefaultAzureCredential and EnvironmentCredential (azure-identity 1.27.0, azure/identity/_constants.py).
"""
_OF_A_SOURCE: Final = frozenset(
    (
        "IDENTITY_ENDPOINT",
        "IDENTITY_HEADER",
        "IMDS_ENDPOINT",
        "MSI_ENDPOINT",
        "MSI_SECRET",
        "AZURE_FEDERATED_TOKEN_FILE",
    )
)
"""What a platform gives to a service that has an identity."""
_OVERRIDE: Final = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
"""What moves the address of IMDS, be it for everything on a machine; it says little of a process."""


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process. ``variables`` are the names of those that are set; never their values.

    ``differs`` says that one of them is not as it is in this shell.

    ``unreadable`` is the reason why its environment can't be read, "" where it can. ``started`` is when it began, in
    clock ticks since the machine did; 0 where that is not told.
    """

    process_id: int
    user: str
    command: str
    variables: tuple[str, ...] = ()
    unreadable: str = ""
    started: int = 0
    differs: bool = True


def list_processes(root: Path = Path("/")) -> tuple[ProcessRow, ...]:
    """Every process with a command line, but this one, in the order of ``_likelihood``.

    Reads /proc below ``root``; a process that ends meanwhile is left out.
    """
    rows = []
    with contextlib.suppress(OSError):
        for folder in (root / "proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                row = _row(int(folder.name), folder, root)
                rows += [row] if row else []
    return tuple(sorted(rows, key=_likelihood))


def _likelihood(row: ProcessRow) -> tuple[bool, int, str, int, int]:
    """How soon a process is likely to be the one that somebody looks for.

    One that has other identity variables or credentials than this shell is why the list is opened, and the more they
    say the sooner; another mitui is not; one that can't be read can't be looked at.
    Among their like they stand by name, since a name is what a person knows of a program, and its number is not; of one
    name the newest is first, since it is the one that was just started anew to see whether it works now.
    """
    return bool(row.unreadable), _says(row), row.command.casefold(), -row.started, -row.process_id


def _says(row: ProcessRow) -> int:
    """How much its variables say, 0 for the most."""
    names = set(row.variables)
    if "mitui" in row.command.split():
        return 5
    if not names:
        return 4
    if not row.differs:
        return 3
    return 0 if names & _OF_A_SOURCE else 1 if names - {_OVERRIDE} else 2


def _row(process_id: int, folder: Path, root: Path) -> ProcessRow | None:
    try:
        command = (folder / "cmdline").read_bytes()[:4096]
        owner = folder.stat().st_uid
    except OSError:
        return None
    if not command:  # the kernel's own threads have none
        return None
    name, started = _command_name(command), _started(folder)
    environment = environment_of(process_id, root)
    if isinstance(environment, ProcessUnreadable):
        return ProcessRow(process_id, _user(owner), name, (), environment.message, started)
    found = tuple(variable for variable in VARIABLES if environment.state(variable) != "unset")
    differs = any(environment.variables.get(each) != os.environ.get(each) for each in VARIABLES)
    return ProcessRow(process_id, _user(owner), name, found, "", started, differs)


def _started(folder: Path) -> int:
    """The 22nd field of ``stat``."""
    try:
        return int(status_fields(folder)[19])
    except (OSError, ValueError, IndexError):
        return 0


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
