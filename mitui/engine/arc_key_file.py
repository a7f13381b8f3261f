"""The key file of an Arc challenge: which file may be read at all, and how.

The challenge comes over plain HTTP and names a file whose content is then sent back, so that whoever answers at the
endpoint could ask for any file. Only a regular ``<name>.key`` in the agent's own directory is ever opened.
"""

from __future__ import annotations

import ntpath
import re
from typing import Final

from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.regular_file import UnreadFile, read_regular_file
from mitui.secret import Secret

LARGEST: Final = 4096  # bytes
_BASIC: Final = re.compile(r"\s*basic\s+realm\s*=\s*(?:\"([^\"]*)\"|([^\s\"].*?))\s*\Z", re.IGNORECASE)
_NAME: Final = re.compile(r"[0-9A-Za-z-]{1,200}\.key\Z", re.ASCII)
_KEY: Final = re.compile(r"[ -~]+\Z", re.ASCII)


def key_directory(environment: HostEnvironment) -> str:
    """The one directory in which the agent puts its keys on this platform."""
    if environment.is_windows:
        return ntpath.join(environment.get("ProgramData") or r"C:\ProgramData", "AzureConnectedMachineAgent", "Tokens")
    return "/var/opt/azcmagent/tokens"


def key_path(environment: HostEnvironment, challenges: list[str]) -> str | Refusal:
    """The file that one of these WWW-Authenticate headers names, if it is one that may be read."""
    realms = [match[1] if match[1] is not None else match[2] for text in challenges if (match := _BASIC.match(text))]
    if not realms:
        return Refusal(
            FailureKind.CHALLENGE_MISSING,
            "the Arc agent answered 401 without the Basic challenge that names a key file",
        )
    path = realms[0]
    directory, _, name = path.rpartition("\\" if environment.is_windows else "/")
    expected = key_directory(environment)
    same = directory.lower() == expected.lower() if environment.is_windows else directory == expected
    if not same or not _NAME.match(name):
        return _refused(path[:300], f"is not a .key file directly in {expected}")
    return path


def read_key(environment: HostEnvironment, path: str) -> Secret | Refusal:
    """The key in this file, without a line end. Never follows a link, never reads more than 4,096 bytes."""
    found = read_regular_file(environment.path(path), LARGEST, follow_links=False)
    if isinstance(found, UnreadFile):
        return _unread(environment, path, found)
    key = found.content.decode("utf-8", "replace").rstrip("\r\n")
    if not _KEY.match(key):
        return _refused(path, "holds no key")
    return Secret(key)


def _refused(path: str, why: str) -> Refusal:
    message = f"the Arc challenge names {path}, which {why}: it is not read"
    return Refusal(FailureKind.KEY_FILE_REFUSED, message, facts=(("path", path),))


def _unread(environment: HostEnvironment, path: str, file: UnreadFile) -> Refusal:
    why = {
        "link": "is a link or no regular file",
        "not_regular": "is a link or no regular file",
        "too_large": f"is larger than {LARGEST:,} bytes",
    }.get(file.problem)
    if why:
        return _refused(path, why)
    if file.problem == "missing":
        return Refusal(
            FailureKind.KEY_FILE_MISSING, f"the key file {path} is not there (any more)", facts=(("path", path),)
        )
    if file.problem == "denied":
        group = "Hybrid agent extension applications" if environment.is_windows else "himds"
        return Refusal(
            FailureKind.KEY_FILE_UNREADABLE,
            f"this account may not read the key file {path}: it must be in the group {group}",
            facts=(("path", path), ("group", group)),
        )
    return Refusal(
        FailureKind.KEY_FILE_UNREADABLE,
        f"the key file {path} can't be read: {file.words}",
        facts=(("path", path),),
    )
