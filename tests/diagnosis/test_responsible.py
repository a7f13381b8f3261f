"""Who is said to be able to do it may run every command that changes something."""

from __future__ import annotations

from typing import Any

import pytest

from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.diagnosis.catalogue.vault import PERMISSION_CAUSES
from mitui.diagnosis.cause import Cause
from mitui.diagnosis.commands import Listing, PerHost, WhenKnown
from mitui.diagnosis.vault.advice import VAULT_CAUSES

# By how a command begins, and what else stands in it: a role that takes part in what it needs.
_NEEDS = (
    ("az identity federated-credential create", "", "Managed Identity Contributor on the identity"),
    ("az network vnet subnet update", "", "Network Contributor on the virtual network"),
    ("az keyvault network-rule add", "", "Key Vault Contributor"),
    ("az keyvault network-rule add", "--subnet", "Network Contributor on the virtual network"),
    ("az keyvault set-policy", "", "Key Vault Contributor"),
    ("az keyvault update", "", "Key Vault Contributor"),
    ("az keyvault {singular} ", "", "Officer"),
    ("az keyvault key ", "", "Officer"),
    ("az keyvault role ", "", "Managed HSM"),
    ("az role assignment create", "", "User Access Administrator"),
    ("az aks update", "", "Azure Kubernetes Service Contributor Role"),
    ("az vm identity assign", "--identities {identity_resource_id}", "Managed Identity Operator on the identity"),
    ("az vm identity assign", "", "Contributor on this host's resource"),
)
EVERY_CAUSE: tuple[Cause[Any], ...] = (*TOKEN_CAUSES, *PERMISSION_CAUSES, *VAULT_CAUSES)


def _templates(cause: Cause[Any]) -> list[str]:
    found: list[str] = []
    for command in cause.commands:
        if isinstance(command, PerHost):
            found += [each for group in command.templates.values() for each in group]
        else:
            found.append(command.template if isinstance(command, (WhenKnown, Listing)) else command)
    return found


@pytest.mark.parametrize(("beginning", "holding", "role"), _NEEDS)
def test_the_role_that_a_command_needs_is_named(beginning: str, holding: str, role: str) -> None:
    those = [
        cause
        for cause in EVERY_CAUSE
        if any(each.startswith(beginning) and holding in each for each in _templates(cause))
    ]
    assert those
    assert [cause.kind for cause in those if role not in cause.who] == []


def test_who_only_turns_the_hosts_own_identity_on_needs_no_role_on_another() -> None:
    own = next(cause for cause in EVERY_CAUSE if cause.kind == "system_identity_gone_from_tenant")
    assert "Operator" not in own.who
