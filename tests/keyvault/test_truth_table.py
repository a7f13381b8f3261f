"""Every built-in role against every permission that can be tested, as the documentation of the roles has it."""

from __future__ import annotations

import pytest

from mitui.keyvault.permission_table import OPERATIONS, sent_operations
from mitui.keyvault.verdict import ProbeDepth, Verdict
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import CALLER, client_for, probe, words

SECRET_READS = {"secrets/get", "secrets/list"}
SECRET_WRITES = {f"secrets/{word}" for word in ("update", "backup", "recover", "delete", "purge")}
KEY_READS = {"keys/get", "keys/list"}
CRYPTO = {f"keys/{word}" for word in ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey")}
KEY_WRITES = {f"keys/{word}" for word in ("update", "backup", "recover", "delete", "purge", "rotate")}
ROTATION = {"keys/getrotationpolicy", "keys/setrotationpolicy"}
CERTIFICATE_READS = {"certificates/get", "certificates/list"}
CERTIFICATE_WRITES = {f"certificates/{word}" for word in ("update", "backup", "recover", "delete", "purge")}
ISSUERS = {"certificates/getissuers"}
EVERYTHING = {row.word for row in OPERATIONS if row.method}

GRANTED = {
    "Key Vault Administrator": EVERYTHING,
    "Key Vault Secrets Officer": SECRET_READS | SECRET_WRITES,
    "Key Vault Secrets User": SECRET_READS,
    "Key Vault Reader": {"secrets/list", "keys/getrotationpolicy"} | KEY_READS | CERTIFICATE_READS | ISSUERS,
    "Key Vault Certificate User": SECRET_READS | KEY_READS | CERTIFICATE_READS,
    "Key Vault Certificates Officer": CERTIFICATE_READS | CERTIFICATE_WRITES | ISSUERS,
    "Key Vault Crypto Officer": KEY_READS | CRYPTO | KEY_WRITES | ROTATION | {"keys/release"},
    "Key Vault Crypto User": KEY_READS | CRYPTO | {"keys/update", "keys/backup"},
    "Key Vault Crypto Service Encryption User": KEY_READS | {"keys/wrapKey", "keys/unwrapKey"},
    "Key Vault Crypto Service Release User": {"keys/release"},
    "Key Vault Contributor": set[str](),
    "Owner": set[str](),
}
# What no request can test harmlessly, and what the other answers make of it.
LIKELY = {
    "Key Vault Administrator": {row.word for row in OPERATIONS if not row.method},
    "Key Vault Secrets Officer": {"secrets/set", "secrets/restore"},
    "Key Vault Certificates Officer": {"certificates/create", "certificates/import", "certificates/restore"},
    "Key Vault Crypto Officer": {"keys/create", "keys/import", "keys/restore"},
}


DEPTHS: tuple[ProbeDepth, ...] = ("crypto", "deep")


@pytest.mark.parametrize("role", GRANTED)
async def test_each_role_shows_as_what_it_grants(role: str) -> None:
    granted, denied = set[str](), set[str]()
    with SimulatedVault() as vault:
        vault.grant(CALLER, role)
        client = client_for(vault)
        for depth in DEPTHS:
            result = await probe(vault, depth=depth, client=client)
            sent = {row.word for row in sent_operations(depth)}
            assert words(result, Verdict.GRANTED) == GRANTED[role] & sent
            assert words(result, Verdict.DENIED) == sent - GRANTED[role]
            assert result.failure is None
            assert result.requests_sent <= 30
            assert result.model == "rbac"
            granted |= words(result, Verdict.GRANTED)
            denied |= words(result, Verdict.DENIED)
        await client.aclose()
    assert granted == GRANTED[role]
    assert granted | denied == EVERYTHING


@pytest.mark.parametrize("role", ["Key Vault Administrator", "Key Vault Certificate User", "Key Vault Crypto User"])
async def test_the_answers_read_the_same_without_the_undocumented_headers(role: str) -> None:
    with SimulatedVault() as vault:
        vault.rbac_headers = False
        vault.grant(CALLER, role)
        result = await probe(vault)
    sent = {row.word for row in sent_operations("read")}
    assert words(result, Verdict.GRANTED) == GRANTED[role] & sent
    assert words(result, Verdict.DENIED) == sent - GRANTED[role]
    # with everything granted, nothing tells the model
    assert result.model == ("unknown" if role == "Key Vault Administrator" else "rbac")


@pytest.mark.parametrize("role", [*LIKELY, "Key Vault Reader", "Owner"])
async def test_what_cannot_be_tested_is_inferred_from_the_roles_that_fit(role: str) -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, role)
        result = await probe(vault, depth="deep")
    assert words(result, Verdict.LIKELY, inferred=True) == LIKELY.get(role, set())
    untestable = {row.word for row in OPERATIONS if not row.method}
    assert words(result, Verdict.DENIED, inferred=True) == untestable - LIKELY.get(role, set())
    for each in result.permissions:
        if each.inferred:
            assert each.http_status is None
            assert each.evidence.startswith("inferred")


async def test_set_is_denied_for_a_secrets_user_and_likely_for_an_officer_at_depth_crypto() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Secrets User")
        assert "secrets/set" in words(await probe(vault, depth="crypto"), Verdict.DENIED, inferred=True)
        vault.grant(CALLER, "Key Vault Secrets Officer")
        assert "secrets/set" in words(await probe(vault, depth="crypto"), Verdict.LIKELY, inferred=True)


@pytest.mark.parametrize("code", ["AccessDenied", "ForbiddenByPolicy"])
async def test_an_access_policy_shows_permission_by_permission(code: str) -> None:
    with SimulatedVault() as vault:
        vault.model = "access_policy"
        vault.policy_code = code  # type: ignore[assignment]
        vault.allow(CALLER, "secrets", "get")
        vault.allow(CALLER, "keys", "list", "sign")
        result = await probe(vault, depth="crypto")
    assert result.model == "access_policy"
    assert words(result, Verdict.GRANTED) == {"secrets/get", "keys/list", "keys/sign"}
    assert "secrets/list" in words(result, Verdict.DENIED)
    assert not words(result, Verdict.LIKELY, inferred=True)
    assert {row.word for row in OPERATIONS if not row.method} - {"secrets/set"} <= words(result, Verdict.UNTESTED)


async def test_on_an_access_policy_vault_the_update_of_nothing_tests_set() -> None:
    with SimulatedVault() as vault:
        vault.model = "access_policy"
        vault.allow(CALLER, "secrets", "set")
        result = await probe(vault, depth="crypto")
    assert "secrets/set" in words(result, Verdict.GRANTED)
    assert not [each for each in result.permissions if (each.object_type, each.permission) == ("secrets", "update")]


async def test_an_access_policy_with_everything_leaves_the_model_open_and_says_so() -> None:
    with SimulatedVault() as vault:
        vault.model = "access_policy"
        for kind in ("secrets", "keys", "certificates"):
            vault.allow(CALLER, kind, "all", "purge")
        result = await probe(vault, depth="crypto")
    assert result.model == "unknown"
    assert any("hides existence" in note for note in result.notes)
    assert "secrets/set" in words(result, Verdict.LIKELY, inferred=True)
