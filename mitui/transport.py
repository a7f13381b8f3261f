"""What carries the guarded client's requests: httpx with nothing but what it is told, over pools of connections."""

from __future__ import annotations

import importlib.util
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from functools import lru_cache
from typing import cast

import httpcore

from mitui import __version__
from mitui.clock import Clock
from mitui.dialling import DialError, Dialler
from mitui.http import HttpRequest, TransportProblem
from mitui.lean_httpx import httpx
from mitui.secret import Secret

if importlib.util.find_spec("sniffio") is None:
    # httpcore looks for it four times in every exchange: where it is not installed, each time through all of sys.path.
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

_IDLE_SECONDS = 20.0
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
    url, target = _parse(request.url)
    return httpx.Request(
        request.method,
        url,
        headers={**_HEADERS, **headers},
        content=request.body or None,
        extensions={**extensions, "target": target},
    )


@lru_cache(maxsize=64)
def _parse(text: str) -> tuple[httpx.URL, httpcore.URL]:
    """The URL as httpx and as httpcore want it. Each is asked for again and again, and reading it is slow.

    Raises httpx.UnsupportedProtocol or httpx.InvalidURL for one that can't be used.
    """
    url = httpx.URL(text)
    if url.scheme not in ("http", "https") or not url.host:
        raise httpx.UnsupportedProtocol("the URL must start with http:// or https:// and name a host")
    if url.port is not None and not 0 < url.port < 65536:
        raise httpx.UnsupportedProtocol(f"{url.port} is no port")
    if url.userinfo:
        raise httpx.UnsupportedProtocol("the URL holds a user name, which is not sent")
    return url, httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


class _Transport(httpx.AsyncBaseTransport):
    """One connection pool for each combination of pin, dialled address and proxy, opened when it is first needed."""

    def __init__(
        self, clock: Clock, trust: Callable[[], ssl.SSLContext], connect_to: Mapping[str, tuple[str, int]]
    ) -> None:
        self._clock = clock
        self._trust = trust
        self._connect_to = connect_to
        self._pools: dict[tuple[object, ...], httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pin, dial, proxy = request.extensions["mitui"]
        target: httpcore.URL = request.extensions["target"]
        secure = target.scheme == b"https"
        if pin is not None and not secure:
            raise httpx.UnsupportedProtocol("a certificate can be pinned only where the URL starts with https://")
        pool = self._pools.get((secure, pin, dial, proxy))
        if pool is None:
            pool = self._pools[secure, pin, dial, proxy] = self._open_pool(secure, pin, dial, proxy)
        response = await pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=target,
                headers=request.headers.raw,
                content=cast("httpx.AsyncByteStream", request.stream),
                extensions={"timeout": request.extensions["timeout"]},
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    def _open_pool(self, secure: bool, pin: str | None, dial: str, proxy: str) -> httpcore.AsyncConnectionPool:
        backend = Dialler(self._clock, self._connect_to, dial, pin, secure=secure)
        context = None
        if secure:
            context = _unverifying_context() if pin is not None else self._trust()
        if proxy:
            return _proxy_pool(proxy, context, backend)
        return httpcore.AsyncConnectionPool(
            ssl_context=context, max_connections=8, keepalive_expiry=_IDLE_SECONDS, network_backend=backend
        )

    async def aclose(self) -> None:
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


def _proxy_pool(proxy: str, context: ssl.SSLContext | None, backend: Dialler) -> httpcore.AsyncConnectionPool:
    try:
        url = httpx.URL(proxy)
    except httpx.InvalidURL as error:
        raise DialError(TransportProblem.PROXY_FAILED, "the environment names a proxy that is no URL") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise DialError(
            TransportProblem.PROXY_FAILED,
            f"the environment names a {url.scheme} proxy; only HTTP proxies are supported",
        )
    return httpcore.AsyncHTTPProxy(
        proxy_url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"),
        proxy_auth=(url.username, url.password) if url.username else None,
        ssl_context=context,
        max_connections=8,
        keepalive_expiry=_IDLE_SECONDS,
        network_backend=backend,
    )


def verifying_context(ca_file: str) -> ssl.SSLContext:
    """Trust in the public authorities and those of ``ca_file``, where it names one. Raises DialError if it can't."""
    context = ssl.create_default_context()
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
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
