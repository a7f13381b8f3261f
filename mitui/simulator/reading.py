"""Reading HTTP/1.1 requests off a connection, within bounds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import BinaryIO, Final
from urllib.parse import parse_qs, unquote, urlsplit

LARGEST_BODY: Final = 1 << 20
"""The largest body that is taken, in bytes: more than any client of an identity endpoint or a vault has to send."""
_LONGEST_LINE: Final = 65_536
_MOST_HEADERS: Final = 200


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it came in. ``path`` is decoded, header names are in lower case, ``at`` is in epoch seconds."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""
    at: float = 0.0

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a form in its body; those without a value are left out."""
        return parse_qs(self.body.decode("latin-1"))


@dataclass(frozen=True, slots=True)
class Malformed:
    """What was no request that can be dealt with, and the status that says so."""

    status: int


_BAD: Final = Malformed(400)
_TOO_LARGE: Final = Malformed(413)


def host_of(request: RecordedRequest) -> str:
    """The host that the request is for, in lower case and without its port; "" where it names none."""
    host = request.headers.get("host", "").strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def read_request(stream: BinaryIO) -> RecordedRequest | Malformed | None:
    """The next request on the connection, or None at its end."""
    line = stream.readline(_LONGEST_LINE)
    if not line.strip():
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return _BAD
    headers = _read_headers(stream)
    if headers is None:
        return Malformed(431)
    body = _read_chunks(stream) if _is_chunked(headers) else _read_body(stream, headers)
    if isinstance(body, Malformed):
        return body
    try:
        url = urlsplit(words[1])
        query = parse_qs(url.query, keep_blank_values=True)
    except ValueError:
        return _BAD
    return RecordedRequest(words[0], unquote(url.path), query, headers, body, time.time())


def _read_headers(stream: BinaryIO) -> dict[str, str] | None:
    headers: dict[str, str] = {}
    for _ in range(_MOST_HEADERS):
        line = stream.readline(_LONGEST_LINE)
        if line in (b"\r\n", b"\n", b""):
            return headers
        name, _colon, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return None


def _is_chunked(headers: dict[str, str]) -> bool:
    return "chunked" in headers.get("transfer-encoding", "").lower()


def _read_body(stream: BinaryIO, headers: dict[str, str]) -> bytes | Malformed:
    announced = headers.get("content-length", "0")
    if not (announced.isascii() and announced.isdigit()):
        return _BAD
    if len(announced) > 12 or int(announced) > LARGEST_BODY:
        return _TOO_LARGE
    return stream.read(int(announced))


def _read_chunks(stream: BinaryIO) -> bytes | Malformed:
    chunks = bytearray()
    while True:
        announced = stream.readline(_LONGEST_LINE).partition(b";")[0].strip()
        try:
            size = int(announced, 16)
        except ValueError:
            return _BAD
        if size < 0:
            return _BAD
        if size + len(chunks) > LARGEST_BODY:
            return _TOO_LARGE
        if size == 0:
            break
        chunks += stream.read(size)
        stream.readline(_LONGEST_LINE)
    for _ in range(_MOST_HEADERS):
        if not stream.readline(_LONGEST_LINE).strip():
            break
    return bytes(chunks)
