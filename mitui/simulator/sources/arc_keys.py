"""The key files of the Arc agent: proof that a caller may read its directory. Each one opens the door once."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

AGENT_FOLDER: Final = "/var/opt/azcmagent"
TOKENS_FOLDER: Final = f"{AGENT_FOLDER}/tokens"
FOLDERS: Final = (AGENT_FOLDER, "/opt/azcmagent")
"""What an installed agent has to itself on Linux."""

# How the challenge is: as it should be, odd but acceptable (quoted, newline), or a trap.
ChallengeStyle = Literal[
    "plain",
    "quoted",
    "newline",
    "stale",
    "missing",
    "unreadable",
    "shadow",
    "traversal",
    "symlink",
    "big",
    "fifo",
    "digest",
    "silent",
]


@dataclass(slots=True)
class KeyRing:
    """The keys that were handed out and not used yet; safe to use from many threads."""

    _live: dict[str, Path] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def challenge(self, root: Path, style: ChallengeStyle, *, rooted: bool) -> str:
        """Write a new key below ``root`` and return the value of WWW-Authenticate, "" for none.

        With ``rooted`` the header names the file where it really is, ``root`` included.
        """
        if style == "silent":
            return ""
        name = f"{uuid.uuid4()}.key"
        key = secrets.token_hex(32)
        below = f"{TOKENS_FOLDER}/{name}"
        file = root / below.lstrip("/")
        _WRITERS.get(style, _write)(file, key)
        if style != "stale":
            with self._lock:
                self._live[key] = file
        realm = {"shadow": "/etc/shadow", "traversal": f"{TOKENS_FOLDER}/../{name}"}.get(style, below)
        if rooted and style != "shadow":
            realm = f"{root}{realm}"
        scheme = "Digest" if style == "digest" else "Basic"
        return f'{scheme} realm="{realm}"' if style == "quoted" else f"{scheme} realm={realm}"

    def use(self, authorization: str) -> bool:
        """Whether the Authorization header holds a live key; it dies, and its file goes away."""
        scheme, _, key = authorization.partition(" ")
        with self._lock:
            file = self._live.pop(key.strip(), None) if scheme.lower() == "basic" else None
        if file is not None:
            with contextlib.suppress(OSError):
                file.unlink()
        return file is not None


def prepare_agent(root: Path) -> None:
    """Lay out what the agent's installation leaves on a Linux machine."""
    tokens, program = root / TOKENS_FOLDER.lstrip("/"), root / "opt/azcmagent/bin/himds"
    tokens.mkdir(parents=True, exist_ok=True)
    program.parent.mkdir(parents=True, exist_ok=True)
    if not program.exists():
        program.write_text("#!/bin/sh\necho a simulated Azure Connected Machine agent\n")
        program.chmod(0o755)


def _write(file: Path, key: str) -> None:
    file.write_text(key)
    file.chmod(0o640)


def _write_unreadable(file: Path, key: str) -> None:
    file.write_text(key)
    file.chmod(0)


def _write_symlink(file: Path, key: str) -> None:
    target = file.parent.parent / f"elsewhere-{file.name}"
    target.write_text(key)
    file.symlink_to(target)


def _write_fifo(file: Path, _key: str) -> None:
    if sys.platform != "win32":  # which has none
        os.mkfifo(file)


_WRITERS: Final[dict[str, Callable[[Path, str], object]]] = {
    "newline": lambda file, key: file.write_text(f"{key}\n"),
    "missing": lambda file, key: None,
    "unreadable": _write_unreadable,
    "traversal": lambda file, key: (file.parent.parent / file.name).write_text(key),
    "symlink": _write_symlink,
    "big": lambda file, key: file.write_text(key.ljust(5000, "0")),
    "fifo": _write_fifo,
}
