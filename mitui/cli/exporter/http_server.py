"""A small HTTP server on the loop, by h11: one request a connection, and a deadline on all of it.

Whoever is slow to ask, or slow to read the answer, holds a connection until its deadline and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

import h11

from mitui.defect import describe

DEADLINE: Final = 10.0
"""Seconds for one connection, from its first byte to its end."""
MOST_CONNECTIONS: Final = 400
"""Beyond that a connection is closed at once: the rest of a process's file descriptors is not for scrapers."""
_READ: Final = 16_384


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its body, which nothing here takes. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain; charset=utf-8"),)

    @classmethod
    def of_text(cls, status: int, text: str) -> Response:
        """An answer of one line."""
        return cls(status, f"{text}\n".encode())


Answer = Callable[[Request], Response]
"""Answers at once: whatever takes time has happened before."""


class HttpServer:
    """Serves ``answer`` at ``host`` and ``port`` once it is started. Port 0 takes any that is free."""

    def __init__(self, answer: Answer, host: str, port: int, *, deadline: float = DEADLINE) -> None:
        self._answer = answer
        self._deadline = deadline
        self._host = host
        self._port = port
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> tuple[str, int]:
        """Listen, and return the address. Raises OSError where that can't be done."""
        self._server = await asyncio.start_server(self._accept, self._host, self._port, limit=_READ)
        host, port, *_ = self._server.sockets[0].getsockname()
        return str(host), int(port)

    def stop(self) -> None:
        """Take no more connections, and end those that are open."""
        if self._server is not None:
            self._server.close()
        for each in self._connections:
            each.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._deadline):
                await self._exchange(reader, writer)
        except (OSError, TimeoutError):
            pass
        finally:
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        with_body = True
        try:
            request = await _read_request(connection, reader)
            if request is None:
                return
            with_body = request.method != "HEAD"
            response = self._answer(request if with_body else replace(request, method="GET"))
        except h11.RemoteProtocolError as error:
            response = Response.of_text(error.error_status_hint, "this is no request that can be read")
        except Exception as error:  # noqa: BLE001 - a defect met by one scrape must not end the others
            response = Response.of_text(500, describe(error))
        writer.write(_bytes_of(connection, response, with_body=with_body))
        await writer.drain()
        writer.write_eof()
        # Closing with unread bytes would reset the connection, and the answer could be lost on its way.
        while await reader.read(_READ):
            pass
        writer.close()
        await writer.wait_closed()


async def _read_request(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """The request, None if the other side left without one. Raises h11.RemoteProtocolError."""
    while (event := connection.next_event()) is h11.NEED_DATA:
        data = await reader.read(_READ)
        connection.receive_data(data)
    if not isinstance(event, h11.Request):
        return None
    path, _, query = event.target.decode("latin-1").partition("?")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
    return Request(event.method.decode("latin-1"), path, query, headers)


def _bytes_of(connection: h11.Connection, response: Response, *, with_body: bool) -> bytes:
    head = h11.Response(
        status_code=response.status,
        reason=HTTPStatus(response.status).phrase,
        headers=[*response.headers, ("Content-Length", str(len(response.body))), ("Connection", "close")],
    )
    body = [h11.Data(data=response.body)] if with_body else []
    return b"".join(connection.send(event) or b"" for event in (head, *body, h11.EndOfMessage()))
