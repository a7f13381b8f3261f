"""The guarded HTTP client: no redirects, capped bodies, one deadline for a whole exchange, optional certificate pin."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from mitui.clock import Clock
from mitui.http.message import HttpFailure, HttpReply, HttpRequest, TransportProblem
from mitui.http.phases import PHASES

if TYPE_CHECKING:
    import ssl

    import httpx

BODY_LIMIT: Final = 1 << 20


class GuardedClient:
    """One httpx.AsyncClient with the guards around it. Nothing heavy is loaded before the first ``send``.

    ``proxies`` holds the environment variables that choose a proxy, as an SDK would read them; None never uses one.
    ``connect_to`` dials another (address, port) for a host name; the name stays in Host, SNI and verification.
    ``enclosed`` looks no name up: there are those of ``connect_to`` and no others.
    ``idle_seconds`` is how long a connection is kept for the next request.
    ``ca_file`` is a PEM file with authorities to trust besides the public ones; of ``only_ca_data`` (PEM) only those
    are trusted. ``server_name`` stands in SNI, and must stand in the certificate, in place of the URL's host; not
    through a proxy.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        proxies: Mapping[str, str] | None = None,
        ca_file: str = "",
        only_ca_data: str = "",
        server_name: str = "",
        connect_to: Mapping[str, tuple[str, int]] | None = None,
        idle_seconds: float = 20.0,
        enclosed: bool = False,
    ) -> None:
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._enclosed = enclosed
        self._proxies = proxies
        self._ca_file = ca_file
        self._only_ca_data = only_ca_data
        self._server_name = server_name
        self._connect_to = {name.lower(): address for name, address in (connect_to or {}).items()}
        self._client: httpx.AsyncClient | None = None
        self._context: ssl.SSLContext | None = None

    def tls_context(self) -> ssl.SSLContext:
        """What requests are verified with. Raises mitui.http.dial_error.DialError if the CA file can't be used."""
        if self._context is None:
            from mitui.http.transport import verifying_context

            self._context = verifying_context(self._ca_file, self._only_ca_data)
        return self._context

    def pinned(self, host: str) -> tuple[str, int] | None:
        """The (address, port) that is dialled for this host name without resolving it, or None."""
        return self._connect_to.get(host.lower())

    def unknown(self, host: str) -> str:
        """Why this name is not looked up, or "" where it may be."""
        from mitui.http.name_lookup import is_local

        if not self._enclosed or self.pinned(host) is not None or is_local(host):
            return ""
        return f"{host} can't be resolved: this simulation has no such name"

    def proxy_of(self, url: str) -> str:
        """The host and port of the proxy that a request for this URL goes through, or ""."""
        from mitui.http.proxy import proxy_for, proxy_label

        return proxy_label(proxy_for(url, self._proxies)) if self._proxies is not None else ""

    async def send(
        self,
        request: HttpRequest,
        *,
        deadline: float,
        connect_timeout: float = 5.0,
        body_limit: int = BODY_LIMIT,
        certificate_sha1: str | None = None,
        read_body: Callable[[int], bool] | None = None,
        dial: str = "",
    ) -> HttpReply | HttpFailure:
        """Send it and read the whole reply within ``deadline`` seconds. Only cancellation raises.

        ``certificate_sha1`` (40 hex digits) is the only certificate accepted then, and nothing of the request is sent
        before it was compared. ``read_body(status)`` False leaves the body unread and closes the connection. ``dial``
        is an IP address to connect to instead of resolving the URL's host.
        """
        from mitui.http.proxy import proxy_for, proxy_label

        proxy = proxy_for(request.url, self._proxies) if self._proxies is not None else ""
        extensions = {
            "mitui": (certificate_sha1, dial, proxy),
            "connect_timeout": connect_timeout,
            "server_name": self._server_name,
        }
        started = self._clock.monotonic()
        phases: list[tuple[str, float]] = []
        PHASES.set(phases)  # this task's own; the next send sets it anew

        def elapsed() -> float:
            return (self._clock.monotonic() - started) * 1000

        def failed(problem: TransportProblem, message: str) -> HttpFailure:
            return HttpFailure(problem, message, elapsed(), tuple(phases), proxy_label(proxy))

        if self._enclosed and (unknown := self.unknown(urlsplit(request.url).hostname or "")):
            return failed(TransportProblem.NAME_NOT_RESOLVED, unknown)
        resend = request.method in ("GET", "HEAD")
        while True:
            try:
                async with asyncio.timeout(deadline):
                    reply = await self._exchange(request, extensions, body_limit, read_body)
            except TimeoutError:
                return failed(TransportProblem.TIMEOUT, f"no whole reply within {_seconds(deadline)} s")
            except Exception as error:  # noqa: BLE001 - the edge: whatever the network stack raises becomes a value
                from mitui.http.transport_errors import explain

                problem, message = explain(error, proxy_label(proxy))
                if resend and not phases and problem is TransportProblem.CONNECTION_LOST:
                    resend = False  # an idle connection that the server had closed: once more, over a new one
                    continue
                return failed(problem, message)
            if reply is None:
                return failed(TransportProblem.REPLY_TOO_LARGE, f"the reply is larger than {body_limit:,} bytes")
            status, reason, headers, body = reply
            return HttpReply(status, reason, headers, body, elapsed(), tuple(phases), proxy_label(proxy))

    async def _exchange(
        self,
        request: HttpRequest,
        extensions: Mapping[str, object],
        body_limit: int,
        read_body: Callable[[int], bool] | None,
    ) -> tuple[int, str, tuple[tuple[str, str], ...], bytes] | None:
        """Status, reason, headers and body; None when the body is over the limit."""
        if self._client is None:
            from mitui.http.transport import open_client

            self._client = open_client(self._clock, self.tls_context, self._connect_to, self._idle_seconds)
        from mitui.http.transport import prepare

        response = await self._client.send(prepare(request, extensions), stream=True)
        try:
            body = b""
            if read_body is None or read_body(response.status_code):
                chunks = []
                size = 0
                async for chunk in cast("httpx.AsyncByteStream", response.stream):
                    size += len(chunk)
                    if size > body_limit:
                        return None
                    chunks.append(chunk)
                body = b"".join(chunks)
            reason = response.extensions.get("reason_phrase", b"").decode("utf-8", "replace")
            heads = tuple(
                (sys.intern(name.decode("latin-1")), value.decode("latin-1")) for name, value in response.headers.raw
            )
            return response.status_code, reason, heads, body
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _seconds(limit: float) -> str:
    """A time limit in words: what is left of 10 s after a microsecond is 10 s."""
    return f"{limit:.2g}" if limit < 10 else f"{limit:.0f}"
