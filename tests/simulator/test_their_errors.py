"""The SDKs fail at our host as they fail in the field: with the same exceptions and the same words."""

from __future__ import annotations

from typing import Any, Final

import azure.identity
import msal
import msal.cloudshell
import pytest
import requests
import requests.adapters
from azure.core.exceptions import ClientAuthenticationError

from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.tokens import USER_OBJECT_ID
from tests.simulator.sdk_clients import CLIENTS, VAULT, claims_of, enter, msal_token

_WEB = default_identities()[0]
_NOT_CONFIRMED: Final = "did not confirm the requested user-assigned managed identity"
# fault, selector, then for each SDK the exception's name and a part of what it says; a dash is a token.
_Told = tuple[str, str]
_ERRORS: Final[dict[tuple[str, str], tuple[_Told, _Told, _Told]]] = {
    ("imds", "imds.notfound"): (
        ("MsalError", "invalid_request: Identity not found"),
        ("CredentialUnavailableError", "no response from the IMDS endpoint"),
        ("CredentialUnavailableError", "The requested identity has not been assigned to this resource"),
    ),
    ("imds", "imds.badres"): (
        ("MsalError", "invalid_resource: AADSTS500011"),
        ("CredentialUnavailableError", "AADSTS500011"),
        ("CredentialUnavailableError", "has not been assigned to this resource"),
    ),
    ("imds", "imds.throttle"): (
        ("MsalError", "invalid_request: Temporarily throttled"),
        ("CredentialUnavailableError", "no response from the IMDS endpoint"),
        ("ClientAuthenticationError", "Unexpected response"),
    ),
    ("imds", "docker"): (
        ("JSONDecodeError", ""),
        ("ClientAuthenticationError", "JSON is invalid"),
        ("CredentialUnavailableError", "no response from the IMDS endpoint"),
    ),
    ("imds", "proxy"): (
        ("JSONDecodeError", ""),
        ("CredentialUnavailableError", "authentication unavailable."),
        ("CredentialUnavailableError", 'Unexpected content type "text/html'),
    ),
    ("imds", "imds.gone"): (
        ("JSONDecodeError", ""),
        ("CredentialUnavailableError", "authentication unavailable."),
        ("ClientAuthenticationError", "No token received"),
    ),
    ("imds", "not-a-jwt"): (("-", ""), ("-", ""), ("-", "")),
    ("imds", "expired"): (("-", ""), ("-", ""), ("-", "")),
    ("app_service", "as.noid"): (
        ("MsalError", "invalid_scope: 400, No Managed Identity found"),
        ("CredentialUnavailableError", "(invalid_scope) 400, No Managed Identity found"),
        ("ClientAuthenticationError", "No Managed Identity found"),
    ),
    ("app_service", "as.noid.pascal"): (
        ("MsalError", "invalid_scope: None, None"),
        ("CredentialUnavailableError", "(invalid_scope) None, None"),
        ("ClientAuthenticationError", "Unexpected response"),
    ),
    ("app_service", "as.500"): (
        ("MsalError", "invalid_scope: 500, An unexpected error occured"),
        ("CredentialUnavailableError", "(invalid_scope) 500"),
        ("ClientAuthenticationError", "An unexpected error occured"),
    ),
    ("app_service", "as.2017.win"): (("ValueError", "PM"), ("ValueError", "PM"), ("ValueError", "PM")),
    ("app_service", "as.iso"): (("ValueError", "T"), ("ValueError", "T"), ("ValueError", "T")),
    ("app_service", "as.redirect"): (
        ("MsalError", "invalid_scope: None, None"),
        ("JSONDecodeError", ""),
        ("ClientAuthenticationError", "No token received"),
    ),
    ("container_apps", "aca.403"): (
        ("JSONDecodeError", ""),
        ("JSONDecodeError", ""),
        ("ClientAuthenticationError", "No token received"),
    ),
    ("azure_arc", "arc.ok.legacy"): (
        ("ManagedIdentityError", _NOT_CONFIRMED),
        ("ClientAuthenticationError", _NOT_CONFIRMED),
        ("ClientAuthenticationError", _NOT_CONFIRMED),
    ),
    ("azure_arc", "arc.404"): (
        ("MsalError", "invalid_request"),
        ("CredentialUnavailableError", "Identity not found"),
        ("ClientAuthenticationError", "Identity not found"),
    ),
    ("azure_arc", "arc.evil"): (
        ("FileNotFoundError", "tokens/shadow.key"),
        ("FileNotFoundError", "tokens/shadow.key"),
        ("ClientAuthenticationError", "Unexpected file path from HIMDS service: /etc/shadow"),
    ),
    ("azure_arc", "arc.evil.big"): (
        ("ManagedIdentityError", "larger than 4KB"),
        ("ClientAuthenticationError", "larger than 4KB"),
        ("ClientAuthenticationError", "4096 bytes"),
    ),
    ("azure_arc", "arc.evil.quoted"): (("-", ""), ("-", ""), ("ClientAuthenticationError", "does not exist")),
    ("azure_arc", "arc.evil.symlink"): (("-", ""), ("-", ""), ("-", "")),
    ("azure_arc", "arc.evil.digest"): (
        ("ManagedIdentityError", "Unrecognizable WWW-Authenticate"),
        ("ClientAuthenticationError", "Unrecognizable WWW-Authenticate"),
        ("-", ""),
    ),
    ("azure_arc", "arc.evil.silent"): (
        ("ManagedIdentityError", "Unrecognizable WWW-Authenticate"),
        ("ClientAuthenticationError", "Unrecognizable WWW-Authenticate"),
        ("ClientAuthenticationError", "Did not receive a value from WWW-Authenticate"),
    ),
    ("azure_arc", "arc.nokey"): (
        ("FileNotFoundError", ".key"),
        ("FileNotFoundError", ".key"),
        ("ClientAuthenticationError", "does not exist"),
    ),
    ("azure_ml", "ml.nomsi"): (
        ("JSONDecodeError", ""),
        ("JSONDecodeError", ""),
        ("CredentialUnavailableError", "InternalError - :{ Info: Request failure status code: 404 }"),
    ),
    ("azure_ml", "as.2017.linux"): (("ValueError", ""), ("ValueError", ""), ("-", "")),
    ("service_fabric", "sf.noid"): (
        ("MsalError", "invalid_client"),
        ("CredentialUnavailableError", "(invalid_client)"),
        ("ClientAuthenticationError", "(ManagedIdentityNotFound)"),
    ),
    ("service_fabric", "sf.nosecret"): (
        ("MsalError", "unauthorized_client"),
        ("CredentialUnavailableError", "(unauthorized_client)"),
        ("ClientAuthenticationError", "(SecretHeaderNotFound)"),
    ),
}
_CASES = [
    (kind, fault, client, *told)
    for (kind, fault), all_told in _ERRORS.items()
    for client, told in zip(CLIENTS, all_told, strict=True)
]


async def _outcome(client: str, selector: str, value: str, resource: str = VAULT) -> tuple[str, str]:
    """The exception's name and words; a dash and the token where there is none."""
    try:
        return ("-", await CLIENTS[client](selector, value, resource))
    except Exception as told:  # noqa: BLE001 - whatever an SDK raises is what is looked at
        return (type(told).__name__, str(told))


@pytest.mark.parametrize(("kind", "fault", "client", "exception", "words"), _CASES)
async def test_an_sdk_says_what_it_says_in_the_field(
    kind: str, fault: str, client: str, exception: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    selector = ("client_id", _WEB.client_id) if fault in ("arc.ok.legacy", "arc.404") else ("system", "")
    with SimulatedHost(kind, now=lambda: 1_900_000_000) as host:
        enter(host, monkeypatch)
        host.fail(fault)
        outcome = await _outcome(client, *selector)
    assert outcome[0] == exception
    assert words in outcome[1]


async def test_msal_takes_its_secret_along_a_redirect_and_azure_core_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("app_service") as host:
        enter(host, monkeypatch)
        host.fail("as.redirect")
        for client in ("azure-identity", "azure-identity aio"):
            await _outcome(client, "system", "")
        assert host.decoy_requests == []
        await _outcome("msal", "system", "")
        assert host.decoy_requests[0].headers["x-identity-header"] == host.secret


async def test_only_the_async_credential_talks_to_a_stranger_s_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("service_fabric") as host:
        enter(host, monkeypatch)
        host.fail("sf.wrongpin")
        for client in ("msal", "azure-identity"):
            assert (await _outcome(client, "system", ""))[0] == "SSLError"
        assert host.requests == []
        assert (await _outcome("azure-identity aio", "system", ""))[0] == "-"


@pytest.mark.parametrize("client", ["azure-identity", "azure-identity aio"])
async def test_a_selector_is_refused_before_service_fabric_hears_of_it(
    client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SimulatedHost("service_fabric") as host:
        enter(host, monkeypatch)
        outcome = await _outcome(client, "client_id", _WEB.client_id)
        assert outcome[0] == "ClientAuthenticationError"
        assert "not supported by the Service Fabric" in outcome[1]
        assert host.requests == []


@pytest.mark.parametrize("client", ["azure-identity", "azure-identity aio"])
async def test_cloud_shell_names_the_audiences_that_it_takes(client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("cloud_shell") as host:
        enter(host, monkeypatch)
        exception, words = await _outcome(client, "system", "", "https://servicebus.azure.net")
        selector, refusal = await _outcome(client, "client_id", _WEB.client_id)
    assert exception == "ClientAuthenticationError"
    assert "(AudienceNotSupported)" in words
    assert "https://management.azure.com/" in words
    assert selector == "ValueError"
    assert "client_id" in refusal


@pytest.mark.parametrize("client", CLIENTS)
async def test_several_identities_and_none_chosen(client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("imds", system_assigned=False) as host:
        enter(host, monkeypatch)
        assert "Multiple user assigned identities exist" in (await _outcome(client, "system", ""))[1]
        host.identities = [_WEB]
        assert claims_of((await _outcome(client, "system", ""))[1])["oid"] == _WEB.object_id


async def test_msal_sends_a_scope_as_it_is_and_hears_that_there_is_no_such_resource(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with SimulatedHost("imds") as host:
        enter(host, monkeypatch)
        assert "AADSTS500011" in (await _outcome("msal", "system", "", f"{VAULT}/.default"))[1]
        assert (await _outcome("azure-identity", "system", ""))[0] == "-"


def test_msal_replays_a_refusal_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("imds") as host, requests.Session() as session:
        enter(host, monkeypatch)
        host.fail("imds.throttle", times=1)
        client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)
        results: list[dict[str, Any]] = [client.acquire_token_for_client(resource=VAULT) for _ in range(3)]
        assert [each["error"] for each in results] == ["invalid_request"] * 3
        assert len(host.requests) == 1


@pytest.mark.parametrize(
    ("kind", "fault", "attempts"),
    [
        ("imds", "imds.notfound", 1),
        ("imds", "imds.updating", 6),
        ("imds", "imds.restart", 6),
        ("app_service", "as.noid", 1),
        ("app_service", "as.500", 4),
    ],
)
def test_how_often_azure_identity_tries(kind: str, fault: str, attempts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost(kind) as host:
        enter(host, monkeypatch)
        host.fail(fault)
        with (
            azure.identity.ManagedIdentityCredential(retry_backoff_factor=0) as credential,
            pytest.raises(ClientAuthenticationError),
        ):
            credential.get_token(f"{VAULT}/.default")
        assert len(host.requests) == attempts


class _Elsewhere(requests.adapters.HTTPAdapter):
    """Sends what is meant for the one address of Cloud Shell that MSAL knows to a simulated one."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *arguments: Any, **more: Any) -> requests.Response:
        request.url = str(request.url).replace("http://localhost:50342", self._url)
        return super().send(request, *arguments, **more)


def test_msal_s_own_way_into_cloud_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("cloud_shell") as host, requests.Session() as session:
        enter(host, monkeypatch)
        session.mount("http://localhost:50342", _Elsewhere(host.url))
        token = msal.cloudshell._obtain_token(session, [f"{VAULT}/.default"], client_id="any")
        refused = msal.cloudshell._obtain_token(session, ["https://servicebus.azure.net/.default"], client_id="any")
        assert host.requests[0].body == b"resource=https%3A%2F%2Fvault.azure.net"
    assert claims_of(token["access_token"])["oid"] == USER_OBJECT_ID
    assert token["id_token_claims"]["preferred_username"] == "ada@contoso.example"
    assert refused["error"] == "AudienceNotSupported"


async def test_a_dead_endpoint_is_a_connection_error_of_msal(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("imds") as host:
        enter(host, monkeypatch)
    with pytest.raises(requests.exceptions.ConnectionError):
        await msal_token("system", "")
