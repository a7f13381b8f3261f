"""The SDKs get tokens from our host: every source and every selector that they support there."""

from __future__ import annotations

import pytest

from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.tokens import USER_OBJECT_ID
from tests.simulator.sdk_clients import CLIENTS, VAULT, claims_of, enter

_WEB = default_identities()[0]
_SYSTEM = "0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41"
_VALUES = {"system": "", "client_id": _WEB.client_id, "object_id": _WEB.object_id, "resource_id": _WEB.resource_id}
_ALL = ("system", "client_id", "object_id", "resource_id")
_SUPPORTED = {
    ("imds", "msal"): _ALL,
    ("imds", "azure-identity"): _ALL,
    ("imds", "azure-identity aio"): _ALL[:3],
    ("app_service", "msal"): _ALL,
    ("app_service", "azure-identity"): _ALL,
    ("app_service", "azure-identity aio"): _ALL[:3],
    ("container_apps", "msal"): _ALL,
    ("container_apps", "azure-identity"): _ALL,
    ("container_apps", "azure-identity aio"): _ALL[:3],
    ("azure_arc", "msal"): _ALL,
    ("azure_arc", "azure-identity"): _ALL,
    ("azure_arc", "azure-identity aio"): _ALL,
    ("azure_ml", "msal"): _ALL[:2],
    ("azure_ml", "azure-identity"): _ALL[:2],
    ("azure_ml", "azure-identity aio"): _ALL[:2],
    ("service_fabric", "msal"): _ALL[:1],
    ("service_fabric", "azure-identity"): _ALL[:1],
    ("service_fabric", "azure-identity aio"): _ALL[:1],
    ("cloud_shell", "azure-identity"): _ALL[:1],
    ("cloud_shell", "azure-identity aio"): _ALL[:1],
}
_CASES = [(kind, client, selector) for (kind, client), selectors in _SUPPORTED.items() for selector in selectors]


@pytest.mark.parametrize(("kind", "client", "selector"), _CASES)
async def test_a_token_of_the_identity_that_was_asked_for(
    kind: str, client: str, selector: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SimulatedHost(kind) as host:
        enter(host, monkeypatch)
        claims = claims_of(await CLIENTS[client](selector, _VALUES[selector], VAULT))
    expected = USER_OBJECT_ID if kind == "cloud_shell" else _SYSTEM if selector == "system" else _WEB.object_id
    assert claims["oid"] == expected
    assert claims["aud"] == VAULT
