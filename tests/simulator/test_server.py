"""What comes in over the wire that is no good request, and many clients at once."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mitui.simulator.host import SimulatedHost
from tests.simulator.wire import ask_token, token_target

_PROJECT = Path(__file__).parents[2]
_METADATA = b"Metadata: true\r\n"


@pytest.fixture
def host() -> Iterator[SimulatedHost]:
    with SimulatedHost("imds") as started:
        yield started


def said_to(host: SimulatedHost, *pieces: bytes) -> bytes:
    """What comes back until the host closes the connection."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=10) as connection:
        for each in pieces:
            connection.sendall(each)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"GET http://[::1 HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 201 + b"\r\n", 431),
    ],
)
def test_what_is_no_good_request_is_refused(host: SimulatedHost, request_: bytes, status: int) -> None:
    assert said_to(host, request_).startswith(f"HTTP/1.1 {status} ".encode())
    assert host.requests == []
    assert ask_token(host).status == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_hundred_megabytes_are_refused_at_once_and_kept_nowhere(host: SimulatedHost, chunked: bool) -> None:
    head = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 104857600"
    block = b"A" * (1 << 20)
    framed = b"100000\r\n" + block + b"\r\n" if chunked else block
    started = time.perf_counter()
    answer = said_to(host, b"POST /metadata/identity/oauth2/token HTTP/1.1\r\n" + head + b"\r\n\r\n", *[framed] * 100)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert time.perf_counter() - started < 5
    assert ask_token(host).status == 200


def test_connections_that_say_nothing_hold_nobody_up(host: SimulatedHost) -> None:
    with ExitStack() as stack:
        for index in range(200):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", host.port), timeout=5))
            if index % 2:
                connection.sendall(b"GET /metadata/identity/oauth2/token HTTP/1.1\r\nMetadata:")
        started = time.perf_counter()
        assert ask_token(host).status == 200
        assert time.perf_counter() - started < 1


_CROWD = """
import socket, sys, time
port, target = int(sys.argv[1]), sys.argv[2]
request = f"GET {target} HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nMetadata: true\\r\\nConnection: close\\r\\n\\r\\n".encode()
started = time.perf_counter()
clients = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(500)]
for each in clients:
    each.sendall(request)
good = 0
for each in clients:
    answer = b""
    while piece := each.recv(65_536):
        answer += piece
    good += answer.startswith(b"HTTP/1.1 200 ") and b"access_token" in answer
print(good, time.perf_counter() - started)
"""


def test_five_hundred_clients_at_once_are_served_within_three_seconds(host: SimulatedHost) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CROWD, str(host.port), token_target(host)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    good, seconds = done.stdout.split()
    assert (int(good), float(seconds) < 3) == (500, True), done.stdout


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost", 200),
        ("LOCALHOST:80", 200),
        ("[::1]:80", 200),
        ("169.254.169.254", 200),
        ("evil.example.com", 421),
        ("evil.example.com:80", 421),
        ("localhost.evil.example.com", 421),
        ("127.0.0.1.evil.example.com", 421),
    ],
)
def test_a_request_for_another_host_is_refused(host: SimulatedHost, name: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=5)
    connection.request("GET", token_target(host), headers={"Host": name, "Metadata": "true"})
    assert connection.getresponse().status == status
    connection.close()
    assert len(host.requests) == (1 if status == 200 else 0)


def test_no_threads_stay_behind() -> None:
    before = threading.active_count()
    with SimulatedHost("imds") as host:
        for _ in range(20):
            assert ask_token(host).status == 200
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before
