"""What carries the guarded client's requests: httpx with nothing but what it is told, over httpcore's connections."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import httpcore

from mitui import __version__
from mitui.clock import Clock
from mitui.http.dial_error import DialError
from mitui.http.httpx_without_its_cli import httpx
from mitui.http.message import HttpRequest, TransportProblem
from mitui.http.route import Connections, Exchanges, Route, connections
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
    clock: Clock, trust: Callable[[], ssl.SSLContext], connect_to: Mapping[str, tuple[str, int]], idle_seconds: float
) -> httpx.AsyncClient:
    """The httpx client behind a GuardedClient: nothing from the environment, no redirects, cookies or decoding."""
    return _ForgetfulClient(
        transport=_Transport(
            partial(connections, clock=clock, trust=trust, connect_to=connect_to, idle_seconds=idle_seconds)
        ),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(None),  # GuardedClient keeps one deadline over everything
    )


def prepare(request: HttpRequest, extensions: Mapping[str, object]) -> httpx.Request:
    """The request with its secrets revealed and the headers that every request has."""
    headers = {name: value.reveal() if isinstance(value, Secret) else value for name, value in request.headers}
    body = request.body.reveal().encode() if isinstance(request.body, Secret) else request.body
    return httpx.Request(
        request.method,
        _parse(request.url),
        headers={**_HEADERS, **headers},
        content=body or None,
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


class _Transport(httpx.AsyncBaseTransport):
    """httpcore below httpx, with one pool for each route, opened when it is first needed."""

    def __init__(self, connect: Callable[[Route], Connections]) -> None:
        self._connect = connect
        self._exchanges: dict[Route, Exchanges] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        route = _route(request)
        exchanges = self._exchanges.get(route)
        if exchanges is None:
            exchanges = self._exchanges[route] = Exchanges(partial(self._connect, route))
        url = request.url
        asked = httpcore.Request(
            request.method.encode("ascii"),
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.content,
            extensions={
                "timeout": {"connect": request.extensions["connect_timeout"]},
                "sni_hostname": request.extensions["server_name"] or None,
            },
        )
        response, body = await exchanges.begin(asked)
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=body,
            extensions={"reason_phrase": response.extensions.get("reason_phrase", b"")},
        )

    async def aclose(self) -> None:
        """Close every connection, those in use as well."""
        every, self._exchanges = list(self._exchanges.values()), {}
        for exchanges in every:
            await exchanges.aclose()


def _route(request: httpx.Request) -> Route:
    pin, dial, proxy = request.extensions["mitui"]
    url = request.url
    secure = url.scheme == "https"
    if pin is not None and not secure:
        raise httpx.UnsupportedProtocol("a certificate can be pinned only where the URL starts with https://")
    return Route(secure, url.raw_host.decode("ascii"), url.port or (443 if secure else 80), pin, dial, proxy)


def verifying_context(ca_file: str, only_ca_data: str = "") -> ssl.SSLContext:
    """Trust in the public authorities and those of ``ca_file``, where it names one; or in ``only_ca_data`` (PEM) alone.

    Raises DialError if either can't be used.
    """
    if only_ca_data:
        if not only_ca_data.isascii():
            raise DialError(TransportProblem.TLS_FAILED, "the CA that was given can't be used: it holds no PEM")
        try:
            context = ssl.create_default_context(cadata=only_ca_data)
        except (OSError, ValueError) as error:
            raise DialError(TransportProblem.TLS_FAILED, f"the CA that was given can't be used: {error}") from error
        context.set_alpn_protocols(["http/1.1"])
        return context
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
