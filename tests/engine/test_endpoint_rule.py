"""A variable can't send secrets to a stranger."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from mitui.clock import ManualClock
from mitui.engine.asking.endpoint_rule import Approved, judge
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.sources.source import Endpoint
from mitui.http import HttpFailure, TransportProblem
from mitui.simulator.host import SimulatedHost
from tests.engine.support import SYSTEM, VAULT, engine_in, engine_on, failure, token


async def _judge(url: str, *allowed: str) -> Approved | Refusal | HttpFailure:
    return await judge(Endpoint(url, "IDENTITY_ENDPOINT"), frozenset(allowed), ManualClock(), timeout=2)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:41000/msi/token", True),
        ("http://127.9.9.9/", True),
        ("http://localhost:42356/msi/token", True),
        ("http://LOCALHOST./x", True),
        ("http://[::1]:80/", True),
        ("http://[::ffff:127.0.0.1]/", True),
        ("http://169.254.169.254/metadata", False),
        ("http://169.254.129.5:8081/msi/token", False),
        ("http://172.16.3.2:8081/msi/token", False),
        ("http://10.1.2.3/", False),
        ("http://192.168.0.9/", False),
        ("http://[fe80::1]/", False),
        ("http://[fd00::1]/", False),
    ],
)
async def test_near_hosts_are_called(url: str, loopback: bool) -> None:
    approved = await _judge(url)
    assert isinstance(approved, Approved)
    assert approved.is_loopback is loopback


@pytest.mark.parametrize(
    "host",
    [
        "8.8.8.8",
        "172.32.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.2.1",
        "[2001:db8::1]",
        "[::ffff:8.8.8.8]",
        "[64:ff9b::1]",
    ],
)
async def test_far_hosts_are_not_called_unless_allowed(host: str) -> None:
    refused = await _judge(f"http://{host}/msi/token")
    assert isinstance(refused, Refusal)
    assert refused.kind is FailureKind.ENDPOINT_NOT_ALLOWED
    assert "IDENTITY_ENDPOINT" in refused.message
    assert isinstance(await _judge(f"http://{host}/msi/token", host.strip("[]")), Approved)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://127.0.0.1/",
        "http://",
        "http:///x",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://[::1/",
        "http://user:pass@127.0.0.1/",
        "http://127.0.0.1\\@8.8.8.8/",
        "http://127.0.0.1/#x",
        " http://127.0.0.1/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\n",
        "http://\x00/",
        "http://" + "a" * 300 + "/",
        "http://xn--\u2603/",
    ],
)
async def test_what_is_no_url_is_named(url: str) -> None:
    refused = await _judge(url)
    if isinstance(refused, HttpFailure):
        assert refused.problem is TransportProblem.NAME_NOT_RESOLVED
        return
    assert isinstance(refused, Refusal)
    assert refused.kind is FailureKind.ENDPOINT_INVALID
    assert refused.message.startswith("IDENTITY_ENDPOINT ")


async def test_the_well_known_address_needs_no_permission() -> None:
    assert isinstance(
        await judge(Endpoint("http://169.254.169.254/x"), frozenset(), ManualClock(), timeout=2), Approved
    )


@pytest.mark.parametrize(
    "variables",
    [
        {"IDENTITY_ENDPOINT": "http://203.0.113.9/x", "IDENTITY_HEADER": "h"},
        {"MSI_ENDPOINT": "http://203.0.113.9/x"},
        {"MSI_ENDPOINT": "http://203.0.113.9/x", "MSI_SECRET": "s"},
        {"IDENTITY_ENDPOINT": "http://203.0.113.9/x", "IMDS_ENDPOINT": "http://203.0.113.9"},
        {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://203.0.113.9"},
    ],
)
async def test_no_request_leaves_for_a_stranger(variables: dict[str, str], only_loopback: list[object]) -> None:
    async with engine_in(HostEnvironment(MappingProxyType(variables))) as engine:
        got = failure(await engine.acquire(SYSTEM, VAULT))
    assert got.kind is FailureKind.ENDPOINT_NOT_ALLOWED
    assert got.exchanges == ()
    assert only_loopback == []


async def test_a_name_is_judged_by_its_addresses(only_loopback: list[object]) -> None:
    variables = {"IDENTITY_ENDPOINT": "http://msi.contoso.example/x", "IDENTITY_HEADER": "h"}
    async with engine_in(HostEnvironment(MappingProxyType(variables))) as engine:
        got = failure(await engine.acquire(SYSTEM, VAULT))
    assert got.kind is FailureKind.NAME_NOT_RESOLVED
    assert only_loopback == ["msi.contoso.example"]


async def test_localhost_is_reached_by_name() -> None:
    with SimulatedHost("app_service") as host:
        endpoint = host.variables["IDENTITY_ENDPOINT"].replace("127.0.0.1", "localhost")
        async with engine_on(host, variables={"IDENTITY_ENDPOINT": endpoint}) as engine:
            token(await engine.acquire(SYSTEM, VAULT))
        assert host.requests[0].headers["host"] == f"localhost:{host.port}"


@pytest.mark.parametrize("header", ["a\nb", "a\r\nX: y", "ü", "☃"])
async def test_a_header_that_http_does_not_allow(header: str) -> None:
    with SimulatedHost("app_service") as host:
        async with engine_on(host, variables={"IDENTITY_HEADER": header}) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
        assert host.requests == []
    assert got.kind is FailureKind.ENDPOINT_INVALID
    assert header not in repr(got)
