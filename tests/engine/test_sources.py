"""Every source gives tokens for every selector that it takes, and every known fault has its kind and its sentence."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from mitui.clock import ManualClock
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.identity import ClientId
from mitui.engine.selectors import supported_selectors, unsupported_reason
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.cloud_shell import supported_audiences
from mitui.simulator.host import SimulatedHost, default_identities
from tests.engine.support import SYSTEM, VAULT, driven, engine_on, failure, selected, token

WEB = default_identities()[0]
SOURCES = ("imds", "app_service", "container_apps", "azure_arc", "azure_ml", "cloud_shell", "service_fabric")
K = FailureKind


def _supported() -> list[tuple[str, str]]:
    kinds = {"container_apps": SourceKind.APP_SERVICE}
    return [
        (source, selector)
        for source in SOURCES
        for selector in supported_selectors(kinds.get(source) or SourceKind(source))
    ]


@pytest.mark.parametrize(("source", "selector"), _supported())
async def test_a_token_for_every_selector(source: str, selector: str) -> None:
    with SimulatedHost(source) as host:
        async with engine_on(host) as engine:
            got = token(await engine.acquire(selected(selector, WEB), VAULT))
    assert got.claims.text("aud") == VAULT
    assert 86_000 < got.expires_at - time.time() < 87_000
    assert got.attempts == 1
    assert not got.from_cache
    if source == "cloud_shell":
        assert got.actual.kind == "user"
        assert [notice.kind for notice in got.notices] == ["user_token"]
    elif selector == "system":
        assert got.actual.kind in ("system-assigned", "user-assigned")
        assert got.notices == () or source == "azure_ml"
    else:
        assert got.actual.client_id == WEB.client_id
        assert got.notices == ()


@pytest.mark.parametrize(
    ("source", "fault", "options", "kind", "status", "says"),
    [
        ("imds", "imds.nohdr", {}, K.HEADER_REJECTED, 400, "Required metadata header"),
        ("imds", "imds.notfound", {}, K.IDENTITY_NOT_FOUND, 400, "Identity not found"),
        ("imds", "imds.multi", {}, K.MULTIPLE_IDENTITIES, 400, "Multiple user assigned"),
        ("imds", "imds.badres", {}, K.RESOURCE_NOT_FOUND, 400, "AADSTS500011"),
        ("imds", "imds.unauthorized", {}, K.UNAUTHORIZED, 400, "AADSTS700016"),
        ("imds", "imds.throttle", {}, K.THROTTLED, 429, "Temporarily throttled"),
        ("imds", "imds.gone", {}, K.ENDPOINT_UPDATING, 410, "empty body"),
        ("imds", "imds.updating", {}, K.NOT_FOUND, 404, "Not found"),
        ("imds", "imds.restart", {}, K.SERVER_ERROR, 500, "restarting"),
        ("imds", "imds.unknown", {}, K.SERVER_ERROR, 500, "Failed to retrieve token"),
        ("imds", "docker", {}, K.FORBIDDEN, 403, "unreachable network"),
        ("imds", "proxy", {}, K.FORBIDDEN, 403, "web page"),
        ("imds", "proxy", {"status": 502}, K.SERVER_ERROR, 502, "web page"),
        ("imds", "vpn", {}, K.CONNECTION_LOST, None, "reset"),
        ("app_service", "as.noid", {}, K.IDENTITY_NOT_FOUND, 400, "No Managed Identity found"),
        ("app_service", "as.noid.pascal", {}, K.IDENTITY_NOT_FOUND, 400, "No Managed Identity found"),
        ("app_service", "as.401", {}, K.HEADER_REJECTED, 401, "401"),
        ("app_service", "as.500", {}, K.SERVER_ERROR, 500, "fetching the AAD Token"),
        ("app_service", "as.redirect", {}, K.REDIRECTED, 302, "302"),
        ("container_apps", "aca.noid", {}, K.IDENTITY_NOT_FOUND, 400, "No User Assigned or Delegated"),
        ("container_apps", "aca.403", {}, K.HEADER_REJECTED, 403, "empty body"),
        ("azure_ml", "ml.nomsi", {}, K.IDENTITY_NOT_FOUND, 404, "InternalError"),
        ("cloud_shell", "cs.aud", {}, K.AUDIENCE_NOT_SUPPORTED, 400, VAULT),
        ("cloud_shell", "cs.session", {}, K.BAD_REQUEST, 400, "no longer connected"),
        ("service_fabric", "sf.nosecret", {}, K.HEADER_REJECTED, None, "Secret"),
        ("service_fabric", "sf.noid", {}, K.IDENTITY_NOT_FOUND, 404, "404"),
        ("azure_arc", "arc.disconnected", {}, K.BAD_REQUEST, 400, "disconnected"),
    ],
)
async def test_refusals(
    source: str, fault: str, options: dict[str, Any], kind: FailureKind, status: int | None, says: str
) -> None:
    clock = ManualClock(time.time())
    with SimulatedHost(source) as host:
        host.fail(fault, **options)
        async with engine_on(host, clock=clock, timeout=None) as engine:
            got = failure(await driven(clock, engine.acquire(SYSTEM, VAULT)))
        assert host.decoy_requests == []
    assert got.kind is kind
    if status is not None:
        assert got.http_status == status
    assert says in got.message
    assert got.exchanges
    assert got.source == ("app_service" if source == "container_apps" else source)
    _assert_keeps_secrets(got, host)


def _assert_keeps_secrets(got: TokenFailure, host: SimulatedHost) -> None:
    assert host.secret not in repr(got)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        ("blackhole", {K.TIMEOUT}),
        ("reset", {K.CONNECTION_LOST}),
        ("closed", {K.CONNECTION_LOST}),
        ("drip", {K.TIMEOUT, K.CHALLENGE_MISSING}),
        ("truncated", {K.CONNECTION_LOST, K.CHALLENGE_MISSING}),
        ("wrong-length", {K.REPLY_NOT_JSON, K.CHALLENGE_MISSING}),
        ("garbage", {K.REPLY_NOT_JSON, K.CHALLENGE_MISSING}),
        ("huge", {K.REPLY_TOO_LARGE}),
        ("html", {K.REPLY_NOT_JSON, K.CHALLENGE_MISSING}),
        ("half-json", {K.REPLY_NOT_JSON, K.CHALLENGE_MISSING}),
        ("empty-body", {K.REPLY_NOT_JSON, K.CHALLENGE_MISSING}),
        ("expired", {K.TOKEN_EXPIRED}),
    ],
)
async def test_broken_endpoints(source: str, fault: str, kinds: set[FailureKind]) -> None:
    with SimulatedHost(source) as host:
        host.fail(fault)
        async with engine_on(host, timeout=0.6) as engine:
            started = time.monotonic()
            got = failure(await engine.acquire(SYSTEM, VAULT))
            assert time.monotonic() - started < 2.5
    assert got.kind in kinds
    assert len(got.message) > 20
    _assert_keeps_secrets(got, host)


@pytest.mark.parametrize("fault", ["not-a-jwt", "opaque"])
async def test_a_token_that_cannot_be_read_is_still_a_token(fault: str) -> None:
    with SimulatedHost("imds") as host:
        host.fail(fault)
        async with engine_on(host) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
    assert not got.claims
    assert got.actual.kind == "unknown"
    assert [notice.kind for notice in got.notices] == ["opaque_token"]


@pytest.mark.parametrize("fault", ["as.2017.win", "as.2017.linux", "as.iso"])
@pytest.mark.parametrize("source", ["app_service", "azure_ml"])
async def test_dates_as_hosts_write_them(source: str, fault: str) -> None:
    with SimulatedHost(source) as host:
        host.fail(fault)
        async with engine_on(host) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
    exp = got.claims.payload()["exp"]
    assert isinstance(exp, int)
    assert abs(got.expires_at - exp) <= 1
    assert all(notice.kind != "expiry_disagrees" for notice in got.notices)


async def test_cloud_shell_names_the_audiences_it_takes() -> None:
    with SimulatedHost("cloud_shell") as host:
        async with engine_on(host) as engine:
            got = failure(await engine.acquire(SYSTEM, "https://contoso.example"))
    assert got.kind is K.AUDIENCE_NOT_SUPPORTED
    assert got.code == "AudienceNotSupported"
    supported = got.fact("supported").split(",")
    assert len(supported) > 2
    assert all(" " not in one for one in supported)


def test_an_audience_without_an_end_is_none_of_cloud_shells() -> None:
    text = f"Audience x is not a supported MSI token audience. Supported audiences: https://a/,{'A' * 5000},https://b/"
    assert supported_audiences(text) == ("https://a/", "https://b/")


async def test_lone_user_assigned_identity_in_place_of_the_system_is_told() -> None:
    with SimulatedHost("imds", identities=[WEB], system_assigned=False) as host:
        async with engine_on(host) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
    notice = got.notices[0]
    assert notice.kind == "identity_substituted"
    assert notice.fact("asked") == "system"
    assert notice.fact("got").lower() == WEB.resource_id.lower()


async def test_ml_user_token_is_told() -> None:
    with SimulatedHost("azure_ml") as host:
        host.fail("ml.user")
        async with engine_on(host, variables={"DEFAULT_IDENTITY_CLIENT_ID": ""}) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
    assert got.actual.kind == "user"
    assert "user_token" in [notice.kind for notice in got.notices]


async def test_a_clock_that_is_off_is_told() -> None:
    clock = ManualClock(time.time() + 600)
    with SimulatedHost("imds") as host:
        async with engine_on(host, clock=clock) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
    skew = next(notice for notice in got.notices if notice.kind == "clock_skew")
    assert 590 < float(skew.fact("seconds")) < 610
    assert "ahead" in skew.message


async def test_a_token_that_expired_because_of_the_clock_says_so() -> None:
    clock = ManualClock(time.time() + 90_000)
    with SimulatedHost("imds") as host:
        async with engine_on(host, clock=clock) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
    assert got.kind is K.TOKEN_EXPIRED
    assert "clock" in got.message


async def test_a_clock_that_is_behind_puts_no_renewal_off_beyond_the_end() -> None:
    clock = ManualClock(time.time() - 7200)
    with SimulatedHost("imds") as host:
        host.lifetime = 3600
        async with engine_on(host, clock=clock) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
    assert got.expires_at - clock.now() == pytest.approx(3 * 3600, abs=5)
    assert got.refresh_at - clock.now() == pytest.approx(3600 - 300, abs=5)


async def test_a_token_that_is_over_by_the_endpoints_clock_is_none_by_one_that_is_behind() -> None:
    clock = ManualClock(time.time() - 7200)
    with SimulatedHost("imds") as host:
        host.fail("expired", seconds=1800)
        async with engine_on(host, clock=clock) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
    assert got.kind is K.TOKEN_EXPIRED
    assert re.search(r"had expired (29 min 59 s|30 min( \d s)?) before", got.message), got.message
    assert "behind the endpoint's" in got.message


async def test_a_source_names_the_ways_to_ask_it() -> None:
    assert unsupported_reason(SourceKind.IMDS, ClientId(WEB.client_id)) == ""
    said = unsupported_reason(SourceKind.AZURE_ML, selected("object_id", WEB))
    assert said.endswith("use system or client:<guid>")
    assert supported_selectors(SourceKind.NONE) == ("system", "client_id", "object_id", "resource_id")
