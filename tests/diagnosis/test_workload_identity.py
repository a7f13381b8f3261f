"""What can be told of a pod's workload identity before anything is sent, and what each refusal of Entra ID means."""

from __future__ import annotations

import base64
import json
import os
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.environment_lint import lint
from mitui.diagnosis.token.advice import advise_token
from mitui.engine.detection import detect
from mitui.engine.failure import TokenFailure
from mitui.engine.federation.authorities import AUTHORITIES
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import client_id
from mitui.simulator.faults.of_entra import ENTRA_FAULTS
from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.sources.pod import BINDING_AUDIENCE, Credential, Pod
from tests.engine.support import VAULT, engine_on, environment_on

NOW = 1_800_000_000.0
WEB = default_identities()[0]
TENANT = "72f9ab01-86f1-41af-91ab-2d7cd011db47"
POD = {
    "AZURE_FEDERATED_TOKEN_FILE": "/token",
    "AZURE_TENANT_ID": TENANT,
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
    "AZURE_CLIENT_ID": WEB.client_id,
}
GOOD = {
    "aud": ["api://AzureADTokenExchange"],
    "iss": "https://westeurope.oic.prod-aks.azure.com/a/b/",
    "sub": "system:serviceaccount:shop:web",
    "iat": NOW - 60,
    "nbf": NOW - 60,
    "exp": NOW + 3540,
}


def _jwt(claims: dict[str, object]) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{body}.c2ln"


def _found(root: Path, variables: dict[str, str] | None = None) -> dict[str, HealthWarning]:
    environment = HostEnvironment({**POD, **(variables or {})}, root)
    found = lint(environment, detect(environment), (client_id(WEB.client_id),), (VAULT,), NOW)
    for each in found:
        assert each.message.endswith(".")
        assert ". " not in each.message
        assert each.remedy.endswith(".")
    return {each.kind: each for each in found}


def _given(root: Path, **claims: object) -> dict[str, HealthWarning]:
    (root / "token").write_text(_jwt({**GOOD, **claims}))
    return _found(root)


def test_a_pod_that_is_set_up_has_nothing_to_say(tmp_path: Path) -> None:
    assert _given(tmp_path) == {}


@pytest.mark.parametrize(
    ("claims", "kind", "words"),
    [
        ({"exp": NOW - 61}, "federated_token_expired", "expired 1 min 1 s ago"),
        ({"exp": NOW}, "federated_token_expired", "expired 0 s ago"),
        ({"nbf": NOW + 60}, "federated_token_early", "only in 1 min"),
        ({"exp": NOW + 1, "iat": NOW, "nbf": NOW}, "", ""),
        ({"exp": "soon", "nbf": None, "iat": True}, "", ""),
        ({"iat": NOW - 3000, "exp": NOW + 600}, "", ""),
        ({"iat": NOW - 3200, "exp": NOW + 400}, "federated_token_not_renewed", "5 min 20 s ago"),
        ({"iat": NOW - 3600 * 24, "exp": NOW + 3000}, "federated_token_not_renewed", "good for 50 min"),
        ({"iat": NOW, "exp": NOW + 3600 * 24 * 365}, "federated_token_lifetime", "lives 365 d"),
        (
            {"aud": "https://kubernetes.default.svc"},
            "federated_token_audience",
            "is for https://kubernetes.default.svc",
        ),
        ({"aud": []}, "federated_token_audience", "for nobody"),
        ({"aud": [BINDING_AUDIENCE]}, "federated_token_audience", "names no proxy"),
        ({"iss": "https://kubernetes.default.svc.cluster.local"}, "federated_token_issuer", "kubernetes.default.svc"),
        ({"iss": "kubernetes/serviceaccount"}, "federated_token_issuer", "can't look up"),
        ({"iss": None}, "federated_token_issuer", "issuer nobody"),
    ],
)
def test_what_the_token_itself_gives_away(claims: dict[str, object], kind: str, words: str, tmp_path: Path) -> None:
    warnings = _given(tmp_path, **claims)

    assert list(warnings) == ([kind] if kind else [])
    assert not kind or words in warnings[kind].message


@pytest.mark.parametrize("authority", AUTHORITIES, ids=lambda each: each.cloud)
def test_each_cloud_has_its_audience(authority: object, tmp_path: Path) -> None:
    [found] = [each for each in AUTHORITIES if each is authority]
    (tmp_path / "token").write_text(_jwt(GOOD))
    warnings = _found(tmp_path, {"AZURE_AUTHORITY_HOST": f"https://{found.hosts[0]}/"})
    named = found.audience not in ("", "api://AzureADTokenExchange")
    assert ("federated_token_audience" in warnings) == named
    assert not named or found.audience in warnings["federated_token_audience"].message


def test_an_identity_binding_has_an_audience_of_its_own(tmp_path: Path) -> None:
    binding = {"AZURE_KUBERNETES_TOKEN_PROXY": "https://10.0.0.1"}
    (tmp_path / "token").write_text(_jwt({**GOOD, "aud": [BINDING_AUDIENCE]}))
    assert list(_found(tmp_path, binding)) == ["identity_binding_opt_in"]
    (tmp_path / "token").write_text(_jwt(GOOD))
    assert "the cluster's token proxy expects" in _found(tmp_path, binding)["federated_token_audience"].message


def test_a_tenant_that_is_no_guid_is_told(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(_jwt(GOOD))
    assert list(_found(tmp_path, {"AZURE_TENANT_ID": "contoso.onmicrosoft.com"})) == ["tenant_id_not_a_guid"]
    assert list(_found(tmp_path, {"AZURE_CLIENT_ID": "web"})) == ["client_id_not_a_guid"]


def test_a_token_file_that_is_a_pipe_a_folder_or_not_there(tmp_path: Path) -> None:
    assert "is not there" in _found(tmp_path)["federated_token_unreadable"].message
    os.mkfifo(tmp_path / "token")
    assert "is no regular file" in _found(tmp_path)["federated_token_unreadable"].message
    (tmp_path / "token").unlink()
    (tmp_path / "token").mkdir()
    assert "is no regular file" in _found(tmp_path)["federated_token_unreadable"].message


@pytest.mark.parametrize("content", [b"", b"not a token", b"a.b.c", b"\x00\xff", b"x" * 10_000_000])
def test_a_token_file_with_something_else_in_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(content)
    assert list(_found(tmp_path)) == ["federated_token_invalid"]


@pytest.mark.parametrize("name", ["AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID"])
def test_a_pod_with_half_of_workload_identity(name: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(_jwt(GOOD))
    assert f"without {name}" in _found(tmp_path, {name: ""})["workload_identity_incomplete"].message


def test_a_pod_without_workload_identity_is_told_whose_token_it_gets(tmp_path: Path) -> None:
    environment = HostEnvironment({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path)
    assert [each.kind for each in lint(environment, detect(environment), (), (), NOW)] == ["node_identity"]


def test_a_proxy_for_entra_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(_jwt(GOOD))
    assert _found(tmp_path, {"HTTPS_PROXY": "http://proxy.example:3128"}) == {}


async def _advised(host: SimulatedHost, variables: dict[str, str] | None = None) -> tuple[Advice, ...]:
    environment = environment_on(host, variables)
    async with engine_on(host, variables=variables, allow_endpoints=frozenset({"127.0.0.1"})) as engine:
        outcome = await engine.acquire(client_id(WEB.client_id), VAULT)
    assert isinstance(outcome, TokenFailure)
    return advise_token(outcome, HostFacts("web-1", kind="Kubernetes pod"), environment)


_CREDENTIAL_CODES = {
    "70021": "federated_credential_missing",
    "700211": "federated_issuer_mismatch",
    "700212": "federated_audience_mismatch",
    "700213": "federated_subject_mismatch",
    "7002138": "federated_subject_case",
}
_OTHER_CODES = {
    "700016": "client_id_not_in_tenant",
    "700024": "assertion_out_of_time",
    "700222": "assertion_issued_by_entra",
    "70023": "assertion_lives_too_long",
    "700027": "assertion_signature_unknown",
    "90002": "tenant_not_found",
    "53003": "blocked_by_conditional_access",
    "7000112": "principal_disabled",
    "500011": "audience_unknown",
    "65001": "consent_missing",
    "7000215": "client_secret_wrong",
}


def test_every_code_that_is_simulated_is_explained() -> None:
    codes = {fault.name.removeprefix("wi.") for fault in ENTRA_FAULTS if fault.name[3:].isdigit()}
    assert codes == _CREDENTIAL_CODES.keys() | _OTHER_CODES.keys()


@pytest.mark.parametrize("code", [*_CREDENTIAL_CODES, *_OTHER_CODES])
async def test_a_refusal_over_tls_comes_first_with_its_own_cause(code: str) -> None:
    with SimulatedHost("workload_identity") as host:
        host.fail(f"wi.{code}")
        advice = await _advised(host)
    assert advice[0].kind == (_CREDENTIAL_CODES | _OTHER_CODES)[code]
    assert advice[0].remedy
    assert "identity_gone_from_tenant" not in [each.kind for each in advice]


@pytest.mark.parametrize("code", _CREDENTIAL_CODES)
async def test_the_credential_is_made_as_this_pod_needs_it(code: str) -> None:
    host = SimulatedHost("workload_identity")
    host.pod = Pod(namespace="it's; rm -rf", service_account="web")
    host.credentials = (Credential(subject=host.pod.subject),)
    with host:
        host.fail(f"wi.{code}")
        [create] = [each for each in (await _advised(host))[0].commands if " create " in each]
    words = shlex.split(create)
    assert words[:4] == ["az", "identity", "federated-credential", "create"]
    given = dict(zip(words[4::2], words[5::2], strict=True))
    assert given["--issuer"] == host.pod.issuer
    assert given["--subject"] == "system:serviceaccount:it's; rm -rf:web"
    assert given["--audiences"] == "api://AzureADTokenExchange"
    assert given["--name"] == "<credential-name>"


async def test_a_binding_that_the_variables_forget_is_told() -> None:
    host = SimulatedHost("workload_identity")
    host.pod = Pod(audience=BINDING_AUDIENCE)
    with host:
        advice = await _advised(host)
    assert advice[0].kind == "identity_binding_unused"


async def test_names_of_the_command_come_from_the_token() -> None:
    with SimulatedHost("workload_identity") as host:
        host.credentials = (replace(Credential(), issuer="https://other.example/"),)
        advice = await _advised(host)
    assert "--name shop-web " in advice[0].commands[-1]
    assert advice[0].commands[0].startswith("az identity list --query")
