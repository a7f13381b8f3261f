"""One way to one server, and httpcore's connections that go it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Final, NamedTuple, cast

import httpcore

from mitui.clock import Clock
from mitui.http.dial_error import DialError
from mitui.http.httpx_without_its_cli import httpx
from mitui.http.message import TransportProblem
from mitui.http.network_backend import NetworkBackend

_MOST: Final = 8


class Route(NamedTuple):
    """``dial`` is the server's address where that is known, ``proxy`` a URL; both may be ""."""

    secure: bool
    host: str
    port: int
    pin: str | None
    dial: str
    proxy: str


class Connections(NamedTuple):
    """httpcore's pool over one route, and what it dials with."""

    pool: httpcore.AsyncConnectionPool
    backend: NetworkBackend


def connections(
    route: Route,
    *,
    clock: Clock,
    trust: Callable[[], ssl.SSLContext],
    connect_to: Mapping[str, tuple[str, int]],
    idle_seconds: float,
) -> Connections:
    """A pool for this route; an idle connection is kept for ``idle_seconds``. Raises DialError."""
    context = None
    if route.secure:
        context = unverifying_context() if route.pin is not None else trust()
    backend = NetworkBackend(clock, connect_to, "" if route.proxy else route.dial, route.pin)
    if not route.proxy:
        pool = httpcore.AsyncConnectionPool(
            context,
            max_connections=None,  # `Exchanges` limits them
            max_keepalive_connections=_MOST,
            keepalive_expiry=idle_seconds,
            network_backend=backend,
        )
        return Connections(pool, backend)
    url = _proxy_url(route.proxy)
    through_proxy = httpcore.AsyncHTTPProxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"),
        proxy_auth=(url.username.encode(), url.password.encode()) if url.username else None,
        ssl_context=context,
        proxy_ssl_context=trust() if url.scheme == "https" else None,
        max_connections=None,
        max_keepalive_connections=_MOST,
        keepalive_expiry=idle_seconds,
        network_backend=backend,
    )
    return Connections(through_proxy, backend)


class Exchanges:
    """The exchanges over one route: eight at once.

    httpcore 1.0.9 loses a connection when its task is cancelled between two steps (it stays in the pool, neither idle
    nor closed), so after an exchange that broke off new connections take over, and the old ones are closed with the
    last exchange over them.
    """

    def __init__(self, connect: Callable[[], Connections]) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(_MOST)
        self._current: Connections | None = None
        self._under_way: dict[Connections, int] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def begin(self, request: httpcore.Request) -> tuple[httpcore.Response, httpx.AsyncByteStream]:
        """The head of the reply, and its body, which must be closed. Raises what httpcore raises, and DialError."""
        await self._places.acquire()
        try:
            used = self._current = self._current or self._connect()
        except BaseException:
            self._places.release()
            raise
        self._under_way[used] = self._under_way.get(used, 0) + 1
        try:
            response = await used.pool.handle_async_request(request)
        except BaseException:
            self._end(used, broken_off=True)
            raise
        return response, _Body(cast("httpx.AsyncByteStream", response.stream), partial(self._end, used))

    def _end(self, used: Connections, *, broken_off: bool) -> None:
        self._places.release()
        self._under_way[used] -= 1
        if broken_off and self._current is used:
            self._current = None
        if not self._under_way[used]:
            del self._under_way[used]
            if self._current is not used:
                # In a task of its own: this one may be cancelled at the next step.
                closing = asyncio.ensure_future(used.backend.aclose())
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)

    async def aclose(self) -> None:
        """Close every connection, those in use as well."""
        every = {*self._under_way, *([self._current] if self._current is not None else [])}
        self._current = None
        await asyncio.gather(*(each.backend.aclose() for each in every), *self._closing)


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, end: Callable[..., None]) -> None:
        self._stream = stream
        self._end: Callable[..., None] | None = end
        self._broken_off = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._stream:
                yield piece
        except BaseException:
            self._broken_off = True
            raise

    async def aclose(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            try:
                await self._stream.aclose()
            except BaseException:
                self._broken_off = True
                raise
            finally:
                end(broken_off=self._broken_off)


def _proxy_url(proxy: str) -> httpx.URL:
    try:
        url = httpx.URL(proxy)
    except httpx.InvalidURL as error:
        raise DialError(TransportProblem.PROXY_FAILED, "the environment names a proxy that is no URL") from error
    if not url.host:
        raise DialError(TransportProblem.PROXY_FAILED, "the environment names a proxy without a host")
    if url.scheme not in ("http", "https"):
        raise DialError(
            TransportProblem.PROXY_FAILED,
            f"the environment names a {url.scheme} proxy; only HTTP proxies are supported",
        )
    return url


def unverifying_context() -> ssl.SSLContext:
    """For a pinned certificate: Service Fabric's is self-signed, so that the pin is the only trust there is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
