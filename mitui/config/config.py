"""What a config file says, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from mitui.config.entries import IdentityConfig, ResourceConfig, VaultConfig

TimeZoneName = Literal["utc", "local", "epoch"]
Glyphs = Literal["auto", "unicode", "ascii"]
AUTO: Final = "auto"
"""The theme that suits the terminal's ground, as far as it says what that is."""


@dataclass(frozen=True, slots=True)
class ConfigError:
    """Why a config can't be used: one line that names the file, the key, the value and what is allowed."""

    message: str


@dataclass(frozen=True, slots=True)
class DashboardConfig:
    """``[dashboard]``; seconds throughout. ``theme`` is AUTO for what suits the terminal's ground."""

    theme: str = AUTO
    interval: float = 60.0
    time_zone: TimeZoneName = "utc"
    expiring_below: float = 300.0
    glyphs: Glyphs = "auto"
    mouse: bool = True
    allow_token_copy: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """A whole config file. ``path`` is where it is or would be, ``found`` whether it was there.

    ``written`` holds the dotted names of the keys that the file sets, for saying where a value came from.
    """

    path: Path = Path("config.toml")
    found: bool = False
    dashboard: DashboardConfig = DashboardConfig()
    identities: tuple[IdentityConfig, ...] = ()
    resources: tuple[ResourceConfig, ...] = ()
    vaults: tuple[VaultConfig, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()  # (action id, "key,key")
    written: frozenset[str] = field(default=frozenset())
