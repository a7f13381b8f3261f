"""Replies against recordings of the real services that public reports hold: bodies to the byte, headers in their order.

IMDS: a 400 in Azure/azure-sdk-for-js#11369 (September 2020), whose length leaves no room for a space in the body; a 400
with its body and length in Azure/azure-sdk-for-net#37278 (June 2023); a 200 that a proxy caught on a VM from
Azure.Identity 1.11 (IMDS/150.870.65.1103, March 2024), in the README of a public stand-in for the service, whose name
was not kept.

Key Vault: recordings of the keyvault-secrets package's tests in Azure/azure-sdk-for-js, whose names a sanitizer cut:
"can recover a deleted secret (nonexisting)" of April 2022, service version 1.9.378.1; a deleted "secret1" that was not
there, of June 2020, service version 1.1.6.0.

Service Fabric: the headers of a 404 in Azure/azure-sdk-for-net#45547 (September 2024).
"""

from __future__ import annotations

import json
from typing import Final

import pytest

from mitui.simulator.host import SimulatedHost
from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import CALLER, Wire
from tests.simulator.wire import ask, ask_token, token_target

_IMDS_HEADERS: Final = ["content-type", "server", "date", "content-length"]
_NOT_FOUND: Final = b'{"error":"invalid_request","error_description":"Identity not found"}'
_NO_HEADER: Final = b'{"error":"invalid_request","error_description":"Required metadata header not specified"}'
_FIELDS: Final = [
    "access_token",
    "client_id",
    "expires_in",
    "expires_on",
    "ext_expires_in",
    "not_before",
    "resource",
    "token_type",
]
_CHALLENGE: Final = b'{"error":{"code":"Unauthorized","message":"AKV10000: Request is missing a Bearer or PoP token."}}'
_CHALLENGE_HEADERS: Final = [
    "Cache-Control",
    "Pragma",
    "Content-Length",
    "Content-Type",
    "Expires",
    "WWW-Authenticate",
    "x-ms-keyvault-region",
    "x-ms-client-request-id",
    "x-ms-request-id",
    "x-ms-keyvault-service-version",
    "x-ms-keyvault-network-info",
    "X-Content-Type-Options",
    "Strict-Transport-Security",
    "Date",
]
_RBAC: Final = ["x-ms-keyvault-rbac-assignment-id", "x-ms-keyvault-rbac-cache"]
_RECORDED_NAME: Final = "backupRestoreSecretName-canrecoveradeletedsecretnonexisting-"
_ABSENT: Final = (
    f"A secret with (name/id) {_RECORDED_NAME} was not found in this key vault. If you recently deleted this secret "
    "you may be able to recover it using the correct recovery command. For help resolving this issue, please see "
    "https://go.microsoft.com/fwlink/?linkid=2125182"
)


def test_imds_refuses_a_request_without_its_header() -> None:
    with SimulatedHost("imds") as host:
        answer = ask(host, token_target(host))
    assert (answer.status, answer.body, answer.headers["content-length"]) == (400, _NO_HEADER, "88")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["server"].startswith("IMDS/150.870.65.")


def test_imds_knows_no_such_identity() -> None:
    with SimulatedHost("imds") as host:
        answer = ask_token(host, client_id="11111111-1111-4111-8111-111111111111")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (400, _NOT_FOUND, "68")


def test_imds_hands_out_a_token() -> None:
    with SimulatedHost("imds") as host:
        answer = ask_token(host)
    assert list(answer.headers) == _IMDS_HEADERS
    assert list(answer.json) == _FIELDS
    assert all(isinstance(each, str) for each in answer.json.values())
    assert (answer.json["resource"], answer.json["token_type"]) == ("https://vault.azure.net", "Bearer")


def test_a_vault_challenges() -> None:
    with SimulatedVault(tls=False) as vault:
        client = Wire(vault)
        answer = client.bare("GET", f"/secrets/{_RECORDED_NAME}/?api-version=7.3")
        client.close()
    assert (answer.status, answer.body, answer.headers["content-length"]) == (401, _CHALLENGE, "97")
    assert [name for name, _ in answer.all_headers] == _CHALLENGE_HEADERS
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"] == "max-age=31536000;includeSubDomains"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/secrets/{}/"), ("POST", "/deletedsecrets/{}/recover")], ids=["get", "recover"]
)
def test_a_vault_has_no_such_secret(method: str, path: str) -> None:
    with SimulatedVault(tls=False) as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        client = Wire(vault)
        answer = client.send(method, path.format(_RECORDED_NAME))
        client.close()
    assert (answer.status, json.loads(answer.body)) == (404, {"error": {"code": "SecretNotFound", "message": _ABSENT}})
    expected = [each for each in _CHALLENGE_HEADERS if each != "WWW-Authenticate"]
    after = expected.index("x-ms-keyvault-network-info") + 1
    assert [name for name, _ in answer.all_headers] == [*expected[:after], *_RBAC, *expected[after:]]


def test_a_vault_has_no_such_deleted_secret() -> None:
    with SimulatedVault(tls=False) as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        client = Wire(vault)
        answer = client.send("GET", "/deletedsecrets/secret1")
        client.close()
    body = b'{"error":{"code":"SecretNotFound","message":"Deleted Secret not found: secret1"}}'
    assert (answer.status, answer.body, answer.headers["content-length"]) == (404, body, "81")


def test_a_vault_says_the_length_of_what_it_found_last() -> None:
    with SimulatedVault(tls=False) as vault:
        vault.grant(CALLER, "Key Vault Secrets User")
        vault.secrets["db"] = "example"
        client = Wire(vault)
        answer = client.send("GET", "/secrets/db")
        client.close()
    assert answer.status == 200
    assert [name for name, _ in answer.all_headers][-2:] == ["Date", "Content-Length"]


def test_service_fabric_refuses_a_selector() -> None:
    with SimulatedHost("service_fabric", tls=False) as host:
        answer = ask_token(host, client_id="11111111-1111-4111-8111-111111111111")
    assert (answer.status, answer.headers["server"]) == (404, "Kestrel")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-ms-request-id"]
