"""Where a user's files belong, after the XDG base directory specification."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitui.engine.host.environment import HostEnvironment


def base_directory(environment: HostEnvironment, variable: str, below_home: str) -> Path:
    """The directory that ``variable`` names, else ``below_home`` in the home; a relative value counts as unset."""
    given = environment.get(variable)
    if given and Path(given).is_absolute():
        return Path(given)
    home = environment.get("HOME")
    return (Path(home) if home else Path("~").expanduser()) / below_home


def config_path(environment: HostEnvironment, option: str = "") -> Path:
    """Where the config is looked for: ``--config``, else MITUI_CONFIG, else mitui/config.toml in XDG_CONFIG_HOME."""
    named = option or environment.get("MITUI_CONFIG")
    if named:
        return Path(named).expanduser()
    return base_directory(environment, "XDG_CONFIG_HOME", ".config") / "mitui" / "config.toml"


def state_path(environment: HostEnvironment) -> Path:
    """Where the dashboard's own memory is: mitui/state.toml in XDG_STATE_HOME."""
    return base_directory(environment, "XDG_STATE_HOME", ".local/state") / "mitui" / "state.toml"
