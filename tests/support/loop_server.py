"""A simulated host's HTTP server on the loop of its client, so that both live in the same simulated time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from io import BytesIO
from typing import cast

from mitui.simulator.faults.fault import Answer
from mitui.simulator.reading import Malformed, RecordedRequest, read_request
from mitui.simulator.server import Abort, Reply, write_reply


class LoopServer:
    """Stands in for the simulator's LoopbackServer: the same ``handler``, the same ways to end a connection."""

    def __init__(self, handler: Callable[[RecordedRequest], Answer]) -> None:
        self.handler = handler
        self.host = "127.0.0.1"
        self.port = 0
        self.stopping = threading.Event()
        self.open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        """Listen: on a free port first, on the same one again after ``silence``."""
        self._server = await asyncio.start_server(self._converse, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def silence(self) -> None:
        """Close the port and every connection; who connects is refused."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop_connections()
        await asyncio.sleep(0)

    def drop_connections(self) -> None:
        """End every open connection."""
        for each in tuple(self.open):
            each.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    request = read_request(BytesIO(head))
                    if (
                        request is None
                        or isinstance(request, Malformed)
                        or not await self._answer(request, reader, writer)
                    ):
                        return
        finally:
            self.open.discard(writer)
            writer.close()

    async def _answer(
        self, request: RecordedRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection goes on."""
        answer = self.handler(request)
        if isinstance(answer, Reply):
            sink = _Sink()
            write_reply(cast("socket.socket", sink), answer)  # it only sends
            writer.write(sink.data)
            await writer.drain()
            return not answer.close
        if answer is Abort.HANG:
            await reader.read()
        elif answer is Abort.RESET:
            connection: socket.socket = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


class _Sink:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.data = b""

    def sendall(self, data: bytes) -> None:
        self.data += data
