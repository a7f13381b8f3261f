"""A simulated vault that refuses, the probe, and the advice with this vault's facts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mitui.diagnosis.advice import Advice
from mitui.diagnosis.steps import to_copy, uses_of
from mitui.diagnosis.vault.advice import advise_permission, advise_vault
from mitui.engine.host.facts import HostFacts
from mitui.keyvault.probe_result import ProbeResult
from mitui.simulator.identities import TENANT
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import CALLER, Source, cell, probe, token_for


def stop_advice(result: ProbeResult, tenant: str = TENANT) -> tuple[Advice, ...]:
    assert result.failure is not None
    return advise_vault(result.failure, result, HostFacts(), token_for(tenant=tenant).actual)


async def test_an_access_policy_that_lacks_get() -> None:
    with SimulatedVault() as vault:
        vault.model = "access_policy"
        vault.allow(CALLER, "secrets", "list")
        result = await probe(vault)
    advice = advise_permission(cell(result, "secrets/get"), result, HostFacts(), token_for().actual)

    assert advice[0].kind == "policy_missing"
    assert advice[0].purposes == ("look", "mend")
    assert advice[0].commands[1] == (
        f"az keyvault set-policy --name contoso-kv --object-id {CALLER} --secret-permissions list get"
    )


@pytest.mark.parametrize("fault", ["permission.no_inner_error", "permission.inner_error_camel", "permission.by_policy"])
async def test_a_policy_is_recognised_whatever_the_codes(fault: str) -> None:
    with SimulatedVault() as vault:
        vault.model = "access_policy"
        vault.fail(fault)
        result = await probe(vault)
    advice = advise_permission(cell(result, "secrets/get"), result, HostFacts(), token_for().actual)

    assert advice[0].kind == "policy_missing"


async def test_roles_without_inner_codes() -> None:
    with SimulatedVault() as vault:
        vault.fail("permission.no_inner_error")
        result = await probe(vault)
    advice = advise_permission(cell(result, "secrets/get"), result, HostFacts(), token_for().actual)

    assert advice[0].kind == "role_missing"
    assert CALLER in advice[0].commands[0]


STOPS: tuple[tuple[str, Callable[[SimulatedVault], None], str], ...] = (
    ("firewall_address", lambda vault: vault.fail("network.firewall"), ""),
    ("public_access_disabled", lambda vault: vault.fail("network.private_only"), "az keyvault private-endpoint"),
    ("public_access_disabled", lambda vault: vault.fail("network.perimeter"), "az keyvault private-endpoint"),
    ("vault_soft_deleted", lambda vault: vault.fail("state.soft_deleted"), "az keyvault list-deleted"),
    ("vault_lacks_signing_keys", lambda vault: vault.fail("token.signing_key"), ""),
    ("session_revoked", lambda vault: vault.fail("token.revoked"), ""),
    ("vault_throttled", lambda vault: vault.fail("service.throttled"), ""),
    ("not_a_vault", lambda vault: vault.fail("challenge.hostile_resource"), ""),
)


@pytest.mark.parametrize(("kind", "arrange", "command"), STOPS)
async def test_a_vault_that_stops_the_probe(kind: str, arrange: Callable[[SimulatedVault], None], command: str) -> None:
    with SimulatedVault() as vault:
        arrange(vault)
        result = await probe(vault)
    kinds = [each.kind for each in stop_advice(result)]

    assert kind in kinds
    if command:
        assert any(each.startswith(command) for advice in stop_advice(result) for each in advice.commands)


async def test_a_token_of_another_tenant_names_both() -> None:
    other = "99999999-2222-4333-8444-555555555555"
    with SimulatedVault() as vault:
        result = await probe(vault, Source(token_for(tenant=other)))
    advice = stop_advice(result, other)[0]

    assert advice.kind == "vault_wrong_tenant"
    assert other in advice.cause
    assert advice.purposes == ("look", "look", "mend", "mend")
    assert advice.commands[3] == f"az keyvault update --name contoso-kv --set properties.tenantId={other}"
    assert all(advice.costs[2:])
    assert to_copy(uses_of(advice)) == 0


async def test_a_disabled_secret_shows_that_the_permission_is_there() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, role="Key Vault Secrets User", scope="vault")
        vault.secrets["db-password"] = "canary"
        vault.fail("state.secret_disabled")
        result = await probe(vault, secret="db-password")
    found = [
        advice.kind
        for permission in result.permissions
        for advice in advise_permission(permission, result, HostFacts(), token_for().actual)
        if permission.object_type == "secrets"
    ]

    assert "role_missing" not in found or "object_disabled" in found
