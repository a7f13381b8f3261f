"""Is it IMDS that answers?"""

from __future__ import annotations

import time

import pytest

from mitui.clock import Clock, ManualClock, SystemClock
from mitui.engine.asking.health_check import Answerer, ImdsProbe, fingerprint, probe_imds
from mitui.engine.host.environment import HostEnvironment
from mitui.http import GuardedClient, HttpReply, TransportProblem
from mitui.simulator.host import SimulatedHost
from tests.engine.support import environment_on

OVERRIDE = "AZURE_POD_IDENTITY_AUTHORITY_HOST"


async def _probe(environment: HostEnvironment, timeout: float = 1.0, clock: Clock | None = None) -> ImdsProbe:
    clock = clock or SystemClock()
    client = GuardedClient(clock)
    try:
        return await probe_imds(environment, client, clock, timeout=timeout)
    finally:
        await client.aclose()


async def test_imds_is_recognised_without_asking_for_a_token() -> None:
    with SimulatedHost("imds") as host:
        probe = await _probe(environment_on(host))
        assert [request.headers.get("metadata") for request in host.requests] == [None]
    assert probe.is_imds
    assert probe.answerer is Answerer.IMDS
    assert "IMDS/" in probe.message
    assert probe.evidence.state == "answered"
    assert probe.latency_ms is not None
    assert probe.exchange is not None
    assert probe.exchange.status == 400


@pytest.mark.parametrize(
    ("ahead", "words"), [(600.0, "ahead of the endpoint's"), (-600.0, "behind the endpoint's"), (20.0, ""), (-20.0, "")]
)
async def test_the_date_of_its_answer_tells_whether_the_clock_is_right(ahead: float, words: str) -> None:
    with SimulatedHost("imds") as host:
        probe = await _probe(environment_on(host), clock=ManualClock(time.time() + ahead))
    said = probe.skew.message if probe.skew is not None else ""
    assert said.endswith(words)
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("fault", "answerer"),
    [
        ("docker", Answerer.DOCKER_DESKTOP),
        ("proxy", Answerer.PROXY),
        ("vpn", Answerer.RESET),
        ("closed", Answerer.RESET),
        ("blackhole", Answerer.SILENT),
        ("html", Answerer.PROXY),
        ("garbage", Answerer.RESET),
        ("imds.gone", Answerer.UPDATING),
        ("imds.restart", Answerer.UPDATING),
    ],
)
async def test_squatters(fault: str, answerer: Answerer) -> None:
    with SimulatedHost("imds") as host:
        host.fail(fault)
        started = time.monotonic()
        probe = await _probe(environment_on(host), 0.4)
    assert time.monotonic() - started < 2
    assert probe.answerer is answerer
    assert probe.message
    assert len(host.requests) <= 1, "a probe is never repeated"


async def test_nobody_is_there() -> None:
    probe = await _probe(HostEnvironment({OVERRIDE: "http://127.0.0.1:9"}))
    assert probe.answerer is Answerer.NOBODY
    assert probe.evidence.state == "silent"
    assert probe.problem is TransportProblem.REFUSED


@pytest.mark.parametrize("address", ["http://203.0.113.1", "nonsense"])
async def test_a_stranger_is_not_asked(address: str) -> None:
    probe = await _probe(HostEnvironment({OVERRIDE: address}))
    assert probe.answerer is Answerer.NOBODY
    assert probe.exchange is None
    assert OVERRIDE in probe.message


@pytest.mark.parametrize(
    ("status", "headers", "body", "answerer"),
    [
        (404, {"Server": "EC2ws"}, b"<?xml", Answerer.AWS),
        (401, {"Server": "EC2ws"}, b"", Answerer.AWS),
        (403, {"Server": "Metadata Server for VM", "Metadata-Flavor": "Google"}, b"", Answerer.GOOGLE),
        (502, {"Server": "squid/6.1"}, b"", Answerer.PROXY),
        (504, {"Via": "1.1 corp"}, b"", Answerer.PROXY),
        (403, {"Content-Type": "text/html"}, b"<h1>", Answerer.PROXY),
        (410, {"Server": "IMDS/150.870.65.1253"}, b"", Answerer.UPDATING),
        (400, {}, b'{"error":"invalid_request"}', Answerer.IMDS),
        (
            400,
            {},
            b'{"error":"invalid_request","error_description":"Required metadata header not specified"}',
            Answerer.IMDS,
        ),
        (200, {}, b"hello", Answerer.OTHER),
        (400, {}, b"[" * 60_000, Answerer.OTHER),
    ],
)
def test_fingerprints(status: int, headers: dict[str, str], body: bytes, answerer: Answerer) -> None:
    assert fingerprint(HttpReply(status, "", tuple(headers.items()), body, 1.0))[0] is answerer
