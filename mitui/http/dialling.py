"""New connections: resolved, dialled, and with TLS on them a pinned certificate compared before anything is sent."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import Mapping

from mitui.clock import Clock
from mitui.http.byte_stream import ByteStream, connect
from mitui.http.dial_error import DialError
from mitui.http.message import HttpFailure, TransportProblem
from mitui.http.name_lookup import resolve
from mitui.http.phases import note_phase


class Dialler:
    """Dials addresses only: names are resolved here, on a daemon thread, and never by the loop's executor."""

    def __init__(self, clock: Clock, connect_to: Mapping[str, tuple[str, int]]) -> None:
        self._clock = clock
        self._connect_to = connect_to

    async def dial(self, host: str, port: int, limit: float, known: str = "") -> ByteStream:
        """A connection to the host, or to its address ``known``, within ``limit`` seconds. Raises DialError."""
        started = self._clock.monotonic()
        if host.lower() in self._connect_to:
            address, port = self._connect_to[host.lower()]
            addresses: tuple[str, ...] = (address,)
        elif known:
            addresses = (known,)
        else:
            found = await resolve(host, port, timeout=limit, clock=self._clock)
            if isinstance(found, HttpFailure):
                raise DialError(found.problem, found.message)
            addresses = found
        resolved = self._clock.monotonic()
        note_phase("resolve", resolved - started)
        for position, address in enumerate(addresses):
            share = limit / (len(addresses) - position)
            try:
                async with asyncio.timeout(share):
                    stream = await connect(address, port)
            except OSError as error:  # a TimeoutError is one, too
                if position + 1 < len(addresses):
                    continue
                from mitui.http.transport_errors import explain_connecting

                raise DialError(*explain_connecting(error, _where(host, address, port), limit)) from error
            note_phase("connect", self._clock.monotonic() - resolved)
            return stream
        raise DialError(TransportProblem.NAME_NOT_RESOLVED, f"{host} has no address")

    async def secure(
        self, stream: ByteStream, context: ssl.SSLContext, name: str, limit: float, pin: str | None = None
    ) -> ByteStream:
        """The same connection with TLS on it; a pinned certificate is compared before anything is written over that.

        Raises DialError.
        """
        started = self._clock.monotonic()
        try:
            async with asyncio.timeout(limit):
                secured = await stream.start_tls(context, name, limit + 1)
        except OSError as error:
            from mitui.http.transport_errors import explain_securing

            raise DialError(*explain_securing(error, limit)) from error
        if pin is not None and not _is_pinned(secured, pin):
            secured.close()
            raise DialError(
                TransportProblem.CERTIFICATE_MISMATCH,
                "the server's certificate is not the one whose SHA-1 was expected; nothing was sent to it",
            )
        note_phase("tls", self._clock.monotonic() - started)
        return secured


def _is_pinned(stream: ByteStream, pin: str) -> bool:
    certificate = stream.certificate()
    if not certificate:
        return False
    presented = hashlib.sha1(certificate, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(presented, pin.lower())


def _where(host: str, address: str, port: int) -> str:
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{port}" if host == address else f"{host} ({shown}:{port})"
