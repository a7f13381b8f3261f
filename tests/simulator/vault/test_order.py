"""A vault decides in a fixed order, and the first thing wrong is the one that it names."""

from __future__ import annotations

import time

import pytest

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import ABSENT, APPLICATION, CALLER, TENANT, Wire, token


def test_health_needs_no_token_and_names_the_source_address(wire: Wire) -> None:
    answer = wire.bare("GET", "/healthstatus")
    assert (answer.status, len(answer.body)) == (200, 4)
    assert answer.headers["x-ms-keyvault-network-info"] == (
        "conn_type=Ipv4;addr=203.0.113.7;act_addr_fam=InterNetwork;"
    )


def test_a_route_that_is_none_is_a_page_and_not_json(wire: Wire) -> None:
    answer = wire.bare("GET", "/no/such/route")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/secrets/"), ("POST", "/certificates//create"), ("PUT", "/keys/"), ("PATCH", "/secrets")],
)
def test_an_empty_name_is_a_wrong_verb_before_it_is_a_missing_token(wire: Wire, method: str, path: str) -> None:
    answer = wire.bare(method, path, b"")
    assert (answer.status, answer.code) == (405, "MethodNotAllowed")
    assert answer.message == f"HTTP {method} not allowed"


def test_a_list_may_end_in_a_slash(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Reader")
    assert wire.send("GET", "/secrets/").json == {"value": [], "nextLink": None}


def test_without_a_token_there_is_a_challenge_whatever_else_is_wrong(vault: SimulatedVault, wire: Wire) -> None:
    vault.firewall = True
    answer = wire.bare("PUT", "/secrets/a_b", b"{")
    assert (answer.status, answer.code) == (401, "Unauthorized")
    assert answer.message == "AKV10000: Request is missing a Bearer or PoP token."
    assert answer.headers["www-authenticate"] == (
        f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"'
    )


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (
            {"aud": "https://vault.azure.net/"},
            "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://vault.azure.net/.",
        ),
        ({"iss": "https://sts.windows.net/other/"}, "found https://sts.windows.net/other/."),
        ({"exp": 1}, "expired"),
        ({"nbf": time.time() + 9999}, "not valid yet"),
    ],
)
def test_the_token_comes_before_the_firewall(
    vault: SimulatedVault, wire: Wire, claims: dict[str, object], said: str
) -> None:
    vault.firewall = True
    answer = wire.send("GET", f"/secrets/{ABSENT}", **claims)
    assert answer.status == 401
    assert said in answer.message
    assert "www-authenticate" in answer.headers


def test_the_issuer_error_lists_tenants_of_microsoft_too(wire: Wire) -> None:
    answer = wire.send("GET", "/secrets", iss="https://sts.windows.net/other/")
    assert answer.message.startswith(
        f"AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{TENANT}/, https://sts.windows.net/f8cdef31"
    )


@pytest.mark.parametrize("header", ["Bearer opaque", "Basic dXNlcjpwYXNz", "Bearer a.b.c", "Bearer W10.W10.W10"])
def test_what_is_no_token_is_refused(wire: Wire, header: str) -> None:
    assert wire.bare("GET", "/secrets?api-version=7.4", headers={"Authorization": header}).status == 401


def test_a_second_version_token_is_accepted(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Reader")
    issuer = f"https://login.microsoftonline.com/{TENANT}/v2.0"
    answer = wire.send("GET", "/secrets", iss=issuer, aud="cfa8b339-82a2-471a-a3c9-0fc0be7a4093")
    assert answer.status == 200


def test_the_network_comes_before_the_api_version(vault: SimulatedVault, wire: Wire) -> None:
    vault.firewall = True
    headers = {"Authorization": f"Bearer {token()}"}
    assert wire.bare("GET", "/secrets", headers=headers).inner == "ForbiddenByFirewall"
    vault.firewall = False
    assert wire.bare("GET", "/secrets", headers=headers).status == 400
    assert wire.bare("GET", "/secrets?api-version=1999-01-01", headers=headers).code == "BadParameter"


def test_names_and_versions_are_judged_before_permissions(wire: Wire) -> None:
    assert "invalid name" in wire.send("GET", "/secrets/a_b").message
    assert wire.send("GET", f"/secrets/{'a' * 128}").status == 400
    assert wire.send("GET", "/secrets/name/short").status == 400


def test_permission_comes_before_body_and_existence(vault: SimulatedVault, wire: Wire) -> None:
    path = f"/secrets/{ABSENT}"
    assert wire.send("PUT", path, b"{").inner == "ForbiddenByRbac"
    assert wire.send("GET", path).inner == "ForbiddenByRbac"
    vault.grant(CALLER, "Key Vault Secrets Officer")
    assert (answer := wire.send("PUT", path, b"{")).status == 400
    assert "x-ms-keyvault-rbac-assignment-id" in answer.headers
    assert wire.send("GET", path).code == "SecretNotFound"


@pytest.mark.parametrize(
    ("path", "said"),
    [("/secrets/restore", "Malformed backup blob"), ("/keys/restore", "Malformed backup blob")],
)
def test_a_backup_of_zeroes_is_malformed(vault: SimulatedVault, wire: Wire, path: str, said: str) -> None:
    vault.grant(CALLER, "Key Vault Administrator")
    answer = wire.send("POST", path, {"value": "A" * 86})
    assert (answer.status, answer.code) == (400, said)
    assert "x-ms-keyvault-rbac-assignment-id" in answer.headers


def test_a_post_that_names_another_verb_is_that_verb(vault: SimulatedVault, wire: Wire) -> None:
    headers = {"Authorization": f"Bearer {token()}", "X-HTTP-METHOD": "DELETE"}
    vault.grant(CALLER, "Key Vault Secrets Officer")
    vault.secrets["gone"] = "x"
    assert wire.bare("POST", "/secrets/gone?api-version=7.4", b"", headers).status == 200
    assert "gone" not in vault.secrets


def test_every_answer_carries_the_ids_of_the_vault(wire: Wire) -> None:
    headers = {"Authorization": f"Bearer {token()}", "x-ms-client-request-id": "one-id-per-run"}
    answer = wire.bare("GET", "/secrets?api-version=7.4", headers=headers)
    assert answer.headers["x-ms-client-request-id"] == "one-id-per-run"
    assert answer.headers["x-ms-request-id"]
    assert answer.headers["x-ms-keyvault-region"] == "westeurope"
    assert answer.headers["x-ms-keyvault-service-version"].startswith("1.9.")
    assert APPLICATION in answer.message
