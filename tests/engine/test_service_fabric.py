"""Service Fabric: nothing of the request leaves before the certificate was compared."""

from __future__ import annotations

import pytest

from mitui.clock import SystemClock
from mitui.engine.failure import FailureKind
from mitui.http import GuardedClient, HttpFailure, HttpReply, HttpRequest, TransportProblem
from mitui.simulator.host import SimulatedHost
from tests.engine.support import SYSTEM, VAULT, engine_on, failure, token


async def test_another_certificate_gets_no_request() -> None:
    with SimulatedHost("service_fabric") as host:
        host.fail("sf.wrongpin")
        async with engine_on(host) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
            assert host.requests == []
            host.heal()
            token(await engine.acquire(SYSTEM, VAULT))
        assert len(host.requests) == 1
    assert got.kind is FailureKind.CERTIFICATE_MISMATCH
    assert "nothing was sent" in got.message
    assert got.attempts == 1


def _spaced(thumbprint: str) -> str:
    return " ".join(thumbprint[start : start + 2] for start in range(0, 40, 2))


@pytest.mark.parametrize(
    "spelling",
    [
        str.upper,
        str.lower,
        lambda text: ":".join(text[start : start + 2] for start in range(0, 40, 2)),
        _spaced,
        lambda text: "\u200e" + _spaced(text),
    ],
)
async def test_spellings_of_the_thumbprint(spelling: object) -> None:
    assert callable(spelling)
    with SimulatedHost("service_fabric") as host:
        variables = {"IDENTITY_SERVER_THUMBPRINT": str(spelling(host.variables["IDENTITY_SERVER_THUMBPRINT"]))}
        async with engine_on(host, variables=variables) as engine:
            token(await engine.acquire(SYSTEM, VAULT))


@pytest.mark.parametrize("thumbprint", ["xyz", "A" * 39, "A" * 41, "A" * 64, "é" * 40])
async def test_a_thumbprint_that_is_none(thumbprint: str) -> None:
    with SimulatedHost("service_fabric") as host:
        async with engine_on(host, variables={"IDENTITY_SERVER_THUMBPRINT": thumbprint}) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
        assert host.requests == []
    assert got.kind is FailureKind.ENDPOINT_INVALID
    assert "IDENTITY_SERVER_THUMBPRINT" in got.message


async def test_plain_http_is_refused() -> None:
    with SimulatedHost("service_fabric", tls=False) as host:
        variables = {"IDENTITY_ENDPOINT": host.url + "/x", "IDENTITY_SERVER_THUMBPRINT": "A" * 40}
        async with engine_on(host, variables=variables) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
        assert host.requests == []
    assert got.kind is FailureKind.ENDPOINT_INVALID


async def test_a_pin_changes_no_other_trust() -> None:
    clock = SystemClock()
    with SimulatedHost("service_fabric") as host:
        client = GuardedClient(clock)
        try:
            request = HttpRequest("GET", host.url + "/x")
            assert isinstance(await client.send(request, deadline=5, certificate_sha1=host.thumbprint), HttpReply)
            untrusted = await client.send(request, deadline=5)
        finally:
            await client.aclose()
    assert isinstance(untrusted, HttpFailure)
    assert untrusted.problem is TransportProblem.TLS_FAILED
