"""Scopes, conditions, deny assignments, propagation, and the words of each refusal."""

from __future__ import annotations

import time

import pytest

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import ABSENT, APPLICATION, CALLER, TENANT, VERSION, Wire

USER = "Key Vault Secrets User"
PROPAGATION = (
    "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time."
)
WHO = f"appid={APPLICATION};oid={CALLER};iss=https://sts.windows.net/{TENANT}/"
VAULT = (
    "/subscriptions/11111111-2222-4333-8444-555555555555/resourcegroups/rg-contoso"
    "/providers/microsoft.keyvault/vaults/contoso-kv"
)


def test_an_rbac_refusal_names_caller_action_and_resource(wire: Wire) -> None:
    answer = wire.send("GET", f"/secrets/{ABSENT}/{VERSION}")
    assert (answer.status, answer.code, answer.inner) == (403, "Forbidden", "ForbiddenByRbac")
    assert answer.message.split("\r\n") == [
        "Caller is not authorized to perform action on resource.",
        PROPAGATION,
        f"Caller: {WHO}",
        "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
        f"Resource: '{VAULT}/secrets/{ABSENT}'",
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: 'DeniedWithNoValidRBAC' ",
        "Vault: contoso-kv;location=westeurope",
        "",
    ]


def test_a_list_is_refused_on_the_vault_itself(wire: Wire) -> None:
    assert f"Resource: '{VAULT}'" in wire.send("GET", "/secrets").message


def test_a_policy_refusal_names_caller_permission_and_vault(vault: SimulatedVault, wire: Wire) -> None:
    vault.model = "access_policy"
    answer = wire.send("GET", f"/secrets/{ABSENT}")
    assert (answer.status, answer.code, answer.inner) == (403, "Forbidden", "AccessDenied")
    assert answer.message == (
        f"The user, group or application '{WHO}' does not have secrets get permission on key vault "
        "'contoso-kv;location=westeurope'. For help resolving this issue, please see "
        "https://go.microsoft.com/fwlink/?linkid=2125287"
    )


def test_the_network_refusals(vault: SimulatedVault, wire: Wire) -> None:
    vault.firewall = True
    answer = wire.send("GET", "/secrets")
    assert answer.inner == "ForbiddenByFirewall"
    assert answer.message.split("\r\n") == [
        "Client address is not authorized and caller is not a trusted service.",
        "Client address: 203.0.113.7",
        f"Caller: {WHO}",
        "Vault: contoso-kv;location=westeurope",
    ]
    vault.public_access = False
    answer = wire.send("GET", "/secrets")
    assert answer.inner == "ForbiddenByConnection"
    assert answer.message.startswith("Public network access is disabled and request is not from a trusted service")
    vault.perimeter_wording = True
    assert wire.send("GET", "/secrets").message.startswith("Connection is not an approved private link")


def test_a_grant_proves_itself_on_every_status(vault: SimulatedVault, wire: Wire) -> None:
    assignment = vault.grant(CALLER, USER)
    vault.secrets["there"] = "x"
    for path, status in ((f"/secrets/{ABSENT}", 404), ("/secrets/there", 200), (f"/secrets/{ABSENT}/versions", 200)):
        answer = wire.send("GET", path)
        assert (answer.status, answer.headers["x-ms-keyvault-rbac-assignment-id"]) == (status, assignment)
        assert answer.headers["x-ms-keyvault-rbac-cache"].startswith("ra_age=")
    assert "x-ms-keyvault-rbac-assignment-id" not in wire.send("PUT", f"/secrets/{ABSENT}", b"{").headers


def test_a_policy_vault_has_no_rbac_headers_and_ignores_roles(vault: SimulatedVault, wire: Wire) -> None:
    vault.model = "access_policy"
    vault.grant(CALLER, USER)
    assert wire.send("GET", f"/secrets/{ABSENT}").status == 403
    vault.allow(CALLER.upper(), "secrets", "Get")
    answer = wire.send("GET", f"/secrets/{ABSENT}")
    assert answer.status == 404
    assert not [name for name in answer.headers if "rbac" in name]


def test_an_rbac_vault_ignores_policies(vault: SimulatedVault, wire: Wire) -> None:
    vault.allow(CALLER, "secrets", "all")
    assert wire.send("GET", f"/secrets/{ABSENT}").inner == "ForbiddenByRbac"


def test_a_grant_on_one_secret_reaches_that_secret_only(vault: SimulatedVault, wire: Wire) -> None:
    vault.secrets["db-password"] = "x"
    vault.grant(CALLER, USER, scope="secrets/db-password")
    assert wire.send("GET", "/secrets/db-password").status == 200
    assert wire.send("GET", f"/secrets/db-password/{VERSION}").code == "SecretNotFound"
    assert wire.send("GET", "/secrets/db-password/versions").status == 200
    assert wire.send("GET", f"/secrets/{ABSENT}").status == 403
    assert wire.send("GET", "/secrets").status == 403
    assert wire.send("GET", "/keys/db-password").status == 403


def test_a_condition_on_the_name_is_a_prefix_and_minds_case(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Administrator")
    vault.require_prefix("app-", CALLER)
    assert wire.send("GET", "/secrets/app-one").status == 404
    for path in ("/secrets/App-one", "/secrets/other", "/secrets"):
        assert wire.send("GET", path).inner == "ForbiddenByRbac"
    assert wire.send("GET", "/keys/other").status == 404


def test_a_deny_assignment_is_stronger_than_a_role(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Administrator")
    denied_by = vault.deny(CALLER, "secrets/getSecret/*")
    answer = wire.send("GET", f"/secrets/{ABSENT}")
    assert answer.inner == "ForbiddenByRbac"
    assert f"DenyAssignmentId: '{denied_by}'" in answer.message
    assert wire.send("GET", "/secrets").status == 200


def test_a_grant_can_take_some_requests_to_arrive(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, USER, after_requests=2)
    assert [wire.send("GET", f"/secrets/{ABSENT}").status for _ in range(4)] == [403, 403, 404, 404]


def test_a_grant_can_take_time_to_arrive() -> None:
    start = time.time()
    now = [start]
    statuses = []
    with SimulatedVault(tls=False, clock=lambda: now[0]) as vault:
        wire = Wire(vault)
        vault.grant(CALLER, USER, at=start + 30)
        for seconds in (0, 29, 30):
            now[0] = start + seconds
            statuses.append(wire.send("GET", f"/secrets/{ABSENT}").status)
        wire.close()
    assert statuses == [403, 403, 404]


def test_rights_can_be_taken_away(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, USER)
    vault.allow(CALLER, "secrets", "get")
    vault.revoke(CALLER)
    assert wire.send("GET", f"/secrets/{ABSENT}").status == 403
    vault.model = "access_policy"
    assert wire.send("GET", f"/secrets/{ABSENT}").status == 403


def test_another_caller_gains_nothing(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, USER)
    assert wire.send("GET", f"/secrets/{ABSENT}", oid="another").status == 403


def test_a_role_that_does_not_exist_is_an_error_of_the_test(vault: SimulatedVault) -> None:
    with pytest.raises(KeyError):
        vault.grant(CALLER, "Key Vault Wizard")
