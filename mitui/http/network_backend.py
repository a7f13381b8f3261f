"""What httpcore dials with: addresses only, each step timed, a pinned certificate compared before anything is sent.

It knows every connection that it made until that is closed: httpcore and its own backends lose one whose task is
cancelled at certain moments, while it is set up, handed over or put back.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import select
import socket
import ssl
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import anyio
import httpcore
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.tls import TLSAttribute, TLSStream

from mitui.clock import Clock
from mitui.http.dial_error import DialError
from mitui.http.message import HttpFailure, TransportProblem
from mitui.http.name_lookup import resolve
from mitui.http.phases import note_phase
from mitui.http.transport_errors import explain_connecting, explain_securing


class NetworkBackend(httpcore.AsyncNetworkBackend):
    """Resolves names on a daemon thread, never in the loop's executor, and raises DialError.

    ``known`` is the server's address where that is known, or ""; ``pin`` the SHA-1 of the only certificate to accept.
    """

    def __init__(self, clock: Clock, connect_to: Mapping[str, tuple[str, int]], known: str, pin: str | None) -> None:
        self._clock = clock
        self._connect_to = connect_to
        self._known = known
        self._pin = pin
        self._open: set[SocketStream] = set()

    async def aclose(self) -> None:
        """Close every connection that is still open."""
        while self._open:
            await self._open.pop().aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first of the host's addresses that takes one; each has its share of ``timeout``."""
        limit = timeout or 0.0
        started = self._clock.monotonic()
        addresses, dialled = await self._addresses(host, port, limit)
        resolved = self._clock.monotonic()
        note_phase("resolve", resolved - started)
        for position, address in enumerate(addresses):
            try:
                stream = await _dial(address, dialled, limit / (len(addresses) - position))
            except OSError as error:  # a TimeoutError is one, too
                if position + 1 < len(addresses):
                    continue
                # Where another address stands in for the host, the host is what did not answer.
                where = f"{host}:{port}" if host.lower() in self._connect_to else _where(host, address, dialled)
                raise DialError(*explain_connecting(error, where, limit)) from error
            note_phase("connect", self._clock.monotonic() - resolved)
            self._open.add(stream)
            return _Stream(stream, self._clock, self._pin, partial(self._open.discard, stream))
        raise DialError(TransportProblem.NAME_NOT_RESOLVED, f"{host} has no address")

    async def _addresses(self, host: str, port: int, limit: float) -> tuple[tuple[str, ...], int]:
        if host.lower() in self._connect_to:
            address, port = self._connect_to[host.lower()]
            return (address,), port
        if self._known:
            return (self._known,), port
        found = await resolve(host, port, timeout=limit, clock=self._clock)
        if isinstance(found, HttpFailure):
            raise DialError(found.problem, found.message)
        return found, port


async def _dial(address: str, port: int, limit: float) -> SocketStream:
    """A connection to an IP address within ``limit`` seconds. Raises OSError."""
    family, kind, protocol, _, target = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )[0]
    dialled = socket.socket(family, kind, protocol)
    try:
        dialled.setblocking(False)
        async with asyncio.timeout(limit):
            await asyncio.get_running_loop().sock_connect(dialled, target)
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await SocketStream.from_socket(dialled)
    except BaseException:
        dialled.close()
        raise


class _Stream(httpcore.AsyncNetworkStream):
    """Reads and writes without deadlines of its own: GuardedClient keeps one over the whole exchange."""

    def __init__(self, stream: ByteStream, clock: Clock, pin: str | None, forget: Callable[[], None]) -> None:
        self._stream = stream
        self._clock = clock
        self._pin = pin
        self._forget = forget

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return await self._stream.receive(max_bytes)
        except anyio.EndOfStream:
            return b""
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            if buffer:
                await self._stream.send(buffer)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        self._forget()
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """The same connection with TLS on it; closed where that fails. Raises DialError."""
        started = self._clock.monotonic()
        try:
            async with asyncio.timeout(timeout):
                secured = await TLSStream.wrap(
                    self._stream, ssl_context=ssl_context, hostname=server_hostname, standard_compatible=False
                )
            if self._pin is not None and not _is_pinned(secured, self._pin):
                raise DialError(
                    TransportProblem.CERTIFICATE_MISMATCH,
                    "the server's certificate is not the one whose SHA-1 was expected; nothing was sent to it",
                )
        except BaseException as error:
            await self.aclose()
            if isinstance(error, (anyio.EndOfStream, anyio.BrokenResourceError)):
                error = ConnectionAbortedError()
            if isinstance(error, OSError):
                raise DialError(*explain_securing(error, timeout or 0.0)) from error
            raise
        note_phase("tls", self._clock.monotonic() - started)
        return _Stream(secured, self._clock, self._pin, self._forget)

    def get_extra_info(self, info: str) -> Any:
        """``ssl_object`` and ``is_readable`` as httpcore asks for them: the end of an idle connection is readable."""
        if info == "ssl_object":
            return self._stream.extra(TLSAttribute.ssl_object, None)
        if info == "is_readable":
            return _is_readable(self._stream.extra(SocketAttribute.raw_socket))
        return None


def _is_readable(raw: socket.socket) -> bool:
    if raw.fileno() < 0:
        return True
    if sys.platform == "win32":  # which has no poll
        return bool(select.select([raw], [], [], 0)[0])
    poll = select.poll()
    poll.register(raw, select.POLLIN)
    return bool(poll.poll(0))


def _is_pinned(stream: TLSStream, pin: str) -> bool:
    certificate = stream.extra(TLSAttribute.peer_certificate_binary, None)
    if not certificate:
        return False
    presented = hashlib.sha1(certificate, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(presented, pin.lower())


def _where(host: str, address: str, port: int) -> str:
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{port}" if host == address else f"{host} ({shown}:{port})"
