"""Every shape of the challenge, and what Microsoft's client makes of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from mitui.simulator.vault.challenge import VARIANTS
from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.clients import Clients
from tests.simulator.vault.wire import ABSENT, CALLER, TENANT, Wire

LOGIN = f"https://login.microsoftonline.com/{TENANT}"
RESOURCE = "https://vault.azure.net"
SHAPES = {
    "challenge.authorization_uri": [f'Bearer authorization_uri="{LOGIN}", resource="{RESOURCE}"'],
    "challenge.unquoted": [f"Bearer authorization={LOGIN}, resource={RESOURCE}"],
    "challenge.no_space": [f'Bearer authorization="{LOGIN}",resource="{RESOURCE}"'],
    "challenge.scope": [f'Bearer authorization="{LOGIN}", scope="{RESOURCE}/.default"'],
    "challenge.missing": [],
    "challenge.duplicated": [
        f'Bearer authorization="{LOGIN}", resource="{RESOURCE}"',
        'Bearer authorization="https://login.evil.example.com/common", resource="https://management.azure.com"',
    ],
    "challenge.other_scheme": [f'Basic realm="{RESOURCE}"'],
    "challenge.hostile_resource": [f'Bearer authorization="{LOGIN}", resource="https://management.azure.com"'],
    "challenge.hostile_login": [
        f'Bearer authorization="https://login.evil.example.com/{TENANT}", resource="{RESOURCE}"'
    ],
}


def challenges(wire: Wire) -> list[str]:
    """The challenge headers of a request without a token."""
    answer = wire.bare("GET", "/secrets?api-version=7.4")
    assert (answer.status, answer.code) == (401, "Unauthorized")
    return [value for name, value in answer.all_headers if name.lower() == "www-authenticate"]


@pytest.mark.parametrize("fault", SHAPES)
def test_the_shape_of_a_challenge(vault: SimulatedVault, wire: Wire, fault: str) -> None:
    vault.fail(fault, times=1)
    assert challenges(wire) == SHAPES[fault]
    assert challenges(wire) == [f'Bearer authorization="{LOGIN}", resource="{RESOURCE}"']


def test_a_challenge_can_carry_claims(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("challenge.claims")
    (challenge,) = challenges(wire)
    assert 'error="insufficient_claims"' in challenge
    encoded = challenge.partition('claims="')[2].rstrip('"')
    assert "access_token" in json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


def test_every_variant_can_be_asked_for(vault: SimulatedVault, wire: Wire) -> None:
    for variant in VARIANTS:
        vault.challenge = variant
        assert len(challenges(wire)) == len(VARIANTS[variant])


@pytest.mark.parametrize("fault", ["challenge.authorization_uri", "challenge.unquoted", "challenge.no_space"])
def test_the_client_reads_a_challenge_in_other_clothes(clients: Clients, fault: str) -> None:
    clients.vault.grant(CALLER, "Key Vault Secrets User")
    clients.vault.fail(fault)
    with pytest.raises(ResourceNotFoundError):
        clients.secrets().get_secret(ABSENT)
    assert clients.credential.scopes == [f"{RESOURCE}/.default"]


def test_the_client_takes_the_scope_of_a_challenge(clients: Clients) -> None:
    clients.vault.grant(CALLER, "Key Vault Secrets User")
    clients.vault.fail("challenge.scope")
    with pytest.raises(ResourceNotFoundError):
        clients.secrets().get_secret(ABSENT)
    assert clients.credential.scopes == [f"{RESOURCE}/.default"]


@pytest.mark.parametrize(
    "resource", ["https://management.azure.com", "https://evil.example.com", "https://contoso-kv.vault.azure.net"]
)
def test_the_client_gets_no_token_for_a_resource_that_is_not_of_this_host(clients: Clients, resource: str) -> None:
    clients.vault.fail("challenge.hostile_resource", challenge_resource=resource)
    with pytest.raises(ValueError, match="challenge"):
        clients.secrets().get_secret(ABSENT)
    assert clients.credential.scopes == []
    assert [each for each in clients.vault.requests if "authorization" in each.headers] == []


def test_the_client_gives_up_without_a_challenge(clients: Clients) -> None:
    clients.vault.fail("challenge.missing")
    with pytest.raises(HttpResponseError, match="AKV10000"):
        clients.secrets().get_secret(ABSENT)
    assert clients.credential.scopes == []


def test_the_client_answers_a_revoked_token_with_a_new_one(clients: Clients) -> None:
    clients.vault.grant(CALLER, "Key Vault Secrets User")
    clients.vault.fail("token.revoked", times=1)
    with pytest.raises(ResourceNotFoundError):
        clients.secrets().get_secret(ABSENT)
    assert len(clients.credential.scopes) == 2


def test_a_vault_of_another_cloud_asks_for_that_clouds_resource(
    pin: Callable[[str, tuple[str, int]], None],
) -> None:
    with SimulatedVault("contoso-kv", suffix="vault.usgovcloudapi.net") as vault:
        vault.login_host = "login.microsoftonline.us"
        vault.grant(CALLER, "Key Vault Reader")
        pin(vault.host, vault.address)
        made = Clients(vault)
        with made.stack:
            assert list(made.secrets().list_properties_of_secrets()) == []
        assert vault.url == "https://contoso-kv.vault.usgovcloudapi.net"
        assert made.credential.scopes == ["https://vault.usgovcloudapi.net/.default"]
