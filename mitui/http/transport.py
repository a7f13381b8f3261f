"""What carries the guarded client's requests: httpx with nothing but what it is told, over connections of our own."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from mitui import __version__
from mitui.clock import Clock
from mitui.http.connection import HttpConnection
from mitui.http.connection_pool import ConnectionPool
from mitui.http.dial_error import DialError
from mitui.http.dialling import Dialler
from mitui.http.lean_httpx import httpx
from mitui.http.message import HttpRequest, TransportProblem
from mitui.secret import Secret

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
    "User-Agent": f"mitui/{__version__}",
}


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep nothing: no endpoint has any business setting a cookie here."""


class _ForgetfulClient(httpx.AsyncClient):
    @property
    def cookies(self) -> httpx.Cookies:
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Keep nothing."""


_NO_COOKIES = _NoCookies()


def open_client(
    clock: Clock, trust: Callable[[], ssl.SSLContext], connect_to: Mapping[str, tuple[str, int]]
) -> httpx.AsyncClient:
    """The httpx client behind a GuardedClient: nothing from the environment, no redirects, cookies or decoding."""
    return _ForgetfulClient(
        transport=_Transport(clock, trust, connect_to),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(None),  # GuardedClient keeps one deadline over everything
    )


def prepare(request: HttpRequest, extensions: Mapping[str, object]) -> httpx.Request:
    """The request with its secrets revealed and the headers that every request has."""
    headers = {name: value.reveal() if isinstance(value, Secret) else value for name, value in request.headers}
    return httpx.Request(
        request.method,
        _parse(request.url),
        headers={**_HEADERS, **headers},
        content=request.body or None,
        extensions=extensions,
    )


@lru_cache(maxsize=64)
def _parse(text: str) -> httpx.URL:
    """The URL. Each is asked for again and again, and reading it is slow.

    Raises httpx.UnsupportedProtocol or httpx.InvalidURL for one that can't be used.
    """
    url = httpx.URL(text)
    if url.scheme not in ("http", "https") or not url.host:
        raise httpx.UnsupportedProtocol("the URL must start with http:// or https:// and name a host")
    if url.port is not None and not 0 < url.port < 65536:
        raise httpx.UnsupportedProtocol(f"{url.port} is no port")
    if url.userinfo:
        raise httpx.UnsupportedProtocol("the URL holds a user name, which is not sent")
    return url


class Route(NamedTuple):
    """One way to one server. ``dial`` is the server's address where that is known, ``proxy`` a URL; both may be ""."""

    secure: bool
    host: str
    port: int
    pin: str | None
    dial: str
    proxy: str


class _Transport(httpx.AsyncBaseTransport):
    """One pool of connections for each route, opened when it is first needed."""

    def __init__(
        self, clock: Clock, trust: Callable[[], ssl.SSLContext], connect_to: Mapping[str, tuple[str, int]]
    ) -> None:
        self._clock = clock
        self._trust = trust
        self._dialler = Dialler(clock, connect_to)
        self._pools: dict[Route, ConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        route = _route(request)
        pool = self._pools.get(route)
        if pool is None:
            pool = self._pools[route] = ConnectionPool(self._clock, partial(self._open, route))
        connection = await pool.take(request.extensions["connect_timeout"])
        target, headers = request.url.raw_path, request.headers.raw
        if route.proxy and not route.secure:
            from mitui.http.forwarding import forwarded

            target, headers = forwarded(request.url, headers, route.proxy)
        try:
            head = await connection.ask(request.method.encode("ascii"), target, headers, request.content)
        except BaseException:
            pool.give_back(connection)
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(connection, pool),
            extensions={"reason_phrase": head.reason},
        )

    async def _open(self, route: Route, limit: float) -> HttpConnection:
        context = None
        if route.secure:
            context = _unverifying_context() if route.pin is not None else self._trust()
        if route.proxy:
            from mitui.http.forwarding import dial_proxy

            tunnel_to = (route.host, route.port) if route.secure else None
            stream = await dial_proxy(self._dialler, route.proxy, tunnel_to, self._trust, limit)
        else:
            stream = await self._dialler.dial(route.host, route.port, limit, route.dial)
        if context is not None:
            try:
                stream = await self._dialler.secure(stream, context, route.host, limit, route.pin)
            except BaseException:
                stream.close()
                raise
        return HttpConnection(stream)

    async def aclose(self) -> None:
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()


def _route(request: httpx.Request) -> Route:
    pin, dial, proxy = request.extensions["mitui"]
    url = request.url
    secure = url.scheme == "https"
    if pin is not None and not secure:
        raise httpx.UnsupportedProtocol("a certificate can be pinned only where the URL starts with https://")
    return Route(secure, url.raw_host.decode("ascii"), url.port or (443 if secure else 80), pin, dial, proxy)


class _Body(httpx.AsyncByteStream):
    def __init__(self, connection: HttpConnection, pool: ConnectionPool) -> None:
        self._connection = connection
        self._pool = pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._connection.body():
            yield piece

    async def aclose(self) -> None:
        self._pool.give_back(self._connection)


def verifying_context(ca_file: str) -> ssl.SSLContext:
    """Trust in the public authorities and those of ``ca_file``, where it names one. Raises DialError if it can't."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    import certifi

    context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ValueError) as error:
            raise DialError(TransportProblem.TLS_FAILED, f"the CA file {ca_file} can't be used: {error}") from error
    return context


def _unverifying_context() -> ssl.SSLContext:
    """For a pinned certificate: Service Fabric's is self-signed, so that the pin is the only trust there is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
