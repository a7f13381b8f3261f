"""Who is said to be able to do it may run every command that changes something."""

from __future__ import annotations

import pytest

from mitui.diagnosis.token.advice import advise_token
from mitui.engine.failure import FailureKind
from mitui.engine.host.facts import HostFacts
from tests.diagnosis.cases import EVERY_CAUSE, failed, written

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


@pytest.mark.parametrize(("beginning", "holding", "role"), _NEEDS)
def test_the_role_that_a_command_needs_is_named(beginning: str, holding: str, role: str) -> None:
    those = [
        cause
        for cause in EVERY_CAUSE
        if any(
            each.startswith(beginning) and holding in each for command in cause.commands for each in written(command)
        )
    ]
    assert those
    assert [cause.kind for cause in those if role not in cause.who] == []


def test_who_only_turns_the_hosts_own_identity_on_needs_no_role_on_another() -> None:
    own = next(cause for cause in EVERY_CAUSE if cause.kind == "system_identity_gone_from_tenant")
    assert "Operator" not in own.who


_OPERATOR = "Managed Identity Operator on a user-assigned identity"


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("automation_identity", ("Automation Contributor on the Automation account", _OPERATOR)),
        ("arc_identity_not_assigned", ("Azure Connected Machine Resource Administrator", _OPERATOR)),
        ("ml_no_identity", ("AzureML Compute Operator on the workspace", _OPERATOR)),
        ("ml_sign_on_failed", ("the user whom the compute is assigned to",)),
    ],
)
def test_a_host_with_a_role_of_its_own_names_that(kind: str, roles: tuple[str, ...]) -> None:
    [who] = {cause.who for cause in EVERY_CAUSE if cause.kind == kind}
    assert [role for role in roles if role not in who] == []


def test_an_automation_accounts_own_identity_is_turned_on_by_who_may_manage_the_account() -> None:
    case = failed(FailureKind.IDENTITY_NOT_FOUND, "app_service", status=400)
    sandbox = advise_token(case.failure, HostFacts(kind="Automation sandbox"), case.environment)[0]
    site = advise_token(case.failure, HostFacts(kind="App Service"), case.environment)[0]
    assert sandbox.kind == site.kind == "system_assigned_off"
    assert "Automation Contributor" in sandbox.who
    assert "Automation" not in site.who
