"""The truth table: every built-in role against every operation of the data plane."""

from __future__ import annotations

from typing import Final

import pytest

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import ABSENT, CALLER, VERSION, Wire

N: Final = ABSENT
ROLE_NAMES: Final = {
    "SO": "Key Vault Secrets Officer",
    "SU": "Key Vault Secrets User",
    "Rd": "Key Vault Reader",
    "CU": "Key Vault Certificate User",
    "CeO": "Key Vault Certificates Officer",
    "CrO": "Key Vault Crypto Officer",
    "CrU": "Key Vault Crypto User",
    "Enc": "Key Vault Crypto Service Encryption User",
    "Rel": "Key Vault Crypto Service Release User",
}
NO_DATA: Final = ("Key Vault Contributor", "Key Vault Data Access Administrator", "Owner", "Contributor")

# operation, access-policy permission, roles besides the Administrator. Nothing here exists, so nothing is changed.
TABLE: Final = (
    ("GET /secrets", "secrets list", "SO SU Rd CU"),
    (f"GET /secrets/{N}/versions", "secrets list", "SO SU Rd CU"),
    (f"GET /secrets/{N}", "secrets get", "SO SU CU"),
    (f"GET /secrets/{N}/{VERSION}", "secrets get", "SO SU CU"),
    (f"PUT /secrets/{N}", "secrets set", "SO"),
    (f"PATCH /secrets/{N}/{VERSION}", "secrets set", "SO"),
    (f"DELETE /secrets/{N}", "secrets delete", "SO"),
    ("GET /deletedsecrets", "secrets list", "SO SU Rd CU"),
    (f"GET /deletedsecrets/{N}", "secrets get", "SO SU Rd CU"),
    (f"POST /deletedsecrets/{N}/recover", "secrets recover", "SO"),
    (f"DELETE /deletedsecrets/{N}", "secrets purge", "SO"),
    (f"POST /secrets/{N}/backup", "secrets backup", "SO"),
    ("POST /secrets/restore", "secrets restore", "SO"),
    ("GET /keys", "keys list", "CrO CrU Enc Rd CU"),
    (f"GET /keys/{N}/versions", "keys list", "CrO CrU Enc Rd CU"),
    (f"GET /keys/{N}", "keys get", "CrO CrU Enc Rd CU"),
    (f"GET /keys/{N}/{VERSION}", "keys get", "CrO CrU Enc Rd CU"),
    (f"GET /keys/{N}/{VERSION}/attestation", "keys get", "CrO CrU Enc Rd CU"),
    (f"POST /keys/{N}/create", "keys create", "CrO"),
    (f"PUT /keys/{N}", "keys import", "CrO"),
    (f"PATCH /keys/{N}/{VERSION}", "keys update", "CrO CrU"),
    (f"DELETE /keys/{N}", "keys delete", "CrO"),
    ("GET /deletedkeys", "keys list", "CrO CrU Enc Rd CU"),
    (f"GET /deletedkeys/{N}", "keys get", "CrO CrU Enc Rd CU"),
    (f"POST /deletedkeys/{N}/recover", "keys recover", "CrO"),
    (f"DELETE /deletedkeys/{N}", "keys purge", "CrO"),
    (f"POST /keys/{N}/backup", "keys backup", "CrO CrU"),
    ("POST /keys/restore", "keys restore", "CrO"),
    (f"POST /keys/{N}/{VERSION}/encrypt", "keys encrypt", "CrO CrU"),
    (f"POST /keys/{N}/{VERSION}/decrypt", "keys decrypt", "CrO CrU"),
    (f"POST /keys/{N}/{VERSION}/sign", "keys sign", "CrO CrU"),
    (f"POST /keys/{N}/{VERSION}/verify", "keys verify", "CrO CrU"),
    (f"POST /keys/{N}/{VERSION}/wrapkey", "keys wrapKey", "CrO CrU Enc"),
    (f"POST /keys/{N}/{VERSION}/unwrapkey", "keys unwrapKey", "CrO CrU Enc"),
    (f"POST /keys/{N}/{VERSION}/release", "keys release", "CrO Rel"),
    (f"POST /keys/{N}/rotate", "keys rotate", "CrO"),
    (f"GET /keys/{N}/rotationpolicy", "keys getrotationpolicy", "CrO Rd"),
    (f"PUT /keys/{N}/rotationpolicy", "keys setrotationpolicy", "CrO"),
    ("GET /certificates", "certificates list", "CeO CU Rd"),
    (f"GET /certificates/{N}/versions", "certificates list", "CeO CU Rd"),
    (f"GET /certificates/{N}", "certificates get", "CeO CU Rd"),
    (f"GET /certificates/{N}/{VERSION}", "certificates get", "CeO CU Rd"),
    (f"GET /certificates/{N}/policy", "certificates get", "CeO CU Rd"),
    (f"GET /certificates/{N}/pending", "certificates get", "CeO CU Rd"),
    (f"POST /certificates/{N}/create", "certificates create", "CeO"),
    (f"POST /certificates/{N}/pending/merge", "certificates create", "CeO"),
    (f"POST /certificates/{N}/import", "certificates import", "CeO"),
    (f"PATCH /certificates/{N}/{VERSION}", "certificates update", "CeO"),
    (f"PATCH /certificates/{N}/policy", "certificates update", "CeO"),
    (f"PATCH /certificates/{N}/pending", "certificates update", "CeO"),
    (f"DELETE /certificates/{N}/pending", "certificates update", "CeO"),
    (f"DELETE /certificates/{N}", "certificates delete", "CeO"),
    ("GET /deletedcertificates", "certificates list", "CeO CU Rd"),
    (f"GET /deletedcertificates/{N}", "certificates get", "CeO CU Rd"),
    (f"POST /deletedcertificates/{N}/recover", "certificates recover", "CeO"),
    (f"DELETE /deletedcertificates/{N}", "certificates purge", "CeO"),
    (f"POST /certificates/{N}/backup", "certificates backup", "CeO"),
    ("POST /certificates/restore", "certificates restore", "CeO"),
    ("GET /certificates/issuers", "certificates listissuers", "CeO Rd"),
    (f"GET /certificates/issuers/{N}", "certificates getissuers", "CeO Rd"),
    (f"PUT /certificates/issuers/{N}", "certificates setissuers", "CeO"),
    (f"PATCH /certificates/issuers/{N}", "certificates setissuers", "CeO"),
    (f"DELETE /certificates/issuers/{N}", "certificates deleteissuers", "CeO"),
    ("GET /certificates/contacts", "certificates managecontacts", "CeO"),
    ("PUT /certificates/contacts", "certificates managecontacts", "CeO"),
    ("DELETE /certificates/contacts", "certificates managecontacts", "CeO"),
)


def permitted(wire: Wire) -> set[str]:
    """The operations that are not refused with a 403; broken bodies keep those that could change something harmless."""
    allowed = set()
    for operation, *_ in TABLE:
        method, _, path = operation.partition(" ")
        answer = wire.send(method, path, None if method in ("GET", "DELETE") else b"{")
        if answer.status != 403:
            allowed.add(operation)
            assert answer.status in (200, 400, 404), operation
    return allowed


@pytest.mark.parametrize("short", ROLE_NAMES)
def test_a_role_permits_its_row_and_nothing_else(vault: SimulatedVault, wire: Wire, short: str) -> None:
    vault.grant(CALLER, ROLE_NAMES[short])
    assert permitted(wire) == {operation for operation, _, roles in TABLE if short in roles.split()}
    assert not vault.mutating_requests_that_could_succeed()


def test_the_administrator_may_do_everything(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "00482a5a-887f-4fb3-b363-3b7fe8e74483")
    assert permitted(wire) == {operation for operation, *_ in TABLE}


@pytest.mark.parametrize("role", NO_DATA)
def test_managing_a_vault_shows_none_of_its_data(vault: SimulatedVault, wire: Wire, role: str) -> None:
    vault.grant(CALLER, role)
    assert permitted(wire) == set()


@pytest.mark.parametrize("permission", sorted({permission for _, permission, _ in TABLE}))
def test_a_policy_permission_permits_its_operations(vault: SimulatedVault, wire: Wire, permission: str) -> None:
    vault.model = "access_policy"
    vault.allow(CALLER, *permission.split())
    assert permitted(wire) == {operation for operation, needs, _ in TABLE if needs == permission}


def test_manageissuers_stands_for_the_four_permissions_on_issuers(vault: SimulatedVault, wire: Wire) -> None:
    vault.model = "access_policy"
    vault.allow(CALLER, "certificates", "manageissuers")
    assert permitted(wire) == {operation for operation, needs, _ in TABLE if needs.endswith("issuers")}


def test_all_does_not_include_purge(vault: SimulatedVault, wire: Wire) -> None:
    vault.model = "access_policy"
    vault.allow(CALLER, "secrets", "all")
    secrets = {operation for operation, needs, _ in TABLE if needs.startswith("secrets")}
    assert permitted(wire) == secrets - {f"DELETE /deletedsecrets/{N}"}
