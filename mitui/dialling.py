"""New connections: resolved, dialled, and with TLS on them a pinned certificate compared before anything is sent."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import httpcore

from mitui.byte_stream import ByteStream, connect
from mitui.clock import Clock
from mitui.http import PHASES, HttpFailure, TransportProblem
from mitui.name_lookup import look_up


class DialError(Exception):
    """A connection that was not made, or not trusted: the problem and a sentence."""

    def __init__(self, problem: TransportProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


class Dialler(httpcore.AsyncNetworkBackend):
    """Dials addresses only: names are resolved here, on a daemon thread, and never by the loop's executor."""

    def __init__(
        self, clock: Clock, connect_to: Mapping[str, tuple[str, int]], dial: str, pin: str | None, *, secure: bool
    ) -> None:
        self._clock = clock
        self._connect_to = connect_to
        self._dial = dial
        self._pin = pin
        self._secure = secure

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        limit = timeout if timeout is not None else 5.0
        started = self._clock.monotonic()
        if host.lower() in self._connect_to:
            address, port = self._connect_to[host.lower()]
            addresses: tuple[str, ...] = (address,)
        elif self._dial:
            addresses = (self._dial,)
        else:
            found = await look_up(host, port, timeout=limit, clock=self._clock)
            if isinstance(found, HttpFailure):
                raise DialError(found.problem, found.message)
            addresses = found
        resolved = self._clock.monotonic()
        _note_phase("resolve", resolved - started)
        for position, address in enumerate(addresses):
            share = limit / (len(addresses) - position)
            try:
                async with asyncio.timeout(share):
                    stream = await connect(address, port)
            except OSError as error:  # a TimeoutError is one, too
                if position + 1 < len(addresses):
                    continue
                from mitui.transport_errors import explain_connecting

                raise DialError(*explain_connecting(error, _where(host, address, port), limit)) from error
            _note_phase("connect", self._clock.monotonic() - resolved)
            return _Unsecured(stream, self._clock, self._pin) if self._secure else stream
        raise DialError(TransportProblem.NAME_NOT_RESOLVED, f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


class _Unsecured(httpcore.AsyncNetworkStream):
    """A connection that will have TLS on it; a pinned certificate is compared before anything is written over that."""

    def __init__(self, inner: ByteStream, clock: Clock, pin: str | None) -> None:
        self._inner = inner
        self._clock = clock
        self._pin = pin

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        started = self._clock.monotonic()
        limit = timeout if timeout is not None else 5.0
        try:
            async with asyncio.timeout(limit):
                stream = await self._inner.start_tls(ssl_context, server_hostname, limit + 1)
        except OSError as error:
            from mitui.transport_errors import explain_securing

            raise DialError(*explain_securing(error, limit)) from error
        if self._pin is not None and not _is_pinned(stream, self._pin):
            await stream.aclose()
            raise DialError(
                TransportProblem.CERTIFICATE_MISMATCH,
                "the server's certificate is not the one whose SHA-1 was expected; nothing was sent to it",
            )
        _note_phase("tls", self._clock.monotonic() - started)
        return stream


def _is_pinned(stream: ByteStream, pin: str) -> bool:
    tls = stream.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    if not certificate:
        return False
    presented = hashlib.sha1(certificate, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(presented, pin.lower())


def _note_phase(name: str, seconds: float) -> None:
    phases = PHASES.get()
    if phases is not None:
        phases.append((name, seconds * 1000))


def _where(host: str, address: str, port: int) -> str:
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{port}" if host == address else f"{host} ({shown}:{port})"
