"""Which built-in roles the answers look like, and where they grant more than they seem to."""

from __future__ import annotations

from itertools import combinations
from typing import Final

from mitui.keyvault.probe_result import PermissionResult, ProbeResult
from mitui.keyvault.roles import ADMINISTRATOR, BUILT_IN_ROLES, CERTIFICATE_USER, Role
from mitui.keyvault.verdict import Verdict

_MOST_ROLES: Final = 3


def tested_actions(permissions: tuple[PermissionResult, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The data actions that were shown to be granted and to be denied on the whole vault.

    ``blocked`` says nothing of the caller, and a verdict on one secret or prefix nothing of the vault. Where one action
    stands for two rows that disagree, it is in neither.
    """
    whole = [each for each in permissions if each.target == "vault" and not each.inferred]
    granted = frozenset(each.data_action for each in whole if each.verdict is Verdict.GRANTED)
    denied = frozenset(each.data_action for each in whole if each.verdict is Verdict.DENIED)
    return granted - denied, denied - granted


def guess_roles(result: ProbeResult) -> tuple[Role, ...]:
    """The fewest and least powerful built-in roles that explain every tested answer; () if none do, or need not.

    Access-policy vaults have no roles, so there is no guess for them.
    """
    if result.model != "rbac":
        return ()
    granted, denied = tested_actions(result.permissions)
    if not granted:
        return ()
    fitting = [role for role in BUILT_IN_ROLES if not any(role.grants(action) for action in denied)]
    for count in range(1, _MOST_ROLES + 1):
        for roles in combinations(fitting, count):
            if all(any(role.grants(action) for role in roles) for action in granted):
                return roles
    return ()


def inferred_verdict(permissions: tuple[PermissionResult, ...], action: str) -> Verdict:
    """What the built-in roles make of an action that can't be tested: likely, denied or untested.

    Likely, where every built-in role that explains some granted answer also holds this action; denied, where every
    role that holds it would also grant something that was denied.
    """
    granted, denied = tested_actions(permissions)
    possible = [role for role in BUILT_IN_ROLES if not any(role.grants(each) for each in denied)]
    if not any(role.grants(action) for role in possible):
        return Verdict.DENIED
    for each in granted:
        holders = [role for role in possible if role.grants(each)]
        if holders and all(role.grants(action) for role in holders):
            return Verdict.LIKELY
    return Verdict.UNTESTED


def power_notes(result: ProbeResult) -> tuple[str, ...]:
    """Sentences on rights that reach further than an application usually needs."""
    granted = {
        (each.object_type, each.permission)
        for each in result.permissions
        if each.verdict in (Verdict.GRANTED, Verdict.LIKELY)
    }
    notes = []
    roles = guess_roles(result)
    if ADMINISTRATOR in roles:
        notes.append("this looks like Key Vault Administrator: everything in the vault is open to this identity")
    if CERTIFICATE_USER in roles:
        notes.append("this looks like Key Vault Certificate User, which reads every secret and not only certificates")
    purges = [kind for kind in ("secrets", "keys", "certificates") if (kind, "purge") in granted]
    if purges:
        notes.append(f"this identity may purge {' and '.join(purges)}: what is purged can't be recovered")
    if ("secrets", "set") in granted and ("secrets", "get") in granted:
        notes.append("this identity may both read and replace secrets, which few applications need")
    return tuple(notes)
