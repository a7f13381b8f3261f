"""``mitui config``: where the config is, what is in force and where it came from, and writing a commented one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from mitui.cli.command_line.options import Options, UsageError
from mitui.config.config import Config, ConfigError
from mitui.config.file_replacement import create_file
from mitui.config.loading import load_config
from mitui.config.locations import config_path, state_path
from mitui.engine.host.environment import HostEnvironment
from mitui.safe_text import visible_line


def config_command(options: Options) -> int:
    """Run ``mitui config path``, ``show`` or ``init``. Raises UsageError for what can't be done."""
    environment = HostEnvironment.current()
    place = config_path(environment, options.config)
    if options.what == "path":
        print(visible_line(str(place), 4096))
        return 0
    if options.what == "init":
        _write(place)
        print(f"wrote {visible_line(str(place), 4096)}")
        return 0
    loaded = load_config(Path(options.config).expanduser() if options.config else None, environment)
    if isinstance(loaded, ConfigError):
        raise UsageError(loaded.message)
    for line in _lines(loaded, environment):
        print(visible_line(line, 4096))
    return 0


def example() -> str:
    """The commented config."""
    packaged = files("mitui").joinpath("config.example.toml")
    if packaged.is_file():
        return packaged.read_text("utf-8")
    # In a checkout it lies where people look for it.
    return (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")


def _write(place: Path) -> None:
    try:
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"{visible_line(str(place))}: can't be written: {error.strerror}") from None
    try:
        create_file(place, example().encode("utf-8"))
    except FileExistsError:
        raise UsageError(f"{visible_line(str(place))}: is there already, and is never overwritten") from None
    except OSError as error:
        raise UsageError(f"{visible_line(str(place))}: can't be written: {error.strerror}") from None


def _lines(config: Config, environment: HostEnvironment) -> Iterator[str]:
    found = "" if config.found else "  (not there: everything is a default)"
    yield f"config   {config.path}{found}"
    state = state_path(environment)
    yield f"state    {state}{'' if state.exists() else '  (not there yet)'}"
    yield ""
    for each in dataclasses.fields(config.dashboard):
        source = "config" if f"dashboard.{each.name}" in config.written else "default"
        value = getattr(config.dashboard, each.name)
        yield _line(f"dashboard.{each.name}", _toml(value) if value != "" else "(the dashboard's own choice)", source)
    for number, identity in enumerate(config.identities, 1):
        yield _line(f"identities[{number}]", f"{identity.identity}  {identity.name}".rstrip(), "config")
    if not config.identities:
        yield _line("identities", "system, and AZURE_CLIENT_ID if it is set", "default")
    for number, resource in enumerate(config.resources, 1):
        yield _line(f"resources[{number}]", f"{resource.resource}  {resource.name}".rstrip(), "config")
    if not config.resources:
        yield _line("resources", "Azure Resource Manager and Key Vault of this host's cloud", "default")
    for number, vault in enumerate(config.vaults, 1):
        for each in dataclasses.fields(vault):
            value = getattr(vault, each.name)
            if value not in ("", (), None, False):
                yield _line(f"vaults[{number}].{each.name}", _toml(value), "config")
    for action, keys in config.keys:
        yield _line(f"keys.{action}", _toml(keys), "config")
    for name in ("MITUI_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        if environment.get(name):
            yield _line(name, environment.get(name), "environment")


def _line(name: str, value: str, source: str) -> str:
    return f"{name:<28} {value:<36} {source}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
