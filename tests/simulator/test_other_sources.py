"""App Service, Container Apps, Azure ML, Cloud Shell and Service Fabric on the wire."""

from __future__ import annotations

import hashlib
import ssl
import sys

import pytest

from mitui.simulator.host import SimulatedHost, TlsUnavailableError, default_identities
from mitui.simulator.sources.pinned_tls import pinned_tls
from tests.simulator.sdk_clients import claims_of
from tests.simulator.wire import ask, ask_token, token_headers, token_target

_WEB = default_identities()[0]
_SYSTEM_CLIENT = "c2a9e0b4-1d3f-4a58-93c7-0a6b1e2d4f55"


def test_app_service_answers_without_expires_in_and_with_an_upper_case_client_id() -> None:
    with SimulatedHost("app_service", now=lambda: 1_700_000_000) as host:
        host.lifetimes["https://vault.azure.net"] = 252
        answer = ask_token(host)
    assert set(answer.json) == {"access_token", "client_id", "expires_on", "not_before", "resource", "token_type"}
    assert answer.json["expires_on"] == "1700000252"
    assert answer.json["client_id"] == _SYSTEM_CLIENT.upper()
    assert answer.headers["server"] == "Kestrel"


@pytest.mark.parametrize("name", ["principal_id", "object_id"])
def test_app_service_takes_an_object_id_by_two_names(name: str) -> None:
    with SimulatedHost("app_service") as host:
        answer = ask_token(host, **{name: _WEB.object_id})
    assert claims_of(answer.json["access_token"])["appid"] == _WEB.client_id


def test_app_service_ignores_the_selectors_of_imds() -> None:
    with SimulatedHost("app_service") as host:
        answer = ask_token(host, msi_res_id=_WEB.resource_id)
    assert claims_of(answer.json["access_token"])["appid"] == _SYSTEM_CLIENT


def test_app_service_does_not_substitute_the_only_identity() -> None:
    with SimulatedHost("app_service", [_WEB], system_assigned=False) as host:
        refused = ask_token(host)
        named = ask_token(host, client_id=_WEB.client_id)
    assert refused.status == 400
    assert refused.json["message"].startswith("No Managed Identity found")
    assert refused.headers["x-correlation-id"] == refused.json["correlationId"]
    assert named.status == 200


def test_app_service_hides_that_the_audience_is_wrong() -> None:
    with SimulatedHost("app_service") as host:
        answer = ask_token(host, "not-a-resource")
    assert answer.status == 500
    assert answer.json["message"] == "An unexpected error occured while fetching the AAD Token."


@pytest.mark.parametrize(("kind", "status"), [("app_service", 401), ("container_apps", 403)])
def test_the_header_must_hold_the_secret(kind: str, status: int) -> None:
    with SimulatedHost(kind) as host:
        assert ask(host, token_target(host)).status == status
        assert ask(host, token_target(host), {"X-IDENTITY-HEADER": "wrong"}).status == status
        assert ask(host, token_target(host), token_headers(host), method="POST", body="").status == 405
        assert host.secret not in repr(host)


def test_the_old_protocol_of_app_service_spells_its_dates() -> None:
    target = "/msi/token?api-version=2017-09-01&resource=https://vault.azure.net&clientid=" + _WEB.client_id
    with SimulatedHost("app_service", now=lambda: 1_800_000_000) as host:
        value = ask(host, target, {"secret": host.secret}).json
    assert value["expires_on"] == "01/16/2027 08:05:00 +00:00"
    assert claims_of(value["access_token"])["appid"] == _WEB.client_id


def test_azure_ml_knows_an_identity_by_clientid_only() -> None:
    with SimulatedHost("azure_ml") as host:
        default = ask_token(host, clientid=host.variables["DEFAULT_IDENTITY_CLIENT_ID"])
        named = ask_token(host, clientid=_WEB.client_id)
        by_object = ask_token(host, clientid=_WEB.object_id)
        host.single_sign_on = True
        user = ask_token(host)
        host.system_assigned, host.identities = False, []
        assert host.variables["DEFAULT_IDENTITY_CLIENT_ID"] == "clientid"
    assert claims_of(default.json["access_token"])["appid"] == _SYSTEM_CLIENT
    assert claims_of(named.json["access_token"])["appid"] == _WEB.client_id
    assert by_object.status == 404
    assert claims_of(user.json["access_token"])["idtyp"] == "user"


def test_cloud_shell_lists_the_audiences_that_it_takes() -> None:
    with SimulatedHost("cloud_shell") as host:
        refused = ask_token(host, "https://servicebus.azure.net")
        user = ask_token(host)
        by_get = ask(
            host,
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net",
            {"Metadata": "true"},
        )
    assert refused.status == 400
    assert refused.json["error"]["code"] == "AudienceNotSupported"
    assert "https://vault.azure.net" in refused.json["error"]["message"].partition("Supported audiences: ")[2].split(
        ","
    )
    claims = claims_of(user.json["access_token"])
    assert claims["idtyp"] == "user"
    assert claims["scp"] == "user_impersonation"
    assert claims["upn"]
    assert by_get.status == 200


def test_service_fabric_shows_the_certificate_that_its_variable_announces() -> None:
    with SimulatedHost("service_fabric") as host:
        shown = ssl.get_server_certificate(("127.0.0.1", host.port), timeout=5)
        announced = host.variables["IDENTITY_SERVER_THUMBPRINT"]
        host.fail("sf.wrongpin", times=1)
        other = ssl.get_server_certificate(("127.0.0.1", host.port), timeout=5)
        healed = ssl.get_server_certificate(("127.0.0.1", host.port), timeout=5)
    assert hashlib.sha1(ssl.PEM_cert_to_DER_cert(shown)).hexdigest().upper() == announced
    assert hashlib.sha1(ssl.PEM_cert_to_DER_cert(other)).hexdigest().upper() != announced
    assert healed == shown


@pytest.mark.parametrize(
    ("headers", "query", "status", "code"),
    [
        ({}, "api-version=2020-05-01&resource=https://vault.azure.net", 401, "SecretHeaderNotFound"),
        (
            {"Secret": "wrong"},
            "api-version=2020-05-01&resource=https://vault.azure.net",
            404,
            "ManagedIdentityNotFound",
        ),
        (None, "api-version=2018-02-01&resource=https://vault.azure.net", 400, "InvalidApiVersion"),
        (None, "api-version=2020-05-01", 400, "ArgumentNullOrEmpty"),
        (None, "api-version=2020-05-01&resource=https://vault.azure.net&client_id=x", 404, "DefaultIdentityNotDefined"),
        (None, "api-version=2020-05-01&resource=vault", 500, "InternalServerError"),
    ],
)
def test_service_fabric_says_what_is_wrong_by_a_code(
    headers: dict[str, str] | None, query: str, status: int, code: str
) -> None:
    with SimulatedHost("service_fabric") as host:
        sent = token_headers(host) if headers is None else headers
        answer = ask(host, f"/metadata/identity/oauth2/token?{query}", sent)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)


def test_without_trustme_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pinned_tls.cache_clear()
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(TlsUnavailableError, match=r"pip install 'mitui\[simulator\]'"):
        SimulatedHost("service_fabric").start()
    with SimulatedHost("service_fabric", tls=False) as host:
        assert ask_token(host).status == 200
