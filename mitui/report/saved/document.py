"""The document that a file holds: a Snapshot with who wrote it and how, as JSON with a version of its own."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from cattrs import Converter
from cattrs.errors import BaseValidationError, CattrsError

from mitui import __version__
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.redaction import Redactor
from mitui.report.saved.converter import snapshot_converter

FORMAT: Final = "mitui snapshot"
HISTORY: Final = b'{"format":"mitui history"'
"""How each line of a history begins, which holds changes and no snapshots."""
SCHEMA_VERSION: Final = 1
"""Rises when what a field means changes or a field goes. One that is new has a default, and leaves it as it is."""

LIMIT: Final = 8 * 1024 * 1024
"""Bytes of a file at most: a thousand tokens take about half of it, and reading it about 200 MB of memory at worst."""


class SavedError(Exception):
    """What can't be saved, or read as a saved Snapshot; the message says why, to be put behind the file's name."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A Snapshot as it is kept. ``options`` are the command line's, by name. ``masked``: each id is a mask.

    ``saved_at`` is when it was kept, in epoch seconds, where that is later than the last change; None in a file of an
    older mitui.
    """

    snapshot: Snapshot
    run: CheckRun
    masked: bool = True
    mitui_version: str = __version__
    python_version: str = platform.python_version()
    options: tuple[tuple[str, str], ...] = ()
    saved_at: float | None = None

    @property
    def moment(self) -> float:
        """The time of which it tells: when it was kept, else when something last changed."""
        return self.saved_at if self.saved_at is not None else self.snapshot.generated_at


def masked_copy(saved: Saved, redactor: Redactor) -> Saved:
    """The same with every id masked; as it is where that has been done."""
    if saved.masked:
        return saved
    snapshot = redactor.redact(saved.snapshot)
    options = tuple((name, redactor.redact_text(value)) for name, value in saved.options)
    return replace(saved, snapshot=snapshot, masked=True, options=options)


def write_document(saved: Saved) -> str:
    """The document, ASCII with escapes. Raises SavedError for one that could not be read back."""
    document = {"format": FORMAT, "schema_version": SCHEMA_VERSION, **_converter().unstructure(saved)}
    text = json.dumps(document, indent=1, ensure_ascii=True, allow_nan=False) + "\n"
    if len(text) > LIMIT:
        raise SavedError(f"would be larger than {LIMIT // 1024 // 1024} MB, more than is read back: watch fewer tokens")
    return text


def read_document(text: bytes) -> Saved:
    """Raises SavedError for anything but a document of this version or an older one."""
    if text.startswith(HISTORY):
        raise SavedError("is a history, a change a line; what can be replayed and compared is a saved snapshot")
    try:
        document = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise SavedError("is nested too deeply for a saved snapshot") from None
    except ValueError:  # that of UTF-8 is one, too
        raise SavedError("is no whole JSON document: it was cut off, or is something else") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SavedError("is no saved snapshot: `mitui check --save FILE` makes one")
    _check_version(document)
    try:
        return _converter().structure(document, Saved)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, *_LIBRARY_ERRORS):
        raise SavedError("says it is a saved snapshot, but what it holds does not fit one") from None


_LIBRARY_ERRORS: Final = (BaseValidationError, CattrsError)


def _check_version(document: dict[str, Any]) -> None:
    version = document.get("schema_version")
    if type(version) is not int or version < 1:
        raise SavedError("does not say which version of a saved snapshot it is")
    if version > SCHEMA_VERSION:
        raise SavedError(
            f"is of schema version {version if version < 10_000 else 'unknown'}, and this mitui {__version__} reads "
            f"{SCHEMA_VERSION} and older: use the mitui that wrote it"
        )


def _no_number(word: str) -> object:
    raise ValueError(word)


@cache
def _converter() -> Converter:
    return snapshot_converter()
