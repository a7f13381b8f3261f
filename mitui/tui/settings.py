"""How the dashboard looks and behaves, as decided by the options, the config and the remembered state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

TimeFormat = Literal["utc", "local", "epoch"]
TIME_FORMATS: tuple[TimeFormat, ...] = ("utc", "local", "epoch")


def _forget(theme: str) -> None:
    """Remember nothing."""


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """``keys`` maps action ids to comma-separated keys. ``remember_theme`` is called with the name of a theme that a
    person has chosen. ``allow_token_copy`` is what the config says of copying a raw token. ``badge`` stands in the
    header for as long as the dashboard runs: that the host is simulated, or a file. ``live`` is False for a file, which
    nothing can be asked of. ``follow_ground`` has the theme be light once the terminal says that its ground is.
    """

    theme: str = "mitui-dark"
    follow_ground: bool = False
    times: TimeFormat = "utc"
    ascii: bool = False
    mouse: bool = True
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    allow_token_copy: bool = False
    badge: str = ""
    live: bool = True
    remember_theme: Callable[[str], None] = _forget
