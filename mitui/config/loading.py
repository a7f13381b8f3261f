"""Finds and reads the config file; what parses it is loaded only where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from mitui.config.config import Config, ConfigError
from mitui.config.locations import config_path
from mitui.safe_text import visible_line

if TYPE_CHECKING:
    from mitui.engine.host.environment import HostEnvironment

LARGEST_FILE: Final = 1 << 20


def load_config(path: Path | None, environment: HostEnvironment) -> Config | ConfigError:
    """Read the config at ``path``, or where ``config_path`` finds it.

    A file that was named (by ``path`` or MITUI_CONFIG) must exist; the one at the default place need not.
    """
    place = path if path is not None else config_path(environment)
    must_exist = path is not None or bool(environment.get("MITUI_CONFIG"))
    shown = visible_line(str(place))
    try:
        if place.exists() and not place.is_file():
            return ConfigError(f"{shown}: is not a file; --config takes the path of a TOML file")
        with place.open("rb") as file:
            text = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        if must_exist:
            return ConfigError(f"{shown}: no such file; `mitui config init` writes a commented one")
        return Config(path=place)
    except OSError as error:
        return ConfigError(f"{shown}: can't be read: {error.strerror or type(error).__name__}")
    except ValueError:
        return ConfigError(f"{shown}: is not a path that can be opened")
    if len(text) > LARGEST_FILE:
        return ConfigError(f"{shown}: is larger than 1 MiB, so it can't be a mitui config")
    from mitui.config.parsing import parse_config

    return parse_config(text, place)
