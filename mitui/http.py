"""The guarded HTTP client: no redirects, capped bodies, one deadline for a whole exchange, optional certificate pin."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from mitui.clock import Clock
from mitui.exchange import Exchange
from mitui.secret import Secret

if TYPE_CHECKING:
    import ssl

    import httpx

BODY_LIMIT: Final = 1 << 20
EXCERPT: Final = 2048
REDACTED: Final = "(redacted)"
_KEPT_HEADERS: Final = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "date",
        "location",
        "metadata-flavor",
        "proxy-authenticate",
        "retry-after",
        "server",
        "via",
        "www-authenticate",
        "x-correlation-id",
        "x-ms-client-request-id",
        "x-ms-keyvault-network-info",
        "x-ms-keyvault-rbac-assignment-id",
        "x-ms-keyvault-rbac-cache",
        "x-ms-keyvault-region",
        "x-ms-keyvault-service-version",
        "x-ms-request-id",
    }
)
_TOKEN_LIKE: Final = re.compile(r"eyJ[\w-]{6,}(?:\.[\w-]*)*")
_TOKEN_FIELD: Final = re.compile(r'("(?:access|refresh|id)_token"\s*:\s*")(?:[^"\\]++|\\.)*+')


class TransportProblem(StrEnum):
    """Why no whole reply came."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NAME_NOT_RESOLVED = "name_not_resolved"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    TLS_FAILED = "tls_failed"
    CERTIFICATE_MISMATCH = "certificate_mismatch"
    REPLY_TOO_LARGE = "reply_too_large"
    PROXY_FAILED = "proxy_failed"
    INVALID_URL = "invalid_url"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. A header whose value is a Secret is shown by its name only."""

    method: str
    url: str
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole reply; ``elapsed_ms`` runs from before the connection to the last byte of the body.

    ``phases`` times the steps to a new connection ("resolve", "connect", "tls"), in milliseconds; it is empty where an
    open connection was used again. ``proxy`` is the host and port of the proxy that was used, "" without one.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    elapsed_ms: float
    phases: tuple[tuple[str, float], ...] = ()
    proxy: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, whatever its case, or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """Why there is no reply, in words that are safe to show apart from control characters.

    ``phases`` holds the steps that were done before it failed, ``proxy`` is as in HttpReply.
    """

    problem: TransportProblem
    message: str
    elapsed_ms: float
    phases: tuple[tuple[str, float], ...] = ()
    proxy: str = ""

    @property
    def was_silence(self) -> bool:
        """Whether the time ran out on a connection that had been accepted, a new one or one that was used again."""
        connected = not self.phases or any(name == "connect" for name, _ in self.phases)
        return self.problem is TransportProblem.TIMEOUT and connected


PHASES: Final[ContextVar[list[tuple[str, float]] | None]] = ContextVar("mitui_http_phases", default=None)


class GuardedClient:
    """One httpx.AsyncClient with the guards around it. Nothing heavy is loaded before the first ``send``.

    ``proxies`` holds the environment variables that choose a proxy, as an SDK would read them; None never uses one.
    ``connect_to`` dials another (address, port) for a host name; the name stays in Host, SNI and verification.
    ``ca_file`` is a PEM file with authorities to trust besides the public ones.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        proxies: Mapping[str, str] | None = None,
        ca_file: str = "",
        connect_to: Mapping[str, tuple[str, int]] | None = None,
    ) -> None:
        self._clock = clock
        self._proxies = proxies
        self._ca_file = ca_file
        self._connect_to = {name.lower(): address for name, address in (connect_to or {}).items()}
        self._client: httpx.AsyncClient | None = None
        self._context: ssl.SSLContext | None = None

    def tls_context(self) -> ssl.SSLContext:
        """What requests are verified with. Raises mitui.dialling.DialError if the CA file can't be used."""
        if self._context is None:
            from mitui.transport import verifying_context

            self._context = verifying_context(self._ca_file)
        return self._context

    def pinned(self, host: str) -> tuple[str, int] | None:
        """The (address, port) that is dialled for this host name without resolving it, or None."""
        return self._connect_to.get(host.lower())

    def proxy_of(self, url: str) -> str:
        """The host and port of the proxy that a request for this URL goes through, or ""."""
        from mitui.proxy import proxy_for, proxy_label

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
        from mitui.proxy import proxy_for, proxy_label

        proxy = proxy_for(request.url, self._proxies) if self._proxies is not None else ""
        extensions = {"mitui": (certificate_sha1, dial, proxy), "connect_timeout": connect_timeout}
        started = self._clock.monotonic()
        phases: list[tuple[str, float]] = []
        PHASES.set(phases)  # this task's own; the next send sets it anew

        def elapsed() -> float:
            return (self._clock.monotonic() - started) * 1000

        def failed(problem: TransportProblem, message: str) -> HttpFailure:
            return HttpFailure(problem, message, elapsed(), tuple(phases), proxy_label(proxy))

        resend = request.method in ("GET", "HEAD")
        while True:
            try:
                async with asyncio.timeout(deadline):
                    reply = await self._exchange(request, extensions, body_limit, read_body)
            except TimeoutError:
                return failed(TransportProblem.TIMEOUT, f"no whole reply within {deadline:g} s")
            except Exception as error:  # noqa: BLE001 - the edge: whatever the network stack raises becomes a value
                from mitui.transport_errors import explain

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
            from mitui.transport import open_client

            self._client = open_client(self._clock, self.tls_context, self._connect_to)
        from mitui.transport import prepare

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


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """``text`` without the secrets, and without anything that looks like a token or stands where one belongs."""
    for secret in secrets:
        for part in (secret, secret.strip(), secret.partition(" ")[2].strip()):  # "Basic <key>" holds a key of its own
            if part.strip():
                text = text.replace(part, REDACTED)
    if '_token"' in text:
        text = _TOKEN_FIELD.sub(rf"\1{REDACTED}", text)
    return _TOKEN_LIKE.sub(REDACTED, text) if "eyJ" in text else text


def exchange_of(request: HttpRequest, outcome: HttpReply | HttpFailure, started_at: float) -> Exchange:
    """The exchange as evidence that is safe to show; ``started_at`` is in epoch seconds."""
    names = tuple(name for name, _ in request.headers)
    secrets = tuple(value.reveal() for _, value in request.headers if isinstance(value, Secret))
    url = redact(request.url, secrets)
    if isinstance(outcome, HttpFailure):
        return Exchange(
            request.method, url, names, started_at, outcome.elapsed_ms, trouble=redact(outcome.message, secrets)
        )
    text = outcome.body[: 8 * EXCERPT].decode("utf-8", "replace")
    return Exchange(
        request.method,
        url,
        names,
        started_at,
        outcome.elapsed_ms,
        outcome.status,
        redact(outcome.reason, secrets)[:256],
        tuple((name, redact(value, secrets)[:512]) for name, value in outcome.headers if name.lower() in _KEPT_HEADERS),
        redact(text, secrets)[:EXCERPT],
    )


async def resolve(host: str, port: int, *, timeout: float, clock: Clock) -> tuple[str, ...] | HttpFailure:
    """The addresses of ``host``, in the resolver's order. ``localhost`` is loopback without asking anyone.

    The look-up runs on a daemon thread: a dead resolver delays neither the deadline nor quitting.
    """
    from mitui.name_lookup import look_up

    return await look_up(host, port, timeout=timeout, clock=clock)
