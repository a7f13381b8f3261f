"""The simulated pod and its Entra ID: azure-identity and MSAL get their tokens there, over real TLS."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import azure.identity
import azure.identity.aio
import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from mitui.simulator.faults.of_entra import ENTRA_FAULTS
from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.sources.pod import BINDING_AUDIENCE, TOKEN_FILE, Credential, Pod
from mitui.simulator.sources.workload_identity import renew
from tests.simulator.sdk_clients import claims_of
from tests.simulator.wire import ask, ask_exchange

_WEB, _JOBS = default_identities()
_SCOPE = "https://vault.azure.net/.default"
_CODES = [fault.name.removeprefix("wi.") for fault in ENTRA_FAULTS if fault.name.removeprefix("wi.").isdigit()]


def _enter(host: SimulatedHost, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in host.exported_variables.items():
        monkeypatch.setenv(name, value)


def _sync() -> str:
    with azure.identity.WorkloadIdentityCredential(retry_total=0) as credential:
        return str(credential.get_token(_SCOPE).token)


def _chosen() -> str:
    with azure.identity.ManagedIdentityCredential(retry_total=0) as credential:
        return str(credential.get_token(_SCOPE).token)


def _default() -> str:
    with azure.identity.DefaultAzureCredential() as credential:
        return str(credential.get_token(_SCOPE).token)


@pytest.mark.parametrize("get_token", [_sync, _chosen, _default])
def test_azure_identity_gets_the_identitys_token(get_token: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("workload_identity") as host:
        _enter(host, monkeypatch)
        claims = claims_of(get_token())
        [request] = host.requests
    assert claims["appid"] == _WEB.client_id
    assert claims["aud"] == "https://vault.azure.net"
    assert request.path == f"/{host.tenant}/oauth2/v2.0/token"


async def test_the_asynchronous_one_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("workload_identity") as host:
        _enter(host, monkeypatch)
        # aiohttp makes its trust when it is imported, so that a variable set here comes too late.
        trust = host.exported_variables["SSL_CERT_FILE"]
        async with azure.identity.aio.WorkloadIdentityCredential(connection_verify=trust) as credential:
            token = await credential.get_token(_SCOPE)
    assert claims_of(token.token)["appid"] == _WEB.client_id


def test_msal_exchanges_the_assertion_after_its_discovery(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("workload_identity") as host:
        _enter(host, monkeypatch)
        with requests.Session() as session:
            client = msal.ConfidentialClientApplication(
                _WEB.client_id,
                authority=f"{host.url}/{host.tenant}",
                client_credential={"client_assertion": (host.root / TOKEN_FILE.lstrip("/")).read_text},
                instance_discovery=False,
                http_client=session,
            )
            result = client.acquire_token_for_client([_SCOPE])
    assert claims_of(result["access_token"])["appid"] == _WEB.client_id


@pytest.mark.parametrize("by", ["CA_FILE", "CA_DATA"])
def test_azure_identity_goes_to_the_clusters_token_proxy(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("workload_identity") as host:
        host.identity_binding = True
        _enter(host, monkeypatch)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://127.0.0.1:9/")
        if by == "CA_FILE":
            monkeypatch.delenv("AZURE_KUBERNETES_CA_DATA")
            monkeypatch.setenv("AZURE_KUBERNETES_CA_FILE", host.exported_variables["SSL_CERT_FILE"])
        with azure.identity.WorkloadIdentityCredential(enable_azure_proxy=True) as credential:
            token = credential.get_token(_SCOPE)
    assert claims_of(token.token)["appid"] == _WEB.client_id


@pytest.mark.parametrize("code", _CODES)
def test_azure_identity_tells_each_refusal(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("workload_identity") as host:
        _enter(host, monkeypatch)
        host.fail(f"wi.{code}")
        with pytest.raises(ClientAuthenticationError, match=f"AADSTS{code}: "):
            _sync()


@pytest.mark.parametrize("fault", ["wi.untrusted", "wi.expired"])
def test_a_bad_certificate_is_refused_by_clients(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("workload_identity") as host:
        _enter(host, monkeypatch)
        host.fail(fault)
        with pytest.raises(ServiceRequestError, match="certificate verify failed"):
            _sync()
        assert host.requests == []


@pytest.mark.parametrize(
    ("pod", "code"),
    [
        (Pod(issuer="https://other.example/"), 700211),
        (Pod(namespace="other"), 700213),
        (Pod(service_account="Web"), 7002138),
        (Pod(audience=BINDING_AUDIENCE), 700212),
        (Pod(age=7200), 700024),
        (Pod(age=-60), 700024),
    ],
)
def test_entra_compares_the_token_with_the_credentials(pod: Pod, code: int) -> None:
    host = SimulatedHost("workload_identity")
    host.pod = pod
    with host:
        answer = ask_exchange(host)
    assert (answer.status, answer.json["error_codes"]) == (401, [code])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_assertion": "not.a.jwt"}, 50027),
        ({"client_assertion": "nothing"}, 50027),
        ({"client_id": "00000000-1111-4222-8333-444444444444"}, 700016),
        ({"client_id": ""}, 900144),
        ({"grant_type": ""}, 900144),
        ({"scope": "https://vault.azure.net"}, 1002012),
        ({"scope": "https://nowhere.example /.default"}, 500011),
        ({"client_assertion_type": "password"}, 70003),
    ],
)
def test_entra_looks_at_the_whole_form(changes: dict[str, str], code: int) -> None:
    with SimulatedHost("workload_identity") as host:
        assert ask_exchange(host, **changes).json["error_codes"] == [code]


def test_another_tenant_method_or_path_gets_nothing() -> None:
    with SimulatedHost("workload_identity") as host:
        other = ask(host, "/other.example/oauth2/v2.0/token", method="POST", body="a=b")
        assert other.json["error_codes"] == [90002]
        assert ask(host, f"/{host.tenant}/oauth2/v2.0/token").json["error_codes"] == [900561]
        assert ask(host, "/other.example/v2.0/.well-known/openid-configuration").json["error_codes"] == [90002]
        assert ask(host, "/").status == 404


def test_another_identity_can_be_asked_for() -> None:
    with SimulatedHost("workload_identity") as host:
        assert claims_of(ask_exchange(host, client_id=_JOBS.client_id).json["access_token"])["appid"] == _JOBS.client_id
        host.credentials = (replace(Credential(), subject="system:serviceaccount:shop:jobs"),)
        assert ask_exchange(host).json["error_codes"] == [700213]


def test_the_token_lies_as_the_kubelet_lays_it_and_is_renewed() -> None:
    now = time.time()
    host = SimulatedHost("workload_identity", now=lambda: now)
    with host:
        place = host.root / TOKEN_FILE.lstrip("/")
        first = place.read_text()
        assert place.is_symlink()
        assert (place.parent / "..data").is_symlink()
        renew(host)
        assert place.read_text() == first
        now += 0.8 * host.pod.lifetime + 1
        renew(host)
        assert place.read_text() != first
        assert claims_of(place.read_text())["exp"] > claims_of(first)["exp"]
        assert len([each for each in place.parent.iterdir() if each.name.startswith("..")]) == 2


def test_the_variables_hold_paths_for_whoever_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("workload_identity") as host:
        assert host.variables["AZURE_FEDERATED_TOKEN_FILE"] == TOKEN_FILE
        outside = host.exported_variables
        assert Path(outside["AZURE_FEDERATED_TOKEN_FILE"]).is_file()
        ssl.create_default_context(cafile=outside["SSL_CERT_FILE"])
        assert re.fullmatch(r"https://127\.0\.0\.1:\d+/", outside["AZURE_AUTHORITY_HOST"])
