"""The pod's token is exchanged over verified TLS, at hosts that may see it, and is shown to nobody else."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.engine.asking.refusal import Refusal
from mitui.engine.detection import detect
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.federation.authorities import AUTHORITIES, AUTHORITY_HOSTS, authority_of, authority_url
from mitui.engine.federation.token_file import LARGEST, read_federated_token
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId, Identity, ObjectId, ResourceId
from mitui.engine.selectors import unsupported_reason
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.workload_identity import SOURCE
from mitui.engine.token.access_token import AccessToken
from mitui.simulator.certificates import authority_pem, server_context
from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.sources.pod import TOKEN_FILE
from mitui.simulator.sources.workload_identity import SNI_NAME, write_token
from tests.engine.support import SYSTEM, VAULT, engine_in, engine_on, environment_on, failure, token
from tests.support.connect_proxy import connect_proxy
from tests.support.raw_server import RawServer

_WEB = ClientId(default_identities()[0].client_id)
_LOCAL = frozenset({"127.0.0.1"})
_PUBLIC = "https://login.microsoftonline.com/"


async def _ask(
    host: SimulatedHost,
    variables: dict[str, str] | None = None,
    *,
    identity: Identity = _WEB,
    allowed: frozenset[str] = _LOCAL,
) -> AccessToken | TokenFailure:
    async with engine_on(host, variables=variables, allow_endpoints=allowed) as engine:
        return await engine.acquire(identity, VAULT)


def _place(host: SimulatedHost) -> Path:
    return host.root / TOKEN_FILE.lstrip("/")


async def test_the_form_is_what_the_sdks_send() -> None:
    with SimulatedHost("workload_identity") as host:
        got = token(await _ask(host))
        [request] = host.requests
        raw = _place(host).read_text()
    assert got.actual.client_id == _WEB.value
    assert (request.method, request.path) == ("POST", f"/{host.tenant}/oauth2/v2.0/token")
    assert request.query == {}
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode(), strict_parsing=True) == {
        "grant_type": ["client_credentials"],
        "client_id": [_WEB.value],
        "scope": [f"{VAULT}/.default"],
        "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        "client_assertion": [raw],
    }


async def test_the_file_is_read_anew_for_each_request() -> None:
    with SimulatedHost("workload_identity") as host:
        async with engine_on(host, allow_endpoints=_LOCAL) as engine:
            token(await engine.acquire(_WEB, VAULT))
            write_token(host)
            token(await engine.acquire(_WEB, VAULT, force=True))
            sent = [parse_qs(request.body.decode())["client_assertion"][0] for request in host.requests]
        assert sent[0] != sent[1]
        assert sent[1] == _place(host).read_text()


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n", " \r\n"])
async def test_line_ends_of_the_file_are_not_sent(end: str) -> None:
    with SimulatedHost("workload_identity") as host:
        raw = _place(host).read_text()
        _place(host).write_text(raw + end)
        token(await _ask(host))
        assert parse_qs(host.requests[0].body.decode())["client_assertion"] == [raw]


def _folder(place: Path) -> None:
    place.mkdir()


def _absent(place: Path) -> None:
    return


def _loop(place: Path) -> None:
    place.symlink_to(place.name)


def _dangling(place: Path) -> None:
    place.symlink_to("nowhere")


def _holding(content: bytes) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        place.write_bytes(content)

    return write


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (_absent, FailureKind.ASSERTION_UNREADABLE, "is not there"),
        (_dangling, FailureKind.ASSERTION_UNREADABLE, "is not there"),
        (_loop, FailureKind.ASSERTION_UNREADABLE, "a link that leads nowhere"),
        (_folder, FailureKind.ASSERTION_UNREADABLE, "no regular file"),
        (os.mkfifo, FailureKind.ASSERTION_UNREADABLE, "no regular file"),
        (_holding(b"e" * 10_000_000), FailureKind.ASSERTION_INVALID, f"larger than {LARGEST:,} bytes"),
        (_holding(b""), FailureKind.ASSERTION_INVALID, "is empty"),
        (_holding(b"\n\n"), FailureKind.ASSERTION_INVALID, "is empty"),
        (_holding(os.urandom(64) + b"\xff"), FailureKind.ASSERTION_INVALID, "no text"),
        (_holding(b"root:x:0:0::/root:/bin/sh"), FailureKind.ASSERTION_INVALID, "no JWT"),
        (_holding(b"e30.e30"), FailureKind.ASSERTION_INVALID, "no JWT"),
    ],
)
async def test_what_is_no_token_is_sent_to_nobody(make: Callable[[Path], None], kind: FailureKind, words: str) -> None:
    with SimulatedHost("workload_identity") as host:
        _place(host).unlink()
        make(_place(host))
        async with asyncio.timeout(2):
            refused = failure(await _ask(host))
        assert host.requests == []
    assert refused.kind is kind
    assert words in refused.message
    assert (refused.attempts, refused.exchanges) == (0, ())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
async def test_a_file_of_another_account_is_told_as_such() -> None:
    with SimulatedHost("workload_identity") as host:
        _place(host).chmod(0)
        refused = failure(await _ask(host))
    assert "may not be read by this account" in refused.message


@pytest.mark.parametrize(
    ("authority", "words"),
    [
        ("https://login.example.com/", "login.example.com, which is not Entra ID in any known cloud"),
        ("https://login.microsoftonline.com.evil.example/", "not Entra ID in any known cloud"),
        ("https://127.0.0.1:9/", "127.0.0.1, which is not Entra ID"),
        ("https://10.0.0.1/", "10.0.0.1, which is not Entra ID"),
        ("http://login.microsoftonline.com/", "must start with https://"),
        ("http://127.0.0.1:9", "must start with https://"),
        ("https://user@login.microsoftonline.com", "user name"),
        ("https://", "names no host"),
        ("login.microsoftonline.com#", "fragment"),
    ],
)
async def test_the_token_goes_to_no_stranger(authority: str, words: str) -> None:
    with SimulatedHost("workload_identity") as host:
        refused = failure(await _ask(host, {"AZURE_AUTHORITY_HOST": authority}, allowed=frozenset({"x.example"})))
        assert host.requests == []
    assert refused.kind in (FailureKind.ENDPOINT_NOT_ALLOWED, FailureKind.ENDPOINT_INVALID)
    assert words in refused.message
    assert refused.exchanges == ()


async def test_not_even_an_allowed_host_gets_it_without_tls() -> None:
    with SimulatedHost("workload_identity", tls=False) as host:
        refused = failure(await _ask(host))
        assert host.requests == []
    assert refused.kind is FailureKind.ENDPOINT_INVALID


@pytest.mark.parametrize("fault", ["wi.untrusted", "wi.expired"])
async def test_a_certificate_is_always_verified(fault: str) -> None:
    with SimulatedHost("workload_identity") as host:
        host.fail(fault)
        refused = failure(await _ask(host))
        assert host.requests == []
    assert refused.kind is FailureKind.TLS_FAILED


async def test_an_authority_of_another_name_is_not_believed() -> None:
    with SimulatedHost("workload_identity") as host:
        async with RawServer([b"HTTP/1.1 200 OK\r\n\r\n"], tls=server_context("login.example.com")) as server:
            refused = failure(await _ask(host, {"AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{server.port}"}))
            assert server.received == []
    assert refused.kind is FailureKind.TLS_FAILED


async def test_a_redirect_is_not_followed() -> None:
    with SimulatedHost("workload_identity") as host:
        reply = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {host.url}/x\r\nContent-Length: 0\r\n\r\n".encode()
        async with RawServer([reply], tls=server_context("127.0.0.1")) as server:
            refused = failure(await _ask(host, {"AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{server.port}"}))
        assert host.requests == []
    assert refused.kind is FailureKind.REDIRECTED


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("wi.70021", FailureKind.ASSERTION_REJECTED),
        ("wi.700024", FailureKind.ASSERTION_REJECTED),
        ("wi.700016", FailureKind.IDENTITY_NOT_FOUND),
        ("wi.500011", FailureKind.RESOURCE_NOT_FOUND),
        ("wi.noexpiry", FailureKind.REPLY_INCOMPLETE),
        ("wi.portal", FailureKind.FORBIDDEN),
        ("html", FailureKind.REPLY_NOT_JSON),
        ("half-json", FailureKind.REPLY_NOT_JSON),
        ("empty-body", FailureKind.REPLY_NOT_JSON),
        ("huge", FailureKind.REPLY_TOO_LARGE),
        ("expired", FailureKind.TOKEN_EXPIRED),
    ],
)
async def test_replies_that_are_no_token(fault: str, kind: FailureKind) -> None:
    with SimulatedHost("workload_identity") as host:
        host.fail(fault)
        refused = failure(await _ask(host))
    assert refused.kind is kind
    assert refused.attempts == 1


async def test_an_expiry_as_text_is_read() -> None:
    with SimulatedHost("workload_identity") as host:
        host.fail("wi.textexpiry")
        got = token(await _ask(host))
    assert got.expires_at - got.acquired_at == pytest.approx(86_700, abs=5)


async def test_throttling_is_waited_out() -> None:
    with SimulatedHost("workload_identity") as host:
        host.fail("wi.throttle", times=1, retry_after=0)
        assert token(await _ask(host)).attempts == 2


async def test_the_assertion_is_in_nothing_that_can_be_shown() -> None:
    with SimulatedHost("workload_identity") as host:
        raw = _place(host).read_text()
        echo = json.dumps({"error": "invalid_client", "error_description": f"no record for {raw}"}).encode()
        reply = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nX-Request: %b\r\n" % raw.encode()
        reply += b"Content-Length: %d\r\n\r\n%b" % (len(echo), echo)
        async with RawServer([reply], tls=server_context("127.0.0.1")) as server:
            refused = failure(await _ask(host, {"AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{server.port}"}))
        got = token(await _ask(host))
    for part in (raw, *raw.split(".")):
        assert part not in repr(refused)
        assert part not in repr(got)
    assert "(redacted)" in refused.message


@pytest.mark.parametrize("identity", [SYSTEM, ObjectId(str(_WEB.value)), ResourceId("/subscriptions/x")])
async def test_only_a_client_id_can_be_asked_for(identity: Identity) -> None:
    with SimulatedHost("workload_identity") as host:
        refused = failure(await _ask(host, identity=identity))
    assert refused.kind is FailureKind.SELECTOR_UNSUPPORTED
    assert unsupported_reason(SourceKind.WORKLOAD_IDENTITY, identity) == refused.message
    assert refused.message.endswith("; use client:<guid>")


async def test_the_exchange_goes_through_the_environments_proxy() -> None:
    with SimulatedHost("workload_identity") as host:
        async with connect_proxy(("127.0.0.1", host.port)) as (proxy, seen):
            variables = {"AZURE_AUTHORITY_HOST": _PUBLIC, "HTTPS_PROXY": f"http://me:hunter2@{proxy}"}
            got = token(await _ask(host, variables, allowed=frozenset()))
            detection = detect(environment_on(host, variables))
    assert seen == ["CONNECT login.microsoftonline.com:443 HTTP/1.1"]
    assert got.actual.client_id == _WEB.value
    assert got.exchanges[0].proxy == proxy
    [said] = [each for each in detection.evidence if each.signal == "HTTPS_PROXY"]
    assert said.note == f"the exchange goes through {proxy}"
    assert "hunter2" not in repr((got, detection))


async def test_a_proxy_that_refuses_is_told_as_such() -> None:
    with SimulatedHost("workload_identity") as host:
        async with connect_proxy(None) as (proxy, _):
            variables = {"AZURE_AUTHORITY_HOST": _PUBLIC, "HTTPS_PROXY": f"http://{proxy}"}
            refused = failure(await _ask(host, variables))
        assert host.requests == []
    assert refused.kind is FailureKind.UNREACHABLE
    assert f"the proxy {proxy} can't be used" in refused.message


async def test_a_proxy_that_opens_tls_does_not_get_it() -> None:
    with SimulatedHost("workload_identity") as host:
        host.fail("wi.untrusted")
        async with connect_proxy(("127.0.0.1", host.port)) as (proxy, _):
            variables = {"AZURE_AUTHORITY_HOST": _PUBLIC, "HTTPS_PROXY": f"http://{proxy}"}
            refused = failure(await _ask(host, variables))
        assert host.requests == []
    assert refused.kind is FailureKind.TLS_FAILED


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://login.microsoftonline.com/", "https://login.microsoftonline.com"),
        ("login.microsoftonline.us", "https://login.microsoftonline.us"),
        ("https://login.microsoftonline.com // ", "https://login.microsoftonline.com"),
        ("", ""),
    ],
)
def test_the_authority_is_read_as_azure_identity_reads_it(written: str, read: str) -> None:
    assert authority_url(HostEnvironment({"AZURE_AUTHORITY_HOST": written})) == read


@pytest.mark.parametrize("host", sorted(AUTHORITY_HOSTS))
def test_every_cloud_has_its_authority(host: str) -> None:
    found = authority_of(HostEnvironment({"AZURE_AUTHORITY_HOST": f"https://{host.upper()}/"}))
    assert found is not None
    assert host in found.hosts
    assert len({each.cloud for each in AUTHORITIES}) == len(AUTHORITIES)


@pytest.mark.parametrize("tenant", ["../evil", "a/b", "a?b", "a#b", "a b", "\n", "ü"])
async def test_a_tenant_is_no_path(tenant: str) -> None:
    with SimulatedHost("workload_identity") as host:
        refused = failure(await _ask(host, {"AZURE_TENANT_ID": tenant}))
        assert host.requests == []
    assert refused.kind is FailureKind.ENDPOINT_INVALID
    assert "AZURE_TENANT_ID holds no tenant" in refused.message


@pytest.mark.parametrize("missing", ["AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST"])
@pytest.mark.parametrize("value", [None, ""])
def test_it_takes_all_three_variables(missing: str, value: str | None) -> None:
    with SimulatedHost("workload_identity") as host:
        variables = {name: text for name, text in host.variables.items() if name != missing}
        if value is not None:
            variables[missing] = value
        whole = detect(HostEnvironment(MappingProxyType(host.variables), host.root))
        found = detect(HostEnvironment(MappingProxyType(variables), host.root))
    assert (whole.source, whole.label) == (SourceKind.WORKLOAD_IDENTITY, "Pod · workload identity")
    assert whole.endpoint == f"{host.url}/{host.tenant}/oauth2/v2.0/token"
    assert found.source is SourceKind.IMDS
    reasons = {verdict.source: verdict.reason for verdict in found.verdicts}
    state = "not set" if value is None else "empty"
    assert reasons[SourceKind.WORKLOAD_IDENTITY] == f"{missing} is {state}"


def test_what_a_platform_names_comes_before_it() -> None:
    with SimulatedHost("workload_identity") as host:
        environment = environment_on(host, {"IDENTITY_ENDPOINT": "http://127.0.0.1:1", "IDENTITY_HEADER": "x"})
        assert detect(environment).source is SourceKind.APP_SERVICE


@pytest.mark.parametrize("by", ["AZURE_KUBERNETES_CA_FILE", "AZURE_KUBERNETES_CA_DATA"])
async def test_an_identity_binding_sends_it_to_the_clusters_proxy(by: str) -> None:
    with SimulatedHost("workload_identity") as host:
        host.identity_binding = True
        variables = {"SSL_CERT_FILE": "", "AZURE_AUTHORITY_HOST": _PUBLIC}
        if by == "AZURE_KUBERNETES_CA_FILE":
            variables |= {by: host.variables["SSL_CERT_FILE"], "AZURE_KUBERNETES_CA_DATA": ""}
        variables["AZURE_KUBERNETES_TOKEN_PROXY"] = f"{host.url}/bindings/"
        got = token(await _ask(host, variables, allowed=frozenset()))
        [request] = host.requests
    assert request.path == f"/bindings/{host.tenant}/oauth2/v2.0/token"
    assert got.actual.client_id == _WEB.value


async def test_only_the_clusters_own_ca_and_name_count_there() -> None:
    with SimulatedHost("workload_identity") as host:
        host.identity_binding = True
        for variables in (
            {"AZURE_KUBERNETES_CA_DATA": ""},  # without one the public authorities are trusted
            {"AZURE_KUBERNETES_SNI_NAME": f"other.{SNI_NAME}"},
        ):
            refused = failure(await _ask(host, variables))
            assert refused.kind is FailureKind.TLS_FAILED, variables
        assert host.requests == []


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"AZURE_KUBERNETES_CA_FILE": "/ca.pem"}, "CA_FILE and AZURE_KUBERNETES_CA_DATA are both set"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": ""}, "is set without AZURE_KUBERNETES_TOKEN_PROXY"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": "http://10.0.0.1"}, "must start with https://"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": "https://a:b@10.0.0.1"}, "must not hold a user name"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": "https://10.0.0.1/?a=b"}, "must not hold a query"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": "https://10.0.0.1/#a"}, "must not hold a fragment"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": "https://"}, "names no host"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": "https://[10.0.0.1"}, "holds no URL"),
        ({"AZURE_KUBERNETES_TOKEN_PROXY": "https://192.0.2.7/"}, "points to 192.0.2.7"),
        ({"AZURE_KUBERNETES_CA_DATA": "", "AZURE_KUBERNETES_CA_FILE": "/none.pem"}, "/none.pem can't be used"),
        ({"AZURE_KUBERNETES_CA_DATA": "no PEM"}, "the CA that was given can't be used"),
        ({"AZURE_KUBERNETES_CA_DATA": "-----BEGIN\xa0CERTIFICATE-----"}, "given can't be used: it holds no PEM"),
        ({"AZURE_KUBERNETES_SNI_NAME": ".x"}, "AZURE_KUBERNETES_SNI_NAME holds no host name"),
        ({"AZURE_KUBERNETES_SNI_NAME": "a\ud800b"}, "AZURE_KUBERNETES_SNI_NAME holds no host name"),
        ({"AZURE_KUBERNETES_SNI_NAME": "a" * 254}, "AZURE_KUBERNETES_SNI_NAME holds no host name"),
        ({"AZURE_AUTHORITY_HOST": "https://[login/"}, "AZURE_AUTHORITY_HOST holds no URL"),
    ],
)
async def test_a_binding_that_does_not_hold_together_is_an_error(variables: dict[str, str], words: str) -> None:
    with SimulatedHost("workload_identity") as host:
        host.identity_binding = True
        refused = failure(await _ask(host, variables, allowed=frozenset()))
        assert host.requests == []
    assert words in refused.message


@pytest.mark.parametrize("name", ["a" * 300, "/" + "a/" * 3000, "x\0y"])
def test_a_ca_file_that_no_system_could_have_is_none(name: str) -> None:
    with SimulatedHost("workload_identity") as host:
        outward = SOURCE.endpoint(environment_on(host, variables={"SSL_CERT_FILE": name})).outward
    assert outward is not None
    assert outward.ca_file == ""


async def test_the_ca_file_of_a_binding_is_read_anew() -> None:
    with SimulatedHost("workload_identity") as host:
        host.identity_binding = True
        place = host.root / "ca.pem"
        place.write_text("")
        variables = {"AZURE_KUBERNETES_CA_DATA": "", "AZURE_KUBERNETES_CA_FILE": "/ca.pem"}
        async with engine_on(host, variables=variables) as engine:
            assert "is empty" in failure(await engine.acquire(_WEB, VAULT)).message
            place.write_text(authority_pem())
            token(await engine.acquire(_WEB, VAULT))


async def test_another_processs_variables_choose_no_proxy_and_no_ca() -> None:
    with SimulatedHost("workload_identity") as host:
        seen = replace(environment_on(host), process_id=4242)
        async with engine_in(seen, allow_endpoints=_LOCAL) as engine:
            assert failure(await engine.acquire(_WEB, VAULT)).kind is FailureKind.TLS_FAILED
        async with engine_in(seen, allow_endpoints=_LOCAL, ca_file=f"{host.root}/etc/ssl/certs/x.pem") as engine:
            assert "x.pem can't be used" in failure(await engine.acquire(_WEB, VAULT)).message
        assert host.requests == []
        named = host.exported_variables["SSL_CERT_FILE"]
        async with engine_in(seen, allow_endpoints=_LOCAL, ca_file=named) as engine:
            token(await engine.acquire(_WEB, VAULT))
        host.requests.clear()
        host.identity_binding = True
        seen = replace(environment_on(host), process_id=4242)
        async with engine_in(seen) as engine:
            assert failure(await engine.acquire(_WEB, VAULT)).kind is FailureKind.ENDPOINT_NOT_ALLOWED
        assert host.requests == []


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_content_of_the_file_raises(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "token").write_bytes(content)
        read = read_federated_token(HostEnvironment({"AZURE_FEDERATED_TOKEN_FILE": "/token"}, Path(folder)))
    assert isinstance(read, Refusal)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["aud", "iss", "sub", "exp", "iat", "nbf"]),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=20), st.lists, max_leaves=5),
    )
)
def test_no_claims_of_the_token_raise(claims: dict[str, object]) -> None:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    with TemporaryDirectory() as folder:
        Path(folder, "token").write_text(f"eyJhbGciOiJSUzI1NiJ9.{body}.c2ln")
        environment = HostEnvironment({"AZURE_FEDERATED_TOKEN_FILE": "/token"}, Path(folder))
        read = read_federated_token(environment)
    if isinstance(read, Refusal):
        return  # a claim that no JWT may have so
    assert all(isinstance(each, str) for each in (*read.audiences, *read.service_account))
    assert all(each is None or math.isfinite(each) for each in map(read.moment, ("exp", "iat", "nbf")))
