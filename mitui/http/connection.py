"""HTTP/1.1 over one connection, one exchange after the other."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Final

import h11

from mitui.http.byte_stream import ByteStream

_LONGEST_HEAD: Final = 100 << 10


class HttpConnection:
    """Sends a request, reads the reply's head and then its body. Raises h11.ProtocolError and OSError."""

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    async def ask(
        self, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes = b""
    ) -> h11.Response:
        """Send the request whole and return the head of the reply."""
        head = self._state.send(h11.Request(method=method, target=target, headers=headers)) or b""
        rest = self._state.send(h11.Data(data=body)) or b"" if body else b""
        end = self._state.send(h11.EndOfMessage()) or b""
        # A server may answer before it has read all, and then close: its answer is still to be read.
        with contextlib.suppress(ConnectionError):
            await self.stream.write(head + rest + end)
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                return event

    async def body(self) -> AsyncIterator[bytes]:
        """The pieces of the reply's body."""
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)

    def end(self) -> bool:
        """End the exchange: True if the next one can begin; otherwise the connection is closed."""
        if self._state.our_state is h11.DONE and self._state.their_state is h11.DONE:
            self._state.start_next_cycle()
            return True
        self.stream.close()
        return False

    async def _next(self) -> object:
        while (event := self._state.next_event()) is h11.NEED_DATA:
            data = await self.stream.read()
            if not data and self._state.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("disconnected without a reply")
            self._state.receive_data(data)
        return event
