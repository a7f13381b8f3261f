"""One connection on asyncio, TCP or TLS, in the shape that httpcore reads from and writes to."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Final, cast

import httpcore

_AHEAD: Final = 1 << 18  # bytes read ahead of whoever reads; more stays in the kernel


async def connect(address: str, port: int) -> ByteStream:
    """A connection to an IP address. Raises OSError."""
    loop = asyncio.get_running_loop()
    transport, buffer = await loop.create_connection(_Buffer, address, port)
    return ByteStream(transport, buffer)


class ByteStream(httpcore.AsyncNetworkStream):
    """Reads and writes without deadlines of its own: GuardedClient keeps one over the whole exchange."""

    def __init__(self, transport: asyncio.Transport, buffer: _Buffer) -> None:
        self._transport = transport
        self._buffer = buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._buffer.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._buffer.ended or self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        self._transport.write(buffer)
        await self._buffer.drained()

    async def aclose(self) -> None:
        self._transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> ByteStream:
        """The same connection with TLS on it. Raises OSError, of which ssl.SSLError is one."""
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(
            self._transport, self._buffer, ssl_context, server_hostname=server_hostname, ssl_handshake_timeout=timeout
        )
        if secured is None:
            raise ConnectionAbortedError("the connection was closed before TLS was agreed")
        self._buffer.transport = secured
        return ByteStream(secured, self._buffer)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._buffer.ended or bool(self._buffer.waiting)
        return self._transport.get_extra_info(info)


class _Buffer(asyncio.Protocol):
    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiting = bytearray()
        self.ended = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._full = False
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        if len(self.waiting) > _AHEAD and not self._paused and self.transport is not None:
            self._paused = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        self.ended = True
        _wake(self._reader)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self._error = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        _wake(self._writer)

    async def read(self, most: int) -> bytes:
        while not self.waiting:
            if self._error is not None:
                raise httpcore.ReadError(str(self._error)) from self._error
            if self.ended:
                return b""
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        data = bytes(self.waiting[:most])
        del self.waiting[:most]
        if self._paused and len(self.waiting) <= _AHEAD and self.transport is not None:
            self._paused = False
            self.transport.resume_reading()
        return data

    async def drained(self) -> None:
        while self._full and not self.ended:
            self._writer = asyncio.get_running_loop().create_future()
            await self._writer


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
