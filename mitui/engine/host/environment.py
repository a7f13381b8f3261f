"""The host as a process on it sees it: variables, files and platform, as one immutable value."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from mitui.engine.host.regular_file import FileContent, read_regular_file

VariableState = Literal["set", "empty", "unset"]


@dataclass(frozen=True)
class HostEnvironment:
    """Variables, the filesystem root and the platform (``sys.platform``) that detection and the sources read.

    ``process_id`` is the process whose view this is, None for our own. ``user`` is the name of the account that it runs
    as, "" where that is not known. ``connect_to`` is to this machine's well-known addresses what ``root`` is to its
    files: the (address on loopback, port) to dial for a host, where that is another one for us. ``enclosed`` says that
    there is nothing beyond it, as with a simulated host: no name is asked of this machine's own resolver.
    """

    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    root: Path = Path("/")
    platform: str = "linux"
    process_id: int | None = None
    user: str = ""
    connect_to: Mapping[str, tuple[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    enclosed: bool = False

    @classmethod
    def current(cls) -> HostEnvironment:
        """The environment of this very process."""
        user = account_name(os.geteuid(), Path("/")) if hasattr(os, "geteuid") else os.environ.get("USERNAME", "")
        return cls(MappingProxyType(dict(os.environ)), Path("/"), sys.platform, user=user)

    def get(self, name: str) -> str:
        """The variable's value, or "" when it is empty or unset."""
        return self.variables.get(name, "")

    def state(self, name: str) -> VariableState:
        """Whether the variable is set, empty or unset; SDKs disagree on whether empty counts as set."""
        if name not in self.variables:
            return "unset"
        return "set" if self.variables[name] else "empty"

    def has_stand_in(self, url: str) -> bool:
        """Whether something on this machine is dialled for the URL's host, which a simulator is and no endpoint."""
        return bool(self.connect_to) and urlsplit(url).hostname in self.connect_to

    @property
    def is_windows(self) -> bool:
        return self.platform == "win32"

    def path(self, absolute: str) -> Path:
        """Where the file with this absolute path is for us, below ``root``."""
        if self.root == Path("/"):
            return Path(absolute)
        return self.root / absolute.replace("\\", "/").removeprefix("C:").lstrip("/")


def account_name(user_id: int, root: Path) -> str:
    """The account with this ID, by the passwd file below ``root``; "" where it names none."""
    found = read_regular_file(root / "etc/passwd", _LARGEST_PASSWD, follow_links=True, cut=True)
    text = found.content.decode("utf-8", "replace") if isinstance(found, FileContent) else ""
    fields = (line.split(":") for line in text.splitlines())
    return next((each[0] for each in fields if len(each) > 2 and each[2] == str(user_id)), "")


_LARGEST_PASSWD = 1 << 20
