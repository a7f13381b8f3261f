"""Connections that are used again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from mitui.clock import Clock
from mitui.http.connection import HttpConnection

_MOST: Final = 8
_IDLE_SECONDS: Final = 20.0


class ConnectionPool:
    """The connections to one server by one route: at most eight at once, and an idle one is kept for 20 s.

    ``open_connection`` opens one; it is given how many seconds that may take.
    """

    def __init__(self, clock: Clock, open_connection: Callable[[float], Awaitable[HttpConnection]]) -> None:
        self._clock = clock
        self._open = open_connection
        self._places = asyncio.Semaphore(_MOST)
        self._busy: set[HttpConnection] = set()
        self._idle: list[tuple[HttpConnection, float]] = []  # with when it became so; the freshest is the last

    async def take(self, limit: float) -> HttpConnection:
        """A connection of one's own until ``give_back``. Raises what ``open_connection`` raises."""
        await self._places.acquire()
        try:
            connection = self._reusable() or await self._open(limit)
        except BaseException:
            self._places.release()
            raise
        self._busy.add(connection)
        return connection

    def give_back(self, connection: HttpConnection) -> None:
        """The exchange is over, or broken off."""
        if connection in self._busy:
            self._busy.remove(connection)
            self._places.release()
            if connection.end():
                self._idle.append((connection, self._clock.monotonic()))

    def close(self) -> None:
        """Close every connection, those in use as well."""
        for connection in (*self._busy, *(each for each, _ in self._idle)):
            connection.stream.close()
        self._busy.clear()
        self._idle.clear()

    def _reusable(self) -> HttpConnection | None:
        while self._idle:
            connection, since = self._idle.pop()
            # What comes unasked for is the end, or nothing that could be trusted.
            if not connection.stream.is_readable and self._clock.monotonic() - since <= _IDLE_SECONDS:
                return connection
            connection.stream.close()
        return None
