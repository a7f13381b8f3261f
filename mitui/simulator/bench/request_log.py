"""The requests that a bench served: a line for each, and all of them for assertions. Nothing secret is in them."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TextIO
from urllib.parse import quote

from mitui.simulator.bench.spec import LogFormat
from mitui.simulator.served import Served

_MOST_KEPT: Final = 100_000
_LONGEST: Final = 300
_PLAIN: Final = "/:@!$&'()*+,;=~.[]{}"


class RequestLog:
    """Keeps the last requests and writes each to ``out``; safe to use from many threads.

    ``names`` are the identities by their object IDs. A stream that is gone does no harm.
    """

    def __init__(self, out: TextIO | None, how: LogFormat, names: dict[str, str]) -> None:
        self._out = None if how == "none" else out
        self._line = json_line if how == "json" else text_line
        self._names = names
        self._kept: deque[Served] = deque(maxlen=_MOST_KEPT)
        self._lock = threading.Lock()

    def watch(self, served: Served) -> None:
        """Take note of a request."""
        served = replace(served, identity=self._names.get(served.identity, served.identity))
        with self._lock:
            self._kept.append(served)
            if self._out is None:
                return
            try:
                self._out.write(f"{self._line(served)}\n")
                self._out.flush()
            except (OSError, ValueError):
                self._out = None

    def entries(self) -> list[dict[str, Any]]:
        """Every request that is kept, the oldest first."""
        with self._lock:
            kept = tuple(self._kept)
        return [entry(each) for each in kept]

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._kept.clear()


def entry(served: Served) -> dict[str, Any]:
    """A request as a JSON object; ``status`` is null where no reply was sent, ``ms`` is in milliseconds."""
    return {
        "time": _moment(served.at),
        "server": served.server,
        "method": _cut(served.method),
        "path": _cut(served.path),
        "identity": _cut(served.identity),
        "resource": _cut(served.resource),
        "status": served.status or None,
        "ms": round(served.milliseconds, 3),
        "fault": served.fault,
    }


def json_line(served: Served) -> str:
    """A request as one line of JSON, in ASCII."""
    return json.dumps(entry(served))


def text_line(served: Served) -> str:
    """A request as one line: time, server, method, path, identity, resource, status, milliseconds and fault.

    What a client wrote is percent-encoded where it could disturb a terminal or the columns.
    """
    words = (served.server, served.method, served.path, served.identity, served.resource)
    shown = " ".join(quote(_cut(each), safe=_PLAIN) or "-" for each in words)
    line = f"{_moment(served.at)} {shown} {served.status or '-'} {served.milliseconds:.1f}ms"
    return f"{line} {served.fault}" if served.fault else line


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
