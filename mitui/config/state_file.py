"""What the dashboard remembers between two runs, in a file of its own: the config a person wrote is never rewritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mitui.config.file_replacement import replace_file
from mitui.config.toml_values import BadKeyError, tables_of, text_of
from mitui.engine.identity import IdentitySyntaxError, parse_identity
from mitui.monitor.plan import PlannedIdentity, PlannedResource
from mitui.monitor.remembered import Remembered

_LARGEST_FILE = 1 << 20


class StateFile:
    """The state file at ``path``; ``remembered`` is what it holds.

    ``warning`` is "" or one sentence: the file could not be read (it is then kept aside as ``.bad``, not lost), or
    could not be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning = ""
        self.remembered = self._read()

    def update(self, change: Callable[[Remembered], Remembered]) -> None:
        """Remember the changed state, and write it if it differs."""
        changed = change(self.remembered)
        if changed == self.remembered:
            return
        self.remembered = changed
        self._write()

    def _read(self) -> Remembered:
        import tomllib

        try:
            with self.path.open("rb") as file:
                text = file.read(_LARGEST_FILE)
        except FileNotFoundError:
            return Remembered()
        except OSError as error:
            self.warning = f"what the dashboard remembers can't be read: {self.path}: {error.strerror}"
            return Remembered()
        try:
            return _remembered(tomllib.loads(text.decode("utf-8")))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, BadKeyError, IdentitySyntaxError, RecursionError) as error:
            reason = str(error) or type(error).__name__
        aside = self.path.with_suffix(self.path.suffix + ".bad")
        try:
            self.path.replace(aside)
        except OSError:
            aside = self.path
        self.warning = f"what the dashboard remembers was damaged and is set aside in {aside}: {reason}"
        return Remembered()

    def _write(self) -> None:
        import tomli_w

        text = tomli_w.dumps(_document(self.remembered)).encode("utf-8")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self.path, text)
        except OSError as error:
            self.warning = f"what the dashboard remembers can't be written: {self.path}: {error.strerror}"
        else:
            self.warning = ""


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
