"""config.toml -> a Config, with errors that name the key and say what is allowed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final, get_args

from mitui.config.config import Config, ConfigError, DashboardConfig, Glyphs, TimeZoneName
from mitui.config.entries import IdentityConfig, ResourceConfig, VaultConfig
from mitui.config.toml_values import (
    BadKeyError,
    flag_of,
    known,
    not_allowed,
    seconds_of,
    table_of,
    tables_of,
    text_of,
    unlike,
    word_of,
)
from mitui.engine.identity import Identity, IdentitySyntaxError, SystemAssigned, client_id, object_id, resource_id
from mitui.monitor.plan import DEPTHS
from mitui.safe_text import visible_line

SHORTEST_INTERVAL: Final = 2.0
SHORTEST_PROBE_INTERVAL: Final = 30.0


def parse_config(text: bytes, place: Path) -> Config | ConfigError:
    """Read a config from its bytes; ``place`` is named in errors."""
    shown = visible_line(str(place))
    try:
        document = tomllib.loads(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        return ConfigError(f"{shown}: byte {error.start} is not UTF-8; TOML files are UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        return ConfigError(f"{shown}: is not valid TOML: {visible_line(str(error))}")
    except RecursionError:
        return ConfigError(f"{shown}: is nested too deeply to be a mitui config")
    try:
        return _config(document, place)
    except BadKeyError as error:
        return ConfigError(visible_line(f"{shown}: {error}", 2048))


def _config(document: Mapping[str, object], place: Path) -> Config:
    known(document, ("dashboard", "identities", "resources", "vaults", "keys"), "")
    dashboard = table_of(document, "dashboard")
    keys = table_of(document, "keys")
    written = {name for name in ("identities", "resources", "vaults") if name in document}
    written |= {f"dashboard.{key}" for key in dashboard} | {f"keys.{key}" for key in keys}
    identities = tuple(_identity(table, where) for table, where in tables_of(document, "identities"))
    unlike([str(each.identity) for each in identities], "identities", "is listed twice")
    unlike([each.name for each in identities if each.name], "identities.name", "names two identities")
    vaults = tuple(_vault(table, where) for table, where in tables_of(document, "vaults"))
    unlike([each.url for each in vaults], "vaults.url", "is listed twice")
    resources = tuple(_resource(table, where) for table, where in tables_of(document, "resources"))
    unlike([each.resource for each in resources], "resources.resource", "is listed twice")
    return Config(
        path=place,
        found=True,
        dashboard=_dashboard(dashboard),
        identities=identities,
        resources=resources,
        vaults=vaults,
        keys=tuple((action, _keys(keys, action)) for action in keys),
        written=frozenset(written),
    )


def _dashboard(table: Mapping[str, object]) -> DashboardConfig:
    where = "dashboard"
    default = DashboardConfig()
    known(table, [each.name for each in fields(DashboardConfig)], where)
    return DashboardConfig(
        theme=text_of(table, "theme", where, default.theme),
        interval=seconds_of(table, "interval", where, SHORTEST_INTERVAL, 86_400) or default.interval,
        time_zone=word_of(table, "time_zone", where, get_args(TimeZoneName), default.time_zone),
        expiring_below=seconds_of(table, "expiring_below", where, 0, 86_400, default.expiring_below) or 0.0,
        glyphs=word_of(table, "glyphs", where, get_args(Glyphs), default.glyphs),
        mouse=flag_of(table, "mouse", where, default.mouse),
        allow_token_copy=flag_of(table, "allow_token_copy", where, default.allow_token_copy),
    )


_SELECTORS: Final[Mapping[str, Callable[[str], Identity]]] = {
    "client_id": client_id,
    "object_id": object_id,
    "resource_id": resource_id,
}
_ONE_SELECTOR: Final = "exactly one of system = true, client_id, object_id or resource_id is allowed"


def _identity(table: Mapping[str, object], where: str) -> IdentityConfig:
    known(table, ("name", "system", *_SELECTORS), where)
    name = text_of(table, "name", where)
    system = flag_of(table, "system", where, default=False)
    chosen = [key for key in _SELECTORS if key in table]
    if system + len(chosen) != 1:
        found = ", ".join((["system"] if system else []) + chosen) or "none"
        raise BadKeyError(f"{where}: names {found}; {_ONE_SELECTOR}")
    if system:
        return IdentityConfig(SystemAssigned(), name)
    value = text_of(table, chosen[0], where)
    try:
        return IdentityConfig(_SELECTORS[chosen[0]](value), name)
    except IdentitySyntaxError as error:
        raise BadKeyError(f"{where}.{chosen[0]}: {error}") from None


def _resource(table: Mapping[str, object], where: str) -> ResourceConfig:
    known(table, ("name", "resource"), where)
    resource = text_of(table, "resource", where).strip()
    if not resource:
        raise BadKeyError(f'{where}: has no resource; say resource = "https://management.azure.com"')
    return ResourceConfig(resource, text_of(table, "name", where))


def _vault(table: Mapping[str, object], where: str) -> VaultConfig:
    known(table, [each.name for each in fields(VaultConfig)], where)
    url = text_of(table, "url", where).strip()
    if not url:
        raise BadKeyError(f'{where}: has no url; say url = "https://contoso-kv.vault.azure.net" or a bare vault name')
    return VaultConfig(
        url=url,
        name=text_of(table, "name", where),
        secret=text_of(table, "secret", where),
        prefix=text_of(table, "prefix", where),
        want=_want(table, where),
        probe=word_of(table, "probe", where, DEPTHS, "read"),
        probe_every=seconds_of(table, "probe_every", where, SHORTEST_PROBE_INTERVAL, 7 * 86_400),
        allow_loopback=flag_of(table, "allow_loopback", where, default=False),
        ca_file=text_of(table, "ca_file", where),
    )


def _want(table: Mapping[str, object], where: str) -> tuple[str, ...]:
    value = table.get("want", [])
    if isinstance(value, str):
        listed: Sequence[object] = [value]
    elif isinstance(value, list):
        listed = value
    else:
        raise BadKeyError(not_allowed(where, "want", value, 'a list such as ["secrets/get", "secrets/list"]'))
    for each in listed:
        if not isinstance(each, str):
            raise BadKeyError(not_allowed(where, "want", each, 'text such as "secrets/get"'))
    if not listed:
        return ()
    from mitui.keyvault.wanted import WantSyntaxError, parse_want

    try:
        return tuple(parse_want(",".join(str(each) for each in listed)))
    except WantSyntaxError as error:
        raise BadKeyError(f"{where}.want: {error}") from None


def _keys(table: Mapping[str, object], action: str) -> str:
    text = text_of(table, action, "keys")
    if not all(part.strip() for part in text.split(",")):
        raise BadKeyError(not_allowed("keys", action, text, 'one key or several with commas, such as "r,f5"'))
    return ",".join(part.strip() for part in text.split(","))
