"""From a command line's options and a TOML file to a bench."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from mitui.simulator.bench.pieces import fault_of, identity_of, known_only, vault_of
from mitui.simulator.bench.spec import BenchSpec, LogFormat, OutputFormat
from mitui.simulator.bench.values import nearest, number, one_of, port, shown, text, truth
from mitui.simulator.kinds import KINDS
from mitui.simulator.scenarios.table import SCENARIOS

FORMATS: Final[tuple[OutputFormat, ...]] = get_args(OutputFormat)
LOGS: Final[tuple[LogFormat, ...]] = get_args(LogFormat)
_LARGEST_FILE: Final = 1_000_000
_MOST_MILLISECONDS: Final = 3_600_000

_SIMPLE: Final[dict[str, Callable[[Any, str], Any]]] = {
    "host": text,
    "port": port,
    "control_port": port,
    "root": lambda value, what: Path(text(value, what)),
    "system_assigned": truth,
    "lifetime": number,
    "latency": lambda value, what: number(value, what, _MOST_MILLISECONDS) / 1000,
    "arm": truth,
    "format": lambda value, what: one_of(value, FORMATS, what),
    "log": lambda value, what: one_of(value, LOGS, what),
}
_LISTS: Final[dict[str, tuple[str, Callable[[Any, str], Any]]]] = {
    "identity": ("identities", identity_of),
    "fault": ("faults", fault_of),
    "vault": ("vaults", vault_of),
}


def sources() -> tuple[str, ...]:
    """Everything that can be simulated: scenarios, then kinds of host."""
    return (*SCENARIOS, *KINDS)


def source_of(name: str) -> str:
    """The scenario, or the kind of host, that goes by this name. Raises ValueError with those that there are."""
    kind = name.replace("-", "_")
    if name not in SCENARIOS and kind not in KINDS:
        known = sources()
        raise ValueError(
            f"nothing to simulate goes by {shown(name)}; there are {', '.join(known)}{nearest(name, known)}"
        )
    return name if name in SCENARIOS else kind


def bench_of(table: Mapping[str, Any], name_of: Callable[[str], str] = str) -> BenchSpec:
    """The bench that a table says. ``name_of`` tells how a key is written where the table came from.

    Raises ValueError with one sentence.
    """
    given = known_only(table, ("source", *_SIMPLE, *_LISTS), "the bench")
    values: dict[str, Any] = {
        key: take(given[key], name_of(key)) for key, take in _SIMPLE.items() if given.get(key) is not None
    }
    for key, (name, take) in _LISTS.items():
        if key in given:
            rows = given[key]
            if not isinstance(rows, list):
                raise ValueError(f"{name_of(key)}: write each as a table of its own, [[{key}]]")
            values[name] = tuple(take(each, name_of(key)) for each in rows)
            _refuse_twins([each.name for each in values[name]] if key != "fault" else [], name_of(key))
    return BenchSpec(source_of(text(given.get("source", ""), name_of("source"))), **values)


def _refuse_twins(names: list[str], what: str) -> None:
    for each in names:
        if names.count(each) > 1:
            raise ValueError(f"{what}: {shown(each)} is there twice")


def read_file(path: str) -> dict[str, Any]:
    """The table in a TOML file. Raises ValueError that names the file."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
        if len(data) > _LARGEST_FILE:
            raise ValueError("it is larger than 1 MB")
        return tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no TOML: it isn't UTF-8") from None
    except ValueError as error:
        raise ValueError(f"{path} is no TOML: {error}") from None


def from_options(source: str, pairs: Iterable[tuple[str, str]], file: str = "") -> BenchSpec:
    """The bench of a command line: the options as they stand there, by name without dashes, on top of the file's.

    ``role``, ``access-policy`` and ``secret`` belong to the vault before them. Raises ValueError with one sentence.
    """
    table = read_file(file) if file else {}
    if source:
        table["source"] = source
    if file:
        try:
            bench_of(table)
        except ValueError as error:  # said of the file, where it is the file's
            raise ValueError(f"{file}: {error}") from None
    lists: dict[str, list[Any]] = {}
    for option, value in pairs:
        key = option.replace("-", "_")
        if key in _SIMPLE:
            table[key] = _switched(key, value)
        elif key in _LISTS:
            lists.setdefault(key, []).append(_READERS[key](value))
        elif key == "no_system_assigned":
            table["system_assigned"] = False
        else:
            _of_vault(key, value, lists.get("vault", []))
    return bench_of(table | lists, lambda key: "SOURCE" if key == "source" else f"--{key.replace('_', '-')}")


def _switched(key: str, value: str) -> Any:
    return True if key == "arm" else value


def comma_table(value: str, first: str) -> dict[str, str]:
    """``WORD,key=value,...`` as a table, with the word under the key ``first``. Raises ValueError."""
    word, *rest = value.split(",")
    table = {first: word}
    for each in rest:
        key, equals, content = each.partition("=")
        if not equals:
            raise ValueError(f"{shown(value)}: {shown(each)} is no key=value")
        if key in table:
            raise ValueError(f"{shown(value)}: {key} is there twice")
        table[key] = content
    return table


def _identity_table(value: str) -> dict[str, str]:
    for key in ("client", "object", "resource"):
        if value.startswith(f"{key}:"):
            return {key: value.removeprefix(f"{key}:")}
    return comma_table(value, "name")


def _of_vault(key: str, value: str, vaults: list[dict[str, Any]]) -> None:
    if not vaults:
        raise ValueError(f"--{key.replace('_', '-')} belongs to a vault: write it after --vault NAME")
    vault = vaults[-1]
    if key == "secret":
        name, equals, content = value.partition("=")
        if not equals:
            raise ValueError(f"--secret: {shown(name)} has no value; write name=value")
        vault.setdefault("secrets", {})[name] = content
    elif key == "role":
        vault.setdefault("roles", []).append(comma_table(value, "role"))
    else:
        permissions, _, identity = value.partition(",identity=")
        row = {"permissions": permissions} | ({"identity": identity} if identity else {})
        vault.setdefault("access_policies", []).append(row)


_READERS: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "identity": _identity_table,
    "fault": lambda value: comma_table(value, "name"),
    "vault": lambda value: comma_table(value, "name"),
}
