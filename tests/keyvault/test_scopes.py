"""Grants that do not cover the whole vault, and vaults and objects in states of their own."""

from __future__ import annotations

import re

import pytest

from mitui.keyvault.probe_result import VaultFailureKind
from mitui.keyvault.verdict import Verdict
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import CALLER, cell, probe, words

CANARY = "canary-value-of-db-password"


async def test_a_grant_on_one_secret_shows_when_that_secret_is_named() -> None:
    with SimulatedVault() as vault:
        vault.secrets["db-password"] = CANARY
        vault.grant(CALLER, "Key Vault Secrets User", scope="secrets/db-password")
        alone = await probe(vault)
        named = await probe(vault, secret="db-password")
        asked = [each for each in vault.requests if each.name == "db-password"]
    assert cell(alone, "secrets/get").verdict is Verdict.DENIED
    assert any("name a secret" in note for note in alone.notes)
    assert cell(named, "secrets/get").verdict is Verdict.DENIED
    assert cell(named, "secrets/get", "secret db-password").verdict is Verdict.GRANTED
    [request] = asked
    assert re.fullmatch(r"/secrets/db-password/[0-9a-f]{32}", request.path)
    assert request.status == 404
    assert CANARY not in repr(named)


async def test_a_named_secret_without_a_grant_is_denied() -> None:
    with SimulatedVault() as vault:
        vault.secrets["db-password"] = CANARY
        result = await probe(vault, secret="db-password")
    assert cell(result, "secrets/get", "secret db-password").verdict is Verdict.DENIED


async def test_a_disabled_secret_is_one_that_may_be_read() -> None:
    with SimulatedVault() as vault:
        vault.secrets["db-password"] = CANARY
        vault.disable_secret("db-password")
        vault.grant(CALLER, "Key Vault Secrets User")
        result = await probe(vault, secret="db-password")
    assert cell(result, "secrets/get", "secret db-password").verdict is Verdict.GRANTED


async def test_a_condition_on_names_shows_when_the_prefix_is_given() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Secrets User")
        vault.require_prefix("app-", CALLER)
        plain = await probe(vault)
        prefixed = await probe(vault, prefix="app-")
        names = vault.names_used()
    assert cell(plain, "secrets/get").verdict is Verdict.DENIED
    assert cell(prefixed, "secrets/get", "names app-…").verdict is Verdict.GRANTED
    assert cell(prefixed, "secrets/list", "names app-…").verdict is Verdict.GRANTED
    assert cell(prefixed, "secrets/list").verdict is Verdict.DENIED  # the whole vault
    assert any("begin with app-" in note for note in prefixed.notes)
    assert {name for name in names if name.startswith("app-mitui-probe-")}


async def test_a_deny_assignment_beats_the_role_and_is_named() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Secrets User")
        denied_by = vault.deny(CALLER, "secrets/getSecret/action")
        result = await probe(vault)
    found = cell(result, "secrets/get")
    assert found.verdict is Verdict.DENIED
    assert found.fact("deny_assignment_id") == denied_by
    assert cell(result, "secrets/list").verdict is Verdict.GRANTED
    assert result.fact("deny_assignment_id") == ""  # it belongs to one answer


async def test_what_an_answer_reveals_is_kept_for_the_remedy() -> None:
    with SimulatedVault() as vault:
        assignment = vault.grant(CALLER, "Key Vault Secrets User")
        result = await probe(vault)
    assert result.model == "rbac"
    assert result.tenant_id == result.token_tenant_id == vault.tenant_id
    assert result.fact("vault_resource_id") == (
        f"/subscriptions/{vault.subscription_id}/resourceGroups/rg-contoso/providers/Microsoft.KeyVault/vaults/contoso-kv"
    )
    for name, value in {
        "subscription_id": vault.subscription_id,
        "resource_group": "rg-contoso",
        "location": "westeurope",
        "region": "westeurope",
        "service_version": vault.service_version,
        "source_address": vault.source_address,
        "caller_oid": CALLER,
        "model_reason": "an answer names a role assignment",
    }.items():
        assert result.fact(name) == value
    granted = cell(result, "secrets/get")
    assert granted.assignment_id == assignment
    assert granted.request_id
    denied = cell(result, "keys/get")
    assert (denied.http_status, denied.code, denied.inner_code) == (403, "Forbidden", "ForbiddenByRbac")
    assert denied.least_role == "Key Vault Reader"
    assert denied.data_action == "keys/read"


@pytest.mark.parametrize("state", ["state.purge_protected", "state.no_soft_delete"])
async def test_purge_is_blocked_by_the_vault_and_not_denied(state: str) -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        vault.fail(state)
        result = await probe(vault, depth="deep")
    assert {"secrets/purge", "keys/purge", "certificates/purge"} <= words(result, Verdict.BLOCKED)
    assert not words(result, Verdict.DENIED)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("network.firewall", VaultFailureKind.FORBIDDEN_BY_FIREWALL),
        ("network.private_only", VaultFailureKind.FORBIDDEN_BY_CONNECTION),
        ("network.perimeter", VaultFailureKind.FORBIDDEN_BY_CONNECTION),
        ("state.soft_deleted", VaultFailureKind.VAULT_SOFT_DELETED),
        ("service.throttled", VaultFailureKind.THROTTLED),
        ("token.signing_key", VaultFailureKind.TOKEN_REJECTED),
        ("token.revoked", VaultFailureKind.TOKEN_REJECTED),
    ],
)
@pytest.mark.parametrize("inner", ["innererror", ""])
async def test_an_answer_about_something_else_ends_the_probe_at_once(
    fault: str, kind: VaultFailureKind, inner: str
) -> None:
    with SimulatedVault() as vault:
        vault.inner_error = inner  # type: ignore[assignment]
        vault.grant(CALLER, "Key Vault Administrator")
        vault.fail(fault)
        result = await probe(vault, depth="deep")
        sent = len(vault.requests)
    assert result.failure is not None
    assert (result.failure.kind, result.failure.stage) == (kind, "permissions")
    assert result.failure.exchanges
    assert sent == result.requests_sent == 3  # health, challenge, and the one that said it
    assert {each.verdict for each in result.permissions} <= {Verdict.UNKNOWN, Verdict.UNTESTED}
    assert all(each.evidence for each in result.permissions)
    assert result.stages[-1].status == "failed"


async def test_the_service_may_fail_once_and_not_twice_running() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        vault.fail("service.unavailable", times=1)
        once = await probe(vault)
        vault.fail("service.error", times=2)
        twice = await probe(vault)
    assert once.failure is None
    assert cell(once, "secrets/get").verdict is Verdict.UNKNOWN
    assert cell(once, "secrets/list").verdict is Verdict.GRANTED
    assert twice.failure is not None
    assert twice.failure.kind is VaultFailureKind.SERVER_ERROR
    assert twice.requests_sent == 4


async def test_without_a_sign_that_the_name_is_free_nothing_but_reads_is_sent() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        vault.fail("service.unavailable", times=1, path="/keys/*")
        result = await probe(vault, depth="deep")
        methods = {each.method for each in vault.requests if "keys" in each.path}
    assert methods == {"GET"}
    assert cell(result, "keys/delete").verdict is Verdict.UNTESTED
    assert "not sent" in cell(result, "keys/delete").evidence
    assert cell(result, "secrets/delete").verdict is Verdict.GRANTED


@pytest.mark.parametrize(("secret", "prefix"), [("../keys", ""), ("a" * 128, ""), ("", "a/b"), ("", "é")])
async def test_a_name_that_no_secret_has_is_refused_before_anything_is_sent(secret: str, prefix: str) -> None:
    with SimulatedVault() as vault:
        result = await probe(vault, secret=secret, prefix=prefix)
        assert not vault.requests
    assert result.failure is not None
    assert result.failure.kind is VaultFailureKind.ADDRESS_REFUSED
    assert "letters, digits and hyphens" in result.failure.message
    assert [stage.status for stage in result.stages] == ["failed", *["skipped"] * 6]
