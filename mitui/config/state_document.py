"""What the dashboard remembers, as the document of its file, and back."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from mitui.config.toml_values import BadKeyError, tables_of, text_of
from mitui.engine.identity import IdentitySyntaxError, parse_identity
from mitui.monitor.plan import PlannedIdentity, PlannedResource
from mitui.monitor.remembered import Remembered


def parse_state(text: bytes) -> Remembered:
    """What the file's bytes hold. Raises ValueError, with the reason, where they are damaged."""
    try:
        return _remembered(tomllib.loads(text.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, BadKeyError, IdentitySyntaxError, RecursionError) as error:
        raise ValueError(str(error) or type(error).__name__) from None


def state_text(remembered: Remembered) -> bytes:
    """The bytes of its file."""
    import tomli_w

    return tomli_w.dumps(_document(remembered)).encode("utf-8")


def _remembered(document: Mapping[str, object]) -> Remembered:
    identities = tuple(
        PlannedIdentity(parse_identity(text_of(table, "identity", where)), text_of(table, "name", where), "state")
        for table, where in tables_of(document, "identities")
    )
    resources = tuple(
        PlannedResource(text_of(table, "resource", where), text_of(table, "name", where), "state")
        for table, where in tables_of(document, "resources")
        if text_of(table, "resource", where)
    )
    names = tuple(
        (text_of(table, "identity", where), text_of(table, "name", where))
        for table, where in tables_of(document, "names")
    )
    return Remembered(
        identities=identities,
        resources=resources,
        vaults=_strings(document, "vaults"),
        names=names,
        removed=_strings(document, "removed"),
        selected=text_of(document, "selected", ""),
        theme=text_of(document, "theme", ""),
    )


def _strings(document: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = document.get(key, [])
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(str(each) for each in value)
    raise BadKeyError(f"{key} must be a list of texts")


def _document(remembered: Remembered) -> dict[str, object]:
    document: dict[str, object] = {
        "selected": remembered.selected,
        "theme": remembered.theme,
        "vaults": list(remembered.vaults),
        "removed": list(remembered.removed),
        "names": [{"identity": spec, "name": name} for spec, name in remembered.names],
        "identities": [{"identity": str(each.identity), "name": each.name} for each in remembered.identities],
        "resources": [{"resource": each.resource, "name": each.name} for each in remembered.resources],
    }
    return {key: value for key, value in document.items() if value}
