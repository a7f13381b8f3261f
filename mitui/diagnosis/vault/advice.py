"""From a vault's refusal to its ranked causes."""

from __future__ import annotations

from dataclasses import replace

from mitui.claims import ActualIdentity
from mitui.diagnosis.advice import Advice
from mitui.diagnosis.catalogue.vault import PERMISSION_CAUSES
from mitui.diagnosis.catalogue.vault_network import VAULT_NETWORK_CAUSES
from mitui.diagnosis.catalogue.vault_token import VAULT_TOKEN_CAUSES
from mitui.diagnosis.cause import advice_of, matching
from mitui.diagnosis.vault.case import VaultCase
from mitui.diagnosis.vault.facts import vault_facts
from mitui.engine.host.facts import HostFacts
from mitui.keyvault.probe_result import PermissionResult, ProbeResult, VaultFailure
from mitui.keyvault.verdict import Verdict

VAULT_CAUSES = (*VAULT_NETWORK_CAUSES, *VAULT_TOKEN_CAUSES)
LAST_RESORT = "vault_reply_strange"
_SILENT = (Verdict.LIKELY, Verdict.UNTESTED)


def advise_vault(
    failure: VaultFailure,
    result: ProbeResult,
    host: HostFacts,
    actual: ActualIdentity,
    *,
    dns_works: bool | None = None,
) -> tuple[Advice, ...]:
    """Why the probe stopped, the likeliest cause first; at least one.

    ``dns_works`` says whether another name could be resolved here, None where none was asked for.
    """
    case = VaultCase(result, host, actual, failure=failure, dns_works=dns_works)
    facts = vault_facts(case)
    found = matching(VAULT_CAUSES, case)
    if len(found) > 1:
        found = [cause for cause in found if cause.kind != LAST_RESORT]
    return tuple(advice_of(cause, facts, None) for cause in found)


def advise_permission(
    permission: PermissionResult, result: ProbeResult, host: HostFacts, actual: ActualIdentity
) -> tuple[Advice, ...]:
    """Why this permission is not there and how it is had, the likeliest first; nothing where nothing is wrong.

    The commands are those of the vault's permission model only: role assignments, or access policies.
    """
    if permission.verdict in _SILENT:
        return ()
    case = VaultCase(result, host, actual, permission=permission)
    facts = vault_facts(case)
    found = (advice_of(cause, facts, None) for cause in matching(PERMISSION_CAUSES, case))
    return tuple(_concluded(each) if permission.inferred else each for each in found)


def _concluded(advice: Advice) -> Advice:
    """The advice on what was concluded from other answers and not answered itself: certain of nothing."""
    return replace(advice, certainty="likely") if advice.certainty == "certain" else advice
