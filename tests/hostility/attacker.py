"""What an attacker holds: the network's names, a server that counts what it receives, and old TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
import warnings
from collections.abc import Callable
from typing import Any, Final

from tests.support.raw_server import RawServer

STRANGER: Final = "203.0.113.9"
_BODY: Final = b'{"access_token":"a.b.c","expires_in":3600}'
ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
_REAL: Final = socket.getaddrinfo


def resolver(*answers: tuple[str, ...]) -> Callable[..., Any]:
    """The resolver of a network that somebody else runs: each name has the first of these answers, then the next."""
    left = list(answers)

    def look_up(host: str, port: int, *_: Any, **__: Any) -> Any:
        try:
            return _REAL(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            addresses = left.pop(0) if len(left) > 1 else left[0]
            return [each for text in addresses for each in _REAL(text, port, type=socket.SOCK_STREAM)]

    return look_up


def old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same server, which speaks TLS 1.1 at most."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


async def assert_old_clients_are_served(server: RawServer) -> None:
    """The server itself: without this the tests of downgrades could not fail."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    old_tls(context)
    _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=context)
    assert writer.get_extra_info("ssl_object").version() in ("TLSv1", "TLSv1.1")
    writer.close()
    await writer.wait_closed()
