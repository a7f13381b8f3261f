"""A server that answers with whatever bytes it is told to, HTTP or not."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from types import TracebackType
from typing import Self


class RawServer:
    """Sends these pieces, ``pace`` seconds apart, for every request; then closes the connection if told to.

    ``close_before_answering`` is how many of the next requests find the connection closed instead.
    """

    def __init__(
        self, pieces: Sequence[bytes], *, pace: float = 0.0, close: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        self.received: list[bytes] = []
        self.connections = 0
        self.close_before_answering = 0
        self.port = 0
        self._pieces = pieces
        self._pace = pace
        self._close = close
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                self.received.append(await reader.readuntil(b"\r\n\r\n"))
                if self.close_before_answering:
                    self.close_before_answering -= 1
                    break
                for piece in self._pieces:
                    writer.write(piece)
                    await writer.drain()
                    if self._pace:
                        await asyncio.sleep(self._pace)
                if self._close:
                    break
        self._writers.discard(writer)
        writer.close()
