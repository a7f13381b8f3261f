"""The guarded client: every trouble is a value, within the deadline, and shows no secret."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import random
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from mitui.clock import SystemClock
from mitui.http import (
    GuardedClient,
    HttpFailure,
    HttpReply,
    HttpRequest,
    TransportProblem,
    exchange_of,
    redact,
    resolve,
)
from mitui.http.proxy import proxy_for, proxy_label
from mitui.http.transport_errors import explain_connecting
from mitui.secret import Secret
from mitui.simulator.host import SimulatedHost
from tests.support.raw_server import RawServer

CLOCK = SystemClock()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    guarded = GuardedClient(CLOCK)
    yield guarded
    await guarded.aclose()


async def _get(client: GuardedClient, url: str, deadline: float = 3.0) -> HttpReply | HttpFailure:
    return await client.send(HttpRequest("GET", url), deadline=deadline)


def _problem(outcome: HttpReply | HttpFailure) -> TransportProblem:
    assert isinstance(outcome, HttpFailure), outcome
    assert outcome.message
    return outcome.problem


async def test_an_open_connection_is_used_again(client: GuardedClient) -> None:
    with SimulatedHost("imds") as host:
        first, second = await _get(client, host.url), await _get(client, host.url)
    assert isinstance(first, HttpReply)
    assert isinstance(second, HttpReply)
    assert [name for name, _ in first.phases] == ["resolve", "connect"]
    assert second.phases == ()


async def test_an_idle_connection_that_was_closed_is_no_failure(client: GuardedClient) -> None:
    async with RawServer([OK]) as server:
        assert isinstance(await _get(client, server.url), HttpReply)
        server.close_before_answering = 1
        assert isinstance(await _get(client, server.url), HttpReply)
        assert server.connections == 2


async def test_redirects_are_not_followed(client: GuardedClient) -> None:
    async with RawServer([b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"]) as server:
        reply = await _get(client, server.url)
        assert len(server.received) == 1
    assert isinstance(reply, HttpReply)
    assert reply.status == 302


async def test_the_environments_proxy_is_not_used(client: GuardedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with SimulatedHost("imds") as host:
        assert isinstance(await _get(client, host.url), HttpReply)


async def test_a_proxy_is_used_where_the_caller_says_so() -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with RawServer([refusal]) as proxy:
        address = proxy.url.removeprefix("http://")
        client = GuardedClient(CLOCK, proxies={"HTTPS_PROXY": f"http://me:pass@{address}"})
        outcome = await _get(client, "https://vault.contoso.example/")
        await client.aclose()
        assert proxy.received[0].startswith(b"CONNECT vault.contoso.example:443 HTTP/1.1\r\n")
        assert b"\r\nHost: vault.contoso.example:443\r\n" in proxy.received[0]
        assert b"\r\nProxy-Authorization: Basic bWU6cGFzcw==\r\n" in proxy.received[0]
    assert _problem(outcome) is TransportProblem.PROXY_FAILED
    assert isinstance(outcome, HttpFailure)
    assert outcome.proxy == address
    assert "pass" not in repr(outcome)


async def test_a_proxy_that_is_not_there() -> None:
    client = GuardedClient(CLOCK, proxies={"http_proxy": "127.0.0.1:9"})
    outcome = await _get(client, "http://vault.contoso.example/")
    await client.aclose()
    assert _problem(outcome) is TransportProblem.PROXY_FAILED


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("socks5://127.0.0.1:9", "a socks5 proxy; only HTTP proxies are supported"),
        ("http://[::1", "the proxy (no URL) can't be used: the environment names a proxy that is no URL"),
        ("ftp://x", "a ftp proxy; only HTTP proxies are supported"),
        ("//127.0.0.1:9", "a proxy without a host"),
        ("http://:80", "a proxy without a host"),
    ],
)
async def test_a_proxy_that_cannot_be_used(proxy: str, words: str) -> None:
    client = GuardedClient(CLOCK, proxies={"http_proxy": proxy})
    outcome = await _get(client, "http://vault.contoso.example/")
    await client.aclose()
    assert _problem(outcome) is TransportProblem.PROXY_FAILED
    assert isinstance(outcome, HttpFailure)
    assert words in outcome.message


@pytest.mark.parametrize(
    ("url", "variables", "proxy"),
    [
        ("https://a.b/", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("https://a.b/", {"HTTPS_PROXY": "http://p:1", "https_proxy": "http://q:1"}, "http://q:1"),
        ("https://a.b/", {"HTTP_PROXY": "http://p:1"}, ""),
        ("https://a.b/", {"ALL_PROXY": "p:1"}, "http://p:1"),
        ("https://a.b/", {"ALL_PROXY": "p:1", "NO_PROXY": "b"}, ""),
        ("https://a.b/", {"ALL_PROXY": "p:1", "NO_PROXY": ".b, x"}, ""),
        ("https://a.b/", {"ALL_PROXY": "p:1", "NO_PROXY": "*.b"}, ""),
        ("https://a.b/", {"ALL_PROXY": "p:1", "NO_PROXY": "*"}, ""),
        ("https://ab/", {"ALL_PROXY": "p:1", "NO_PROXY": "b"}, "http://p:1"),
        ("https://a.b/", {"ALL_PROXY": "p:1", "NO_PROXY": "a.b:8443"}, "http://p:1"),
        ("https://a.b:8443/", {"ALL_PROXY": "p:1", "NO_PROXY": "a.b:8443"}, ""),
        ("http://10.1.2.3/", {"ALL_PROXY": "p:1", "NO_PROXY": "10.0.0.0/8"}, ""),
        ("http://127.0.0.1/", {"ALL_PROXY": "p:1"}, ""),
        ("http://localhost/", {"ALL_PROXY": "p:1"}, ""),
        ("http://[::1/", {"ALL_PROXY": "p:1"}, ""),
        ("http://a.b/", {"ALL_PROXY": "", "http_proxy": " "}, ""),
    ],
)
def test_which_proxy_the_environment_asks_for(url: str, variables: dict[str, str], proxy: str) -> None:
    assert proxy_for(url, variables) == proxy


def test_a_proxys_credentials_are_not_shown() -> None:
    assert proxy_label("http://me:pass@proxy:8080") == "proxy:8080"


async def test_nobody_listens(client: GuardedClient) -> None:
    outcome = await _get(client, "http://127.0.0.1:9/")
    assert _problem(outcome) is TransportProblem.REFUSED
    assert isinstance(outcome, HttpFailure)
    assert "127.0.0.1:9" in outcome.message


async def test_a_route_that_does_not_exist(client: GuardedClient) -> None:
    assert _problem(await _get(client, "http://192.0.2.1/")) is TransportProblem.UNREACHABLE


@pytest.mark.parametrize(
    ("code", "problem", "says"),
    [
        (errno.ECONNREFUSED, TransportProblem.REFUSED, "refused"),
        (errno.ENETUNREACH, TransportProblem.UNREACHABLE, "no route"),
        (errno.EHOSTUNREACH, TransportProblem.UNREACHABLE, "no route"),
        (errno.EACCES, TransportProblem.UNREACHABLE, "forbidden by its access permissions"),
        (errno.EPERM, TransportProblem.UNREACHABLE, "forbidden by its access permissions"),
        (errno.ETIMEDOUT, TransportProblem.TIMEOUT, "within 2 s"),
        (errno.ECONNRESET, TransportProblem.CONNECTION_LOST, "closed"),
        (errno.EMFILE, TransportProblem.UNREACHABLE, "Too many open files"),
    ],
)
def test_every_system_error_has_its_sentence(code: int, problem: TransportProblem, says: str) -> None:
    found, sentence = explain_connecting(OSError(code, os.strerror(code)), "10.0.0.1:80", 2)
    assert found is problem
    assert says in sentence


def test_the_windows_firewall_has_its_sentence() -> None:
    denied = OSError(
        errno.EINVAL, "An attempt was made to access a socket in a way forbidden by its access permissions"
    )
    denied.winerror = 10013  # type: ignore[attr-defined, unused-ignore]
    found, sentence = explain_connecting(denied, "169.254.169.254:80", 2)
    assert found is TransportProblem.UNREACHABLE
    assert "forbidden by its access permissions" in sentence


async def test_a_connection_that_is_never_accepted(client: GuardedClient) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        request = HttpRequest("GET", f"http://127.0.0.1:{port}/")
        outcome = await client.send(request, deadline=3, connect_timeout=0.2)
        for filler in fillers:
            filler.close()
    assert _problem(outcome) is TransportProblem.TIMEOUT


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0" * 50,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\r\n\r\n",
        b"HTTP/1.1 200",
    ],
)
async def test_what_does_not_speak_http(client: GuardedClient, answer: bytes) -> None:
    async with RawServer([answer], close=True) as server:
        assert _problem(await _get(client, server.url)) is TransportProblem.CONNECTION_LOST


async def test_endless_headers_end(client: GuardedClient) -> None:
    async with RawServer([b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000]) as server:
        assert _problem(await _get(client, server.url, 1.0)) is TransportProblem.CONNECTION_LOST


async def test_endless_interim_replies_end_with_the_deadline(client: GuardedClient) -> None:
    async with RawServer([b"HTTP/1.1 103 Early Hints\r\n\r\n"] * 2000, pace=0.001) as server:
        started = time.monotonic()
        assert _problem(await _get(client, server.url, 0.3)) is TransportProblem.TIMEOUT
        assert time.monotonic() - started < 1


async def test_a_time_limit_is_told_without_the_microseconds_that_were_spent(client: GuardedClient) -> None:
    async with RawServer([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"]) as server:
        outcome = await _get(client, server.url, 0.299986)
    assert isinstance(outcome, HttpFailure)
    assert outcome.message == "no whole reply within 0.3 s"


async def test_compressed_bodies_are_not_unpacked(client: GuardedClient) -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    async with RawServer([packed]) as server:
        reply = await _get(client, server.url)
        assert b"accept-encoding: identity" in server.received[0].lower()
    assert isinstance(reply, HttpReply)
    assert reply.body == b"\x1f\x8b\x08\x00"


async def test_a_body_can_be_left_unread(client: GuardedClient) -> None:
    async with RawServer([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart"]) as server:
        request = HttpRequest("GET", server.url)
        reply = await client.send(request, deadline=3, read_body=lambda status: status != 200)
    assert isinstance(reply, HttpReply)
    assert reply.body == b""


async def test_a_body_over_the_limit(client: GuardedClient) -> None:
    async with RawServer([OK]) as server:
        outcome = await client.send(HttpRequest("GET", server.url), deadline=3, body_limit=1)
    assert _problem(outcome) is TransportProblem.REPLY_TOO_LARGE


async def test_a_name_can_be_dialled_elsewhere() -> None:
    async with RawServer([OK]) as server:
        client = GuardedClient(CLOCK, connect_to={"Vault.contoso.example": ("127.0.0.1", server.port)})
        assert isinstance(await _get(client, "http://vault.contoso.example/x"), HttpReply)
        await client.aclose()
        assert b"host: vault.contoso.example\r\n" in server.received[0].lower()


async def test_a_ca_file_that_is_none(client: GuardedClient) -> None:
    broken = GuardedClient(CLOCK, ca_file="/nowhere/ca.pem")
    outcome = await _get(broken, "https://127.0.0.1:9/")
    await broken.aclose()
    assert _problem(outcome) is TransportProblem.TLS_FAILED
    assert isinstance(outcome, HttpFailure)
    assert "/nowhere/ca.pem" in outcome.message


async def test_exchanges_show_no_secret(client: GuardedClient) -> None:
    leak = b"HTTP/1.1 200 hunter2\r\nContent-Length: %d\r\nServer: eyJhbGciOiJ9.eyJhdWQi.x\r\nX-Odd: 1\r\n\r\n"
    body = b'{"access_token": "opaque-value", "echo": "hunter2", "other": "eyJhbGciOiJSUzI1NiJ9.eyJh'
    async with RawServer([leak % len(body) + body]) as server:
        request = HttpRequest("GET", server.url + "/?q=hunter2", (("X-IDENTITY-HEADER", Secret("hunter2")),))
        reply = await client.send(request, deadline=3)
    shown = exchange_of(request, reply, 5.0)
    text = repr(shown)
    for secret in ("hunter2", "opaque-value", "eyJh"):
        assert secret not in text
    assert shown.header_names == ("X-IDENTITY-HEADER",)
    assert [name for name, _ in shown.reply_headers] == ["Content-Length", "Server"]
    assert shown.status == 200
    assert shown.body


def test_redaction_knows_the_key_in_basic() -> None:
    assert "KEYKEY" not in redact("your key KEYKEY is bad", ("Basic KEYKEY",))


async def test_localhost_is_loopback_and_addresses_are_themselves() -> None:
    assert await resolve("localhost", 80, timeout=1, clock=CLOCK) == ("127.0.0.1", "::1")
    assert await resolve("127.0.0.1", 80, timeout=1, clock=CLOCK) == ("127.0.0.1",)
    assert await resolve("[fe80::1%eth0]", 80, timeout=1, clock=CLOCK) == ("fe80::1%eth0",)


async def test_a_dead_resolver_keeps_no_one(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        release.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    started = time.monotonic()
    outcome = await resolve("vault.contoso.example", 443, timeout=0.1, clock=CLOCK)
    assert time.monotonic() - started < 1
    assert isinstance(outcome, HttpFailure)
    assert "did not answer" in outcome.message
    hidden = next(thread for thread in threading.enumerate() if thread.name == "mitui-resolve")
    assert hidden.daemon
    release.set()
    await asyncio.to_thread(hidden.join)


def test_the_values_load_no_http_library() -> None:
    heavy = ("httpx", "httpcore", "jwt", "cryptography")
    code = f"import sys, mitui.http, mitui.claims; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_proxy_is_handed_a_plain_request_whole() -> None:
    async with RawServer([OK]) as proxy:
        address = proxy.url.removeprefix("http://")
        client = GuardedClient(CLOCK, proxies={"HTTP_PROXY": f"http://me:pass@{address}"})
        reply = await _get(client, "http://vault.contoso.example:8080/a?b=c")
        await client.aclose()
        lines = proxy.received[0].split(b"\r\n")
    assert isinstance(reply, HttpReply)
    assert reply.proxy == address
    assert lines[0] == b"GET http://vault.contoso.example:8080/a?b=c HTTP/1.1"
    assert b"Proxy-Authorization: Basic bWU6cGFzcw==" in lines
    assert b"Host: vault.contoso.example:8080" in lines


async def test_at_most_eight_connections_at_once(client: GuardedClient) -> None:
    async with RawServer([OK], pace=0.05) as server:
        outcomes = await asyncio.gather(*(_get(client, server.url) for _ in range(20)))
        assert all(isinstance(each, HttpReply) for each in outcomes)
        assert server.connections == 8


async def test_a_connection_is_not_kept_for_longer_than_servers_do() -> None:
    client = GuardedClient(SystemClock(), idle_seconds=0.5)
    async with RawServer([OK]) as server:
        for wait in (0.0, 0.7, 0.0):
            assert isinstance(await _get(client, server.url), HttpReply)
            await asyncio.sleep(wait)
        await client.aclose()
        assert server.connections == 2


def _sockets() -> int:
    count = 0
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            count += str(entry.readlink()).startswith("socket:")
    return count


@pytest.mark.skipif(sys.platform != "linux", reason="counts open sockets in /proc")
@pytest.mark.parametrize("by", ["task", "deadline"])
@pytest.mark.parametrize("secure", [False, True])
async def test_requests_cancelled_at_any_moment_leave_nothing_open(by: str, secure: bool, tmp_path: Path) -> None:
    tls = None
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    if secure:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(tls)
    dice = random.Random(7)
    client = GuardedClient(SystemClock(), ca_file=str(tmp_path / "ca.pem"))
    async with RawServer([OK[:20], OK[20:]], pace=0.001, tls=tls) as server:
        assert isinstance(await _get(client, server.url), HttpReply)
        await client.aclose()
        await asyncio.sleep(0.05)
        before = _sockets()
        for _ in range(40):
            waits = [dice.choice((0.0, dice.random() * 0.001, dice.random() * 0.03)) for _ in range(12)]
            if by == "deadline":
                asked = [client.send(HttpRequest("GET", server.url), deadline=wait) for wait in waits]
                await asyncio.gather(*asked)
                continue
            tasks = [asyncio.ensure_future(_get(client, server.url)) for _ in waits]
            for wait, task in zip(waits, tasks, strict=True):
                for _ in range(dice.randrange(12)):
                    await asyncio.sleep(0)
                asyncio.get_running_loop().call_later(wait, task.cancel)
            await asyncio.gather(*tasks, return_exceptions=True)
        outcomes = await asyncio.gather(*(_get(client, server.url) for _ in range(20)))
        assert all(isinstance(each, HttpReply) for each in outcomes)
        await asyncio.sleep(0.1)
        assert _sockets() - before <= 2 * 8
        await client.aclose()
        await asyncio.sleep(0.1)
        assert _sockets() == before
