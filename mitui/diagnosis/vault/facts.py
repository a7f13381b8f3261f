"""The facts that sentences and commands about a vault are filled with."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from mitui.diagnosis.vault.case import VaultCase
from mitui.keyvault.probe_result import PermissionResult
from mitui.keyvault.verdict import Verdict

_SINGULAR: Final = {"secrets": "secret", "keys": "key", "certificates": "certificate"}
_CALLER: Final = re.compile(r"\boid=([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b")


def vault_facts(case: VaultCase) -> dict[str, str]:
    """Everything known, under the names that the catalogue uses."""
    result, permission = case.result, case.permission
    caller = _CALLER.search(case.words)
    facts = {name: value for name, value in (*result.facts, *(case.failure.facts if case.failure else ())) if value}
    facts.update(
        vault=result.name,
        vault_url=result.vault,
        vault_id=case.fact("vault_resource_id"),
        vault_resource_group=case.fact("resource_group"),
        vault_subscription=case.fact("subscription_id"),
        location=case.fact("location"),
        oid=(caller.group(1) if caller else "") or case.fact("caller_oid") or case.actual.object_id,
        tenant=case.fact("found_tenant") or result.token_tenant_id or case.actual.tenant_id,
        vault_tenant=_vault_tenant(case),
        client_address=case.fact("source_address"),
        client_ipv4="" if case.from_private else _ipv4(case.fact("source_address")),
        addresses=", ".join(str(each) for each in case.addresses),
        message=case.failure.message.rstrip(".") if case.failure else "",
        request_id=permission.request_id if permission else "",
        vault_host=_host(result.vault),
        vault_address=f"{_host(result.vault)}:443" if _host(result.vault) else "",
        health_url=f"{result.vault}/healthstatus" if result.vault else "",
        deny_url=_deny_url(case),
        deny_assignment=case.fact("deny_assignment_id").rpartition("/")[2],
        expected_audience=case.fact("expected_audience") or _audience(result.vault),
    )
    if permission is not None:
        facts.update(_permission_facts(case, permission))
    return facts


def _permission_facts(case: VaultCase, permission: PermissionResult) -> dict[str, str]:
    action = permission.data_action
    named = permission.target.removeprefix("secret ") if permission.target.startswith("secret ") else ""
    facts = {
        "object_type": permission.object_type,
        "singular": _SINGULAR.get(permission.object_type, permission.object_type),
        "permission": permission.permission,
        "action": action if not action or "." in action else f"Microsoft.KeyVault/vaults/{action}",
        "role": permission.least_role,
        "role_id": permission.least_role_id,
        "object": named,
        "evidence": permission.evidence,
    }
    facts.update({f"policy_word_{at}": word for at, word in enumerate(policy_words(case, permission))})
    return {name: value for name, value in facts.items() if value}


def policy_words(case: VaultCase, permission: PermissionResult) -> tuple[str, ...]:
    """The access-policy words to ask for: the missing one, with those that are known to be granted already, because
    ``set-policy`` replaces the whole list of that kind of object.
    """
    granted = [
        each.policy_word
        for each in case.result.permissions
        if each.object_type == permission.object_type and each.verdict is Verdict.GRANTED and each.target == "vault"
    ]
    return tuple(dict.fromkeys([*granted, permission.policy_word]))


def _ipv4(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        return ""


def _host(vault_url: str) -> str:
    return vault_url.partition("//")[2].partition("/")[0].partition(":")[0]


def _vault_tenant(case: VaultCase) -> str:
    """What the vault's refusal says it expects, which wins over what its challenge led to believe."""
    expected = case.fact("expected_tenants").split()
    known = case.result.tenant_id
    return known if not expected or known.lower() in expected else expected[0]


def _deny_url(case: VaultCase) -> str:
    named = case.fact("deny_assignment_id")
    if "/" in named:
        return f"https://management.azure.com{named}?api-version=2022-04-01"
    scope = case.fact("vault_resource_id")
    providers = "providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"
    return f"https://management.azure.com{scope}/{providers}" if scope else ""


def _audience(vault_url: str) -> str:
    suffix = _host(vault_url).partition(".")[2]
    return f"https://{suffix}" if suffix.startswith("vault.") else ""
