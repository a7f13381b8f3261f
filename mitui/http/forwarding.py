"""Requests through an HTTP proxy: handed over whole, or over TLS through a tunnel that the proxy opens."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable

from mitui.http.byte_stream import ByteStream
from mitui.http.connection import HttpConnection
from mitui.http.dial_error import DialError
from mitui.http.dialling import Dialler
from mitui.http.lean_httpx import httpx
from mitui.http.message import TransportProblem

Headers = list[tuple[bytes, bytes]]


def forwarded(url: httpx.URL, headers: Headers, proxy: str) -> tuple[bytes, Headers]:
    """The target and the headers of a plain HTTP request that the proxy is to make. Raises DialError."""
    target = b"".join((url.raw_scheme, b"://", url.netloc, url.raw_path))
    return target, [*_credentials(_proxy_url(proxy)), *headers]


async def dial_proxy(
    dialler: Dialler, proxy: str, tunnel_to: tuple[str, int] | None, trust: Callable[[], ssl.SSLContext], limit: float
) -> ByteStream:
    """A connection to the proxy, or through it to (host, port). Each step has ``limit`` seconds. Raises DialError."""
    url = _proxy_url(proxy)
    host, secure = url.raw_host.decode("ascii"), url.scheme == "https"
    stream = await dialler.dial(host, url.port or (443 if secure else 80), limit)
    try:
        if secure:
            stream = await dialler.secure(stream, trust(), host, limit)
        if tunnel_to is not None:
            await _tunnel(stream, url, *tunnel_to)
    except BaseException:
        stream.close()
        raise
    return stream


async def _tunnel(stream: ByteStream, proxy: httpx.URL, host: str, port: int) -> None:
    named = f"[{host}]" if ":" in host else host
    target = f"{named}:{port}".encode("ascii")
    headers = [(b"Host", target), (b"Accept", b"*/*"), *_credentials(proxy)]
    answer = await HttpConnection(stream).ask(b"CONNECT", target, headers)
    if not 200 <= answer.status_code < 300:
        reason = answer.reason.decode("ascii", "replace")
        raise DialError(TransportProblem.PROXY_FAILED, f"it refused to connect: {answer.status_code} {reason}".rstrip())


def _proxy_url(proxy: str) -> httpx.URL:
    try:
        url = httpx.URL(proxy)
    except httpx.InvalidURL as error:
        raise DialError(TransportProblem.PROXY_FAILED, "the environment names a proxy that is no URL") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise DialError(
            TransportProblem.PROXY_FAILED,
            f"the environment names a {url.scheme} proxy; only HTTP proxies are supported",
        )
    return url


def _credentials(proxy: httpx.URL) -> Headers:
    if not proxy.username:
        return []
    plain = f"{proxy.username}:{proxy.password}".encode()
    return [(b"Proxy-Authorization", b"Basic " + base64.b64encode(plain))]
