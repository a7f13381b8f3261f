"""A small HTTP/1.1 server on loopback that can also misbehave: it stalls, resets, drips and never ends if told to.

It is written on sockets, because the faults that matter to a client lie below what an HTTP library lets one do.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum
from http import HTTPStatus

from mitui.simulator.reading import Malformed, RecordedRequest, host_of, read_request

_LONGEST_LINE = 65_536
_IDLE = 120.0  # seconds that a connection may say nothing, or not take what it is sent
_LINGER = 5.0  # seconds in which a client that was refused may still finish what it had to say
_BACKLOG = 1024  # connections that nobody has accepted yet


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back. With ``pieces`` the body is sent as it is produced; ``length`` then is its announced length.

    ``close`` ends the connection after the reply, however much of the body the client still waits for.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reason: str = ""
    pieces: Iterable[bytes] | None = None
    length: int | None = None
    close: bool = False


class Abort(Enum):
    """How a connection can end without a reply."""

    HANG = "accept, read and say nothing until the server stops"
    CLOSE = "close in an orderly way"
    RESET = "close with a TCP reset"


Handler = Callable[[RecordedRequest], Reply | Abort]


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a new connection gets before any request is read: TLS, an abort, or bytes of plain text and the end.

    A reset, a close and plain text come upon the client's first bytes.
    """

    tls: ssl.SSLContext | None = None
    abort: Abort | None = None
    text: bytes = b""


@dataclass(slots=True)
class LoopbackServer:
    """Serves ``handler`` on a loopback address, one daemon thread for each connection.

    A request for a host that is neither an address nor localhost nor among ``names`` is refused: a web page whose name
    was made to lead here sends such. ``names`` None takes every host. ``greet`` is asked once for each connection.
    ``port`` 0 takes a free one; ``address`` is known after ``start()``.
    """

    handler: Handler
    host: str = "127.0.0.1"
    port: int = 0
    greet: Callable[[], Greeting] = Greeting
    names: frozenset[str] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _listener: socket.socket | None = None
    _alarm: tuple[socket.socket, socket.socket] | None = None
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: set[socket.socket] = field(default_factory=set)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return (self.host, self.port)

    def start(self) -> None:
        """Listen. Raises OSError, with the address for a file's name, when the port is taken."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            self._listener = socket.create_server((self.host, self.port), family=family, backlog=_BACKLOG)
        except OSError as error:
            raise OSError(error.errno, os.strerror(error.errno or 0), f"{self.host}:{self.port}") from None
        self.port = self._listener.getsockname()[1]
        self._alarm = socket.socketpair()
        self.stopping.clear()
        self._thread = threading.Thread(target=self._accept, name=f"simulator-{self.port}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection; may be called twice."""
        if self._listener is None or self._alarm is None or self._thread is None:
            return
        self.stopping.set()
        self._alarm[1].send(b"!")
        self._thread.join(5)
        for each in (self._listener, *self._alarm):
            each.close()
        self._listener = None
        self.drop_connections()

    def drop_connections(self) -> None:
        """End every open connection, so that the next request has to connect anew."""
        with self._lock:
            connections = tuple(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                # Not SSLSocket.shutdown(): it would take the TLS state away from the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _accept(self) -> None:
        assert self._listener is not None and self._alarm is not None  # noqa: S101, PT018
        listener, alarm = self._listener, self._alarm[0]
        while not self.stopping.is_set():
            ready, _, _ = select.select([listener, alarm], [], [])
            if listener not in ready or alarm in ready:
                continue
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        # The client may go away or speak something else; the next connection is what matters.
        with contextlib.suppress(OSError, ValueError), self._known(connection):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(_IDLE)
            self._greet(connection)

    @contextlib.contextmanager
    def _known(self, connection: socket.socket) -> Iterator[socket.socket]:
        with self._lock:
            self._open.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _greet(self, connection: socket.socket) -> None:
        greeting = self.greet()
        if greeting.abort is not None:
            if greeting.abort is not Abort.HANG:
                # Not before the client has begun to speak: what it then sees does not depend on who is faster.
                connection.recv(1)
            self._abort(connection, greeting.abort)
        elif greeting.text:
            connection.recv(_LONGEST_LINE)
            connection.sendall(greeting.text)
        elif greeting.tls is None:
            self._serve(connection)
        else:
            tls = greeting.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            with self._known(tls) as encrypted:
                tls.do_handshake()
                self._serve(encrypted)

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while not self.stopping.is_set():
                request = read_request(stream)
                if request is None:
                    return
                if isinstance(request, Malformed):
                    write_reply(connection, Reply(request.status, (("Connection", "close"),), close=True))
                    _let_finish(connection)
                    return
                answer = self.handler(request) if self._is_for_us(request) else _MISDIRECTED
                if isinstance(answer, Abort):
                    self._abort(connection, answer)
                    return
                write_reply(connection, answer)
                if answer.close or request.headers.get("connection", "").lower() == "close":
                    return

    def _is_for_us(self, request: RecordedRequest) -> bool:
        host = host_of(request)
        return self.names is None or is_address(host) or host in ("", "localhost") or host in self.names

    def _abort(self, connection: socket.socket, how: Abort) -> None:
        if how is Abort.HANG:
            self.stopping.wait()
        elif how is Abort.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


_MISDIRECTED = Reply(421, (("Content-Type", "text/plain"),), b"This is a simulated host: ask it by its address.\n")


def is_address(host: str) -> bool:
    """Whether it is an IP address, and so no name that somebody could have led here."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _let_finish(connection: socket.socket) -> None:
    """Take what a refused client still sends, so that it reads the refusal in place of a reset."""
    socket.socket.shutdown(connection, socket.SHUT_WR)
    deadline = time.monotonic() + _LINGER
    connection.settimeout(_LINGER)
    while time.monotonic() < deadline and connection.recv(1 << 20):
        pass


def write_reply(connection: socket.socket, reply: Reply) -> None:
    """Send ``reply`` with its length and, unless it has one of its own, the date.

    The length comes last, or where the reply has a Content-Length, whatever that says.
    """
    reason = reply.reason or _reason(reply.status)
    length = str(len(reply.body) if reply.length is None else reply.length)
    headers = [(name, length if name == "Content-Length" else value) for name, value in reply.headers]
    named = {name.lower() for name, _ in headers}
    if "date" not in named:
        headers.append(("Date", formatdate(usegmt=True)))
    if reply.status != HTTPStatus.NO_CONTENT and "content-length" not in named:
        headers.append(("Content-Length", length))
    lines = [f"HTTP/1.1 {reply.status} {reason}", *(f"{name}: {value}" for name, value in headers), "", ""]
    connection.sendall("\r\n".join(lines).encode("latin-1") + reply.body)
    for piece in reply.pieces or ():
        connection.sendall(piece)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
