"""Whatever a token holds, a pod's own one and one that an endpoint gave: claims, or none."""

from __future__ import annotations

import base64
import json
import math
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given

from mitui.claims import classify, decode, explain
from mitui.engine.asking.refusal import Refusal
from mitui.engine.federation.token_file import LARGEST, read_federated_token
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.monitor.watches.federated import federated_view
from mitui.safe_text import UNSAFE, visible
from mitui.secret import Secret
from tests.hostility.jwts import part
from tests.hostility.mutations import changed, changed_document
from tests.hostility.script import Script, scripted
from tests.hostility.texts import SOME, body, value, word

NOW = 1_767_225_600
HEADER: dict[str, Any] = {"typ": "JWT", "alg": "RS256", "kid": "k", "crit": ["b64"], "b64": True}
ACCESS: dict[str, Any] = {
    "aud": "https://vault.azure.net",
    "iss": "https://sts.windows.net/72f9ab01-86f1-41af-91ab-2d7cd011db47/",
    "iat": NOW,
    "exp": NOW + 86_400,
    "appid": "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2",
    "appidacr": "2",
    "oid": "0f3c8b1e-6d52-4f7e-8a3b-5d4f2a1c9c41",
    "idtyp": "app",
    "xms_idrel": "7 33",
    "xms_mirid": "/subscriptions/x/resourcegroups/y/providers/Microsoft.Compute/virtualMachines/z",
    "roles": ["a"],
    "_claim_sources": {"src1": {"endpoint": "https://graph.windows.net"}},
}
FEDERATED: dict[str, Any] = {
    "aud": ["api://AzureADTokenExchange"],
    "iss": "https://westeurope.oic.prod-aks.azure.com/72f9ab01/",
    "sub": "system:serviceaccount:shop:orders",
    "iat": NOW - 60,
    "nbf": NOW - 60,
    "exp": NOW + 3_540,
    "kubernetes.io": {"namespace": "shop", "pod": {"name": "orders-1"}, "serviceaccount": {"name": "orders"}},
}


def _jwt(script: Script, payload: dict[str, Any]) -> str:
    """A sound token with another payload, header or encoding."""
    how = script.number(6)
    head, told = part(HEADER), part(payload)
    if how == 0:
        head = part(changed_document(script, HEADER))
    elif how == 1:
        head = part(value(script))
    elif how == 2:
        told = base64.urlsafe_b64encode(body(script)).decode().rstrip("=")
    elif how == 3:
        return changed(script, f"{head}.{told}.c2ln".encode()).decode("latin-1")
    else:
        told = part(changed_document(script, payload))
    return f"{head}.{told}.{script.pick(('c2ln', '', 'c2ln.', '=', 'é'))}"


def test_sound_tokens_have_their_claims() -> None:
    assert decode(Secret(f"{part(HEADER)}.{part(ACCESS)}.c2ln")).payload() == ACCESS


@given(scripted(lambda script: _jwt(script, ACCESS) if script.number(8) else word(script)))
def test_any_text_is_decoded_or_has_no_claims(text: str) -> None:
    claims = decode(Secret(text))
    actual = classify(claims)
    assert all(isinstance(each, str) for each in (actual.kind, actual.client_id, actual.object_id, actual.resource_id))
    assert isinstance(claims.header(), dict)
    for name, each in claims.payload().items():
        assert not UNSAFE.search(visible(explain(name, each)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pod")


def _pod(place: Path, content: bytes) -> HostEnvironment:
    (place / "token").write_bytes(content)
    variables = {
        "AZURE_FEDERATED_TOKEN_FILE": "/token",
        "AZURE_TENANT_ID": "72f9ab01-86f1-41af-91ab-2d7cd011db47",
        "AZURE_CLIENT_ID": "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2",
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
    }
    return HostEnvironment(MappingProxyType(variables), place)


def _content(script: Script) -> bytes:
    if script.number(8) == 0:
        return script.pick((script.raw(60), body(script), b"", b"\n", b"eyJ" * 30_000))
    end = script.pick((b"", b"\n", b"\r\n", b"\0", b"  ", b"\xff"))
    return _jwt(script, FEDERATED).encode("utf-8", "surrogatepass") + end


def test_a_sound_federated_token_is_shown_without_its_secret(place: Path) -> None:
    raw = f"{part(HEADER)}.{part(FEDERATED)}.c2ln"
    view = federated_view(_pod(place, raw.encode()), HostFacts(), NOW)
    assert (view.status, view.resource, view.expires_at) == ("ok", "api://AzureADTokenExchange", NOW + 3_540)
    assert raw not in repr(view)


@SOME
@given(content=scripted(_content))
def test_any_federated_token_is_shown_or_refused_and_only_a_jwt_is_sent(place: Path, content: bytes) -> None:
    environment = _pod(place, content)
    token = read_federated_token(environment)
    if isinstance(token, Refusal):
        assert content.decode("latin-1").strip() not in repr(token) or len(content) < 40
        return
    view = federated_view(environment, HostFacts(), NOW)
    for warning in view.warnings:
        assert not UNSAFE.search(visible(warning.message + warning.remedy))
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]*", token.secret.reveal(), re.ASCII)
    assert len(content) <= LARGEST
    assert token.secret.reveal() not in repr(view)
    assert all(isinstance(each, str) for each in (*token.audiences, *token.service_account))
    moments = (*map(token.moment, ("exp", "iat", "nbf")), view.expires_at, view.refresh_at)
    assert all(each is None or math.isfinite(each) for each in moments)
    json.dumps(view.claims.payload())
