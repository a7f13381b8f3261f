"""Where a user's files belong, after the XDG base directory specification."""

from __future__ import annotations

from pathlib import Path

from mitui.engine.environment import HostEnvironment


def base_directory(environment: HostEnvironment, variable: str, below_home: str) -> Path:
    """The directory that ``variable`` names, else ``below_home`` in the home; a relative value counts as unset."""
    given = environment.get(variable)
    if given and Path(given).is_absolute():
        return Path(given)
    home = environment.get("HOME")
    return (Path(home) if home else Path("~").expanduser()) / below_home
