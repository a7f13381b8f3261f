"""What carries the guarded client's requests: its own dialling, name resolution and certificate pin below httpx."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import importlib.util
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

import httpcore

from mitui import __version__
from mitui.byte_stream import ByteStream, connect
from mitui.clock import Clock
from mitui.http import PHASES, HttpFailure, HttpRequest, TransportProblem
from mitui.lean_httpx import httpx
from mitui.name_lookup import look_up
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


class DialError(Exception):
    """A connection that was not made, or not trusted: the problem and a sentence."""

    def __init__(self, problem: TransportProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


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
        backend = _Backend(self._clock, self._connect_to, dial, pin, secure=secure)
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


def _proxy_pool(proxy: str, context: ssl.SSLContext | None, backend: _Backend) -> httpcore.AsyncConnectionPool:
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


class _Backend(httpcore.AsyncNetworkBackend):
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
