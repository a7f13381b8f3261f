"""What each answer of a vault says about a permission; the texts are those of the real service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.http import HttpReply
from mitui.keyvault.error_body import ErrorBody, parse_error
from mitui.keyvault.probe_result import VaultFailureKind
from mitui.keyvault.reading import Reading, read_reply
from mitui.keyvault.stop_sentence import stop_sentence
from mitui.keyvault.verdict import Verdict
from tests.keyvault.support import address_of

CALLER = (
    "appid=6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2;oid=0f3c8b1e-6d52-4f7e-8a3b-5d4f2a1c9c41;"
    "iss=https://sts.windows.net/72f9ab01-86f1-41af-91ab-2d7cd011db47/"
)
RBAC = (
    "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role "
    "definitions were changed recently, please observe propagation time.\r\n"
    f"Caller: name=web;{CALLER}\r\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\n"
    "Resource: '/subscriptions/11111111-2222-4333-8444-555555555555/resourcegroups/rg-(a).b_c/providers/"
    "microsoft.keyvault/vaults/contoso-kv/secrets/x'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\n"
    "DecisionReason: 'DeniedWithNoValidRBAC' \r\nVault: contoso-kv;location=westeurope\r\n"
)
POLICY = (
    f"The user, group or application '{CALLER}' does not have secrets get permission on key vault "
    "'contoso-kv;location=westeurope'. For help resolving this issue, please see https://go.microsoft.com/..."
)
FIREWALL = (
    "Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.7\r\n"
    f"Caller: {CALLER}\r\nVault: contoso-kv;location=westeurope"
)
CONNECTION = (
    "Public network access is disabled and request is not from a trusted service nor via an approved private link."
)
PERIMETER = (
    "Connection is not an approved private link and caller was ignored because bypass is not set to 'AzureServices' "
    "in PublicNetworkAccess"
)
PURGE = 'Operation is not allowed. Operation: "purge"\r\nCaller: ...\r\nVault: contoso-kv'
ASSIGNMENT = "0bfd7a6f-df92-445c-b0e9-0eb6b59db3eb"


def read(
    status: int, code: str = "", message: str = "", inner: str = "", key: str = "innererror", **headers: str
) -> Reading:
    error: dict[str, Any] = {"code": code, "message": message}
    if inner:
        error[key] = {"code": inner}
    return read_raw(status, json.dumps({"error": error}).encode(), **headers)


def read_raw(status: int, body: bytes, **headers: str) -> Reading:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return read_reply(HttpReply(status, "", pairs, body, 1.0), address_of())


@pytest.mark.parametrize(
    ("reading", "verdict", "evidence", "model"),
    [
        (read(404, "SecretNotFound"), Verdict.GRANTED, "404 SecretNotFound", "unknown"),
        (read(404, "KeyNotFound"), Verdict.GRANTED, "404 KeyNotFound", "unknown"),
        (read(404, "CertificateIssuerNotFound"), Verdict.GRANTED, "404 CertificateIssuerNotFound", "unknown"),
        (read_raw(200, b""), Verdict.GRANTED, "200", "unknown"),
        (read_raw(204, b""), Verdict.GRANTED, "204", "unknown"),
        (read(403, "Forbidden", RBAC, "ForbiddenByRbac"), Verdict.DENIED, "403 ForbiddenByRbac", "rbac"),
        (read(403, "Forbidden", RBAC, "ForbiddenByRbac", "innerError"), Verdict.DENIED, "403 ForbiddenByRbac", "rbac"),
        (read(403, "Forbidden", RBAC), Verdict.DENIED, "403 Forbidden", "rbac"),
        (read(403, "Forbidden", POLICY, "AccessDenied"), Verdict.DENIED, "403 AccessDenied", "access_policy"),
        (read(403, "Forbidden", POLICY, "ForbiddenByPolicy"), Verdict.DENIED, "403 ForbiddenByPolicy", "access_policy"),
        (read(403, "Forbidden", POLICY), Verdict.DENIED, "403 Forbidden", "access_policy"),
        (read(403, "Forbidden", "x", "SecretDisabled"), Verdict.GRANTED, "403 SecretDisabled", "unknown"),
        (
            read(403, "Forbidden", "Operation get is not allowed on a disabled secret."),
            Verdict.GRANTED,
            "403 Forbidden",
            "unknown",
        ),
        (
            read(403, "Forbidden", "Operation encrypt is not permitted on this key"),
            Verdict.GRANTED,
            "403 Forbidden",
            "unknown",
        ),
        (read(403, "Forbidden", PURGE), Verdict.BLOCKED, "403 Forbidden", "unknown"),
        (
            read(400, "NotSupported", 'Operation "purge" is not enabled for this vault.'),
            Verdict.BLOCKED,
            "400 NotSupported",
            "unknown",
        ),
        (read(400, "BadParameter"), Verdict.UNKNOWN, "400 BadParameter", "unknown"),
        (
            read(400, "Malformed backup blob", x_ms_keyvault_rbac_assignment_id=ASSIGNMENT),
            Verdict.GRANTED,
            "400 Malformed backup blob",
            "rbac",
        ),
        (read_raw(404, b"<html>"), Verdict.UNKNOWN, "404 that is not a vault's error", "unknown"),
        (
            read_raw(500, b"", x_ms_keyvault_rbac_assignment_id=ASSIGNMENT),
            Verdict.GRANTED,
            "500",
            "rbac",
        ),
        (read_raw(503, b"<html>"), Verdict.UNKNOWN, "503 that is not a vault's error", "unknown"),
        (read(403, "Forbidden"), Verdict.UNKNOWN, "403 Forbidden", "unknown"),
        (read(403), Verdict.UNKNOWN, "403 without a code", "unknown"),
        (read(405, "MethodNotAllowed"), Verdict.UNKNOWN, "405 MethodNotAllowed", "unknown"),
        (
            read(409, "Conflict", "", "ObjectIsDeletedButRecoverable"),
            Verdict.UNKNOWN,
            "409 ObjectIsDeletedButRecoverable",
            "unknown",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_reads_as_its_verdict(reading: Reading, verdict: Verdict, evidence: str, model: str) -> None:
    assert (reading.verdict, reading.evidence, reading.model) == (verdict, evidence, model)
    assert reading.stop is None


@pytest.mark.parametrize(
    ("reading", "kind", "sentence"),
    [
        (read(401, "Unauthorized", "AKV10046: Unable to resolve the key"), "token_rejected", "refuses the token"),
        (
            read(
                401,
                "Unauthorized",
                "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://vault.azure.net/.",
            ),
            "wrong_audience",
            "got https://vault.azure.net/ (AKV10022)",
        ),
        (
            read(
                401,
                "Unauthorized",
                "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/72f9ab01-86f1-41af-91ab-2d7cd011db47/,"
                " https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/, found "
                "https://sts.windows.net/0b5e3a7c-1111-4c3e-9a55-d2f1c0ffee00/.",
            ),
            "wrong_tenant",
            "0b5e3a7c-1111-4c3e-9a55-d2f1c0ffee00",
        ),
        (read(403, "Forbidden", FIREWALL, "ForbiddenByFirewall"), "forbidden_by_firewall", "203.0.113.7"),
        (read(403, "Forbidden", FIREWALL), "forbidden_by_firewall", "203.0.113.7"),
        (read(403, "Forbidden", CONNECTION, "ForbiddenByConnection"), "forbidden_by_connection", "private links"),
        (read(403, "Forbidden", CONNECTION), "forbidden_by_connection", "private links"),
        (read(403, "Forbidden", PERIMETER), "forbidden_by_connection", "private links"),
        (read(404, "VaultNotFound"), "vault_soft_deleted", "recovered"),
        (read(429, "Throttled", retry_after="7"), "vault_throttled", "in 7 s"),
        (read(429, "Throttled"), "vault_throttled", "later"),
        (read_raw(302, b"", location="https://evil.example.com"), "vault_reply_invalid", "not followed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_about_the_permission_stops_the_probe(reading: Reading, kind: str, sentence: str) -> None:
    assert reading.verdict is Verdict.UNKNOWN
    assert reading.stop == VaultFailureKind(kind)
    assert sentence in stop_sentence(reading.stop, reading)


def test_a_denial_tells_everything_that_a_remedy_needs() -> None:
    facts = dict(read(403, "Forbidden", RBAC, "ForbiddenByRbac").facts)
    assert facts == {
        "caller_appid": "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2",
        "caller_oid": "0f3c8b1e-6d52-4f7e-8a3b-5d4f2a1c9c41",
        "caller_tenant": "72f9ab01-86f1-41af-91ab-2d7cd011db47",
        "location": "westeurope",
        "action": "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "decision_reason": "DeniedWithNoValidRBAC",
        "subscription_id": "11111111-2222-4333-8444-555555555555",
        "resource_group": "rg-(a).b_c",
        "vault_resource_id": "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-(a).b_c"
        "/providers/Microsoft.KeyVault/vaults/contoso-kv",
    }


def test_a_deny_assignment_is_named() -> None:
    message = RBAC.replace("DenyAssignmentId: null", f"DenyAssignmentId: '{ASSIGNMENT}'")
    assert dict(read(403, "Forbidden", message, "ForbiddenByRbac").facts)["deny_assignment_id"] == ASSIGNMENT


def test_a_deny_assignment_is_named_by_its_whole_id() -> None:
    named = f"/subscriptions/{ASSIGNMENT}/providers/Microsoft.Authorization/denyAssignments/{ASSIGNMENT}"
    message = RBAC.replace("DenyAssignmentId: null", f"DenyAssignmentId: '{named}'")
    assert dict(read(403, "Forbidden", message, "ForbiddenByRbac").facts)["deny_assignment_id"] == named


def test_microsofts_own_tenants_are_not_shown_as_the_vaults() -> None:
    reading = read(
        401,
        "Unauthorized",
        "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/72F9AB01-86f1-41af-91ab-2d7cd011db47/, "
        "https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/, https://sts.windows.net/"
        "e2d54eb5-3869-4f70-8578-dee5fc7331f4/, found https://sts.windows.net/0b5e3a7c-1111-4c3e-9a55-d2f1c0ffee00/.",
    )
    assert dict(reading.facts)["expected_tenants"] == "72f9ab01-86f1-41af-91ab-2d7cd011db47"


@pytest.mark.parametrize(
    "message",
    [
        RBAC.replace("vaults/contoso-kv/", "vaults/other-kv/"),
        RBAC.replace("rg-(a).b_c", "rg; rm -rf ~"),
        RBAC.replace("rg-(a).b_c", "$(reboot)"),
        RBAC.replace("11111111-2222-4333-8444-555555555555", "`reboot`"),
    ],
)
def test_an_arm_id_of_another_vault_or_with_a_shell_command_in_it_is_no_fact(message: str) -> None:
    facts = dict(read(403, "Forbidden", message, "ForbiddenByRbac").facts)
    assert "vault_resource_id" not in facts
    assert "resource_group" not in facts


def test_a_token_echoed_in_an_error_is_not_kept() -> None:
    message = "AKV10046: Unable to resolve the key. EncodedJwtHeader: 'eyJhbGciOiJSUzI1NiJ9'"
    assert "eyJ" not in read(401, "Unauthorized", message).error.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "message", "innererror", "innerError"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)  # the machine may be busy
@given(JSON, st.integers(200, 599), st.text(max_size=40))
def test_no_json_raises(document: object, status: int, header: str) -> None:
    reading = read_raw(status, json.dumps(document).encode(), x_ms_keyvault_rbac_assignment_id=header)
    assert reading.evidence.startswith(str(status))


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=300), st.integers(100, 599))
def test_no_bytes_raise(body: bytes, status: int) -> None:
    read_raw(status, body)


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=300))
def test_no_message_raises_and_facts_stay_plain(message: str) -> None:
    for name, value in read(403, "Forbidden", f"{RBAC}{message}{POLICY}", "ForbiddenByRbac").facts:
        assert value.isprintable(), name


@pytest.mark.parametrize(
    "body", [b"", b"[" * 100_000, b"{}", b"[]", b'"x"', b'{"error": []}', b'{"error": {"code": ', b"\xff\xfe{}"]
)
def test_what_is_no_error_envelope_is_none(body: bytes) -> None:
    assert parse_error(body) is None


def test_hostile_lengths_and_types_are_cut() -> None:
    body = json.dumps({"error": {"code": "A" * 10_000, "message": 7, "innererror": {"code": ["x"]}}}).encode()
    assert parse_error(body[:16000]) == ErrorBody("A" * 64, "", "")
