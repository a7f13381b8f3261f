"""The files that ``S`` writes into this folder, and those that it wrote: the newest first, with when and whose."""

from __future__ import annotations

import json
import os
import re
from calendar import timegm
from pathlib import Path
from time import gmtime, strftime, strptime
from typing import Any, Final

from mitui.engine.host.regular_file import FileContent, read_regular_file
from mitui.report.saved.document import FORMAT, LIMIT
from mitui.tui.feed import SavedBoard

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(r"mitui-(\d{8}T\d{6}Z)(?:-(\d{1,9}))?\.json")
_MOST: Final = 12
"""So many are offered, the newest."""


def name_for(epoch: float) -> str:
    """What a file that is saved then is called, if nothing else is called so."""
    return f"mitui-{strftime(_STAMP, gmtime(epoch))}.json"


def files_here(folder: Path, without: str = "") -> tuple[SavedBoard, ...]:
    """Those whose names say that ``S`` wrote them and that hold what it writes; not that at ``without``."""
    try:
        found = [match for each in folder.iterdir() if (match := _NAME.fullmatch(each.name))]
    except OSError:
        return ()
    left_out = os.path.realpath(without) if without else ""
    found.sort(key=lambda match: (match[1], int(match[2] or 1)), reverse=True)
    others = [match for match in found if os.path.realpath(folder / match[0]) != left_out]
    boards = (_board(folder / match[0], match[1]) for match in others[:_MOST])
    return tuple(each for each in boards if each is not None)


def _board(place: Path, stamp: str) -> SavedBoard | None:
    found = read_regular_file(place, LIMIT, follow_links=True)
    if not isinstance(found, FileContent):
        return None
    try:
        document = json.loads(found.content)
        at = timegm(strptime(stamp, _STAMP))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return None
    snapshot = document.get("snapshot")
    host = snapshot.get("host") if isinstance(snapshot, dict) else None
    return SavedBoard(place.name, at, _text(host, "name"), masked=document.get("masked") is True)


def _text(part: Any, name: str) -> str:
    value = part.get(name) if isinstance(part, dict) else None
    return value if isinstance(value, str) else ""
