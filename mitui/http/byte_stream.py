"""One connection on asyncio, TCP or TLS."""

from __future__ import annotations

import asyncio
import ssl
from typing import Final, cast

_AHEAD: Final = 1 << 18  # bytes read ahead of whoever reads; more stays in the kernel


async def connect(address: str, port: int) -> ByteStream:
    """A connection to an IP address. Raises OSError."""
    loop = asyncio.get_running_loop()
    transport, buffer = await loop.create_connection(_Buffer, address, port)
    return ByteStream(transport, buffer)


class ByteStream:
    """Reads and writes without deadlines of its own: GuardedClient keeps one over the whole exchange."""

    def __init__(self, transport: asyncio.Transport, buffer: _Buffer) -> None:
        self._transport = transport
        self._buffer = buffer

    async def read(self) -> bytes:
        """What has come, once something has; b"" at the end. Raises OSError."""
        return await self._buffer.read()

    async def write(self, data: bytes) -> None:
        """Raises ConnectionError where the other side has closed."""
        if self._buffer.ended or self._transport.is_closing():
            raise ConnectionAbortedError("the connection is closed")
        self._transport.write(data)
        await self._buffer.drained()

    def close(self) -> None:
        """At once; what was not sent yet is not sent."""
        self._transport.abort()

    async def start_tls(self, context: ssl.SSLContext, name: str, limit: float) -> ByteStream:
        """The same connection with TLS on it, agreed within ``limit`` seconds. Raises OSError, as ssl.SSLError is."""
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(
            self._transport, self._buffer, context, server_hostname=name, ssl_handshake_timeout=limit
        )
        if secured is None:
            raise ConnectionAbortedError("the connection was closed before TLS was agreed")
        self._buffer.transport = secured
        return ByteStream(secured, self._buffer)

    @property
    def is_readable(self) -> bool:
        """Whether something unread has come, be it the end."""
        return self._buffer.ended or bool(self._buffer.waiting)

    def certificate(self) -> bytes:
        """The other side's certificate in DER; b"" without TLS."""
        tls = self._transport.get_extra_info("ssl_object")
        return (tls.getpeercert(binary_form=True) or b"") if tls is not None else b""


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

    async def read(self) -> bytes:
        while not self.waiting:
            if self._error is not None:
                raise ConnectionResetError(str(self._error)) from self._error
            if self.ended:
                return b""
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        data = bytes(self.waiting)
        self.waiting.clear()
        if self._paused and self.transport is not None:
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
