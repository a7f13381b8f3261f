"""The exporter's HTTP server against clients of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from mitui.cli.exporter.http_server import MOST_CONNECTIONS, HttpServer, Request, Response

SHORT = 0.4


def answer(request: Request) -> Response:
    """Says what was asked; breaks on one path, and is long on another."""
    if request.path == "/defect":
        raise ZeroDivisionError("canary-value")
    if request.path == "/long":
        return Response(200, b"x" * 20_000_000)
    return Response.of_text(200, f"{request.method} {request.path} {request.query}")


@asynccontextmanager
async def serving(deadline: float = SHORT) -> AsyncIterator[tuple[str, int]]:
    server = HttpServer(answer, "127.0.0.1", 0, deadline=deadline)
    place = await server.start()
    try:
        yield place
    finally:
        server.stop()


async def exchange(place: tuple[str, int], sent: bytes) -> bytes:
    """Everything that comes back until the other side closes."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(sent)
        return await reader.read(-1)
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("sent", "status", "body"),
    [
        (b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", 200, b"GET /a b=c\n"),
        (b"GET /a HTTP/1.0\r\n\r\n", 200, b"GET /a \n"),
        (b"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", 200, b""),
        (b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 200, b"POST /a \n"),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, b"this is no request that can be read\n"),
        (b"GET /a HTTP/1.1\r\n\r\n", 400, b"this is no request that can be read\n"),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431, b"this is no request that can be read\n"),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400, b"this is no request that can be read\n"),
    ],
)
async def test_requests(sent: bytes, status: int, body: bytes) -> None:
    async with serving() as place:
        reply = await exchange(place, sent)
    head, _, found = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert found == body


async def test_a_client_that_has_said_all_still_gets_a_long_answer() -> None:
    async with serving(5.0) as place:
        reader, writer = await asyncio.open_connection(*place)
        writer.write(b"GET /long HTTP/1.0\r\n\r\n")
        writer.write_eof()
        assert len(await reader.read(-1)) > 20_000_000
        writer.close()


async def test_a_defect_is_a_sentence_without_values() -> None:
    async with serving() as place:
        reply = await exchange(place, b"GET /defect HTTP/1.1\r\nHost: x\r\n\r\n")
        assert reply.startswith(b"HTTP/1.1 500 ")
        assert b"ZeroDivisionError" in reply
        assert b"canary" not in reply
        assert (await exchange(place, b"GET /a HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("sent", [b"", b"GET /a HTTP/1.1\r\nHost: x\r\nX: ", b"GET /long HTTP/1.0\r\n\r\n"])
async def test_slow_clients_hold_up_nobody_and_are_let_go(sent: bytes) -> None:
    async with serving() as place:
        slow = [await asyncio.open_connection(*place) for _ in range(5)]
        for _, writer in slow:
            writer.write(sent)
        await asyncio.sleep(0.05)
        started = asyncio.get_running_loop().time()
        assert (await exchange(place, b"GET /a HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert asyncio.get_running_loop().time() - started < SHORT
        await asyncio.sleep(2 * SHORT)
        for reader, writer in slow:
            with suppress(ConnectionResetError):
                assert len(await reader.read(-1)) < 20_000_000
            writer.close()


async def test_there_is_an_end_to_the_connections_that_are_taken() -> None:
    async with serving() as place:
        held = [await asyncio.open_connection(*place) for _ in range(MOST_CONNECTIONS)]
        with suppress(ConnectionResetError):
            assert await exchange(place, b"") == b""
        await asyncio.sleep(2 * SHORT)
        assert (await exchange(place, b"GET /a HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        for _, writer in held:
            writer.close()
