"""Why a vault refuses a permission, and what it takes to be granted it.

``az keyvault set-policy`` puts its list in place of the one that the identity has for that kind of object, and leaves
the other kinds as they are (Azure/azure-cli 3093c031, ``command_modules/keyvault/custom.py``, ``set_policy``).
"""

from __future__ import annotations

import re
from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    DEVELOPER,
    LINK_VAULT_ERRORS,
    LINK_VAULT_POLICY,
    LINK_VAULT_RBAC,
    LINK_VAULT_RECOVERY,
    OBJECT_OWNER,
    ROLE_OWNER,
    VAULT_OWNER,
)
from mitui.diagnosis.cause import Cause, certain, chapter, possible
from mitui.diagnosis.commands import Command, Listing, looks, mends
from mitui.diagnosis.vault.case import VaultCase, refused
from mitui.keyvault.verdict import Verdict

# Whatever stands there in place of "nothing" is a deny assignment, and the reason may say so by itself.
_DENY: Final = re.compile(
    r"denyassignmentid:[ \t]*'?(?!null\b|none\b|\(not found\)|')[^\s';\\]"
    r"|decisionreason:[ \t]*'?deniedbydenyassignment\b"
)
_GROUPS: Final = re.compile(r"numgroups=[1-9]")
GRANT_ROLE: Final = mends(
    "az role assignment create --assignee-object-id {oid} --assignee-principal-type ServicePrincipal"
    " --role {role_id} --scope {vault_id}"
)
_LIST_ROLES: Final = looks(
    "az role assignment list --assignee {oid} --scope {vault_id} --include-inherited --output table"
)
_SHOW_POLICIES: Final = looks(
    "az keyvault show --name {vault} --query 'properties.accessPolicies[].[objectId,permissions]'"
)
SET_POLICY: Final[Command] = Listing(
    mends(
        "az keyvault set-policy --name {vault} --object-id {oid} --{singular}-permissions",
        cost="it takes away every permission of that kind that it does not name; add those that the look-up shows",
    ),
    "policy_word",
)
_SHOW_MODEL: Final = looks("az keyvault show --name {vault} --query properties.enableRbacAuthorization")
_SHOW_ENABLED: Final = looks("az keyvault {singular} list --vault-name {vault} --query '[].[id,attributes.enabled]'")
_ENABLE_OBJECT: Final = mends(
    "az keyvault {singular} set-attributes --vault-name {vault} --name {object} --enabled true",
    cost="it puts to use again what somebody may have disabled on purpose",
)


def _denied_by_assignment(case: VaultCase) -> bool:
    return bool(_DENY.search(case.words)) or bool(case.fact("deny_assignment_id"))


def _not_granted(case: VaultCase) -> bool:
    return not _denied_by_assignment(case)


def _whole_vault(case: VaultCase) -> bool:
    return case.permission is not None and case.permission.target == "vault"


def _reads_all_secrets(case: VaultCase) -> bool:
    return case.permission is not None and case.permission.object_type == "certificates"


def _nowhere_in_the_vault(case: VaultCase) -> bool:
    """No deny assignment, and a name that stands for the whole vault."""
    return _whole_vault(case) and _not_granted(case)


def _certificate_not_granted(case: VaultCase) -> bool:
    """A certificate's permission, and no deny assignment."""
    return _reads_all_secrets(case) and _not_granted(case)


def _in_a_group(case: VaultCase) -> bool:
    """The caller is in a group, as numgroups in the answer says."""
    return bool(_GROUPS.search(case.words))


PERMISSION_CAUSES: Final[tuple[Cause[VaultCase], ...]] = chapter(
    LINK_VAULT_RBAC,
    certain(
        "deny_assignment",
        (refused(Verdict.DENIED, model="rbac", also=_denied_by_assignment),),
        "A deny assignment forbids {action} here, and no role can override it.",
        "Have the owner of the deployment stack, managed application or blueprint that made deny assignment "
        "{deny_assignment} exempt this identity.",
        ROLE_OWNER,
        (looks("az rest --method GET --url {deny_url}"),),
    ),
    certain(
        "role_missing",
        (refused(Verdict.DENIED, model="rbac", also=_not_granted),),
        "The identity was not granted access: no role assignment at this scope gives it {action}.",
        "Grant {role} ({role_id}) at the vault and wait 5 to 10 minutes.",
        ROLE_OWNER,
        (GRANT_ROLE, _LIST_ROLES),
    ),
    possible(
        "role_propagating",
        (refused(Verdict.DENIED, model="rbac", also=_not_granted),),
        "A role may have been granted a moment ago: it takes effect within 5 to 10 minutes, through a group within a "
        "day.",
        "Probe again in a few minutes; membership in a group counts only in a new token.",
        ROLE_OWNER,
        (_LIST_ROLES,),
    ),
    possible(
        "control_plane_role_only",
        (refused(Verdict.DENIED, model="rbac", also=_not_granted),),
        "Owner, Contributor and Key Vault Contributor manage the vault and give no access to what is in it.",
        "Look at the roles the identity has, and add a data role such as {role}.",
        ROLE_OWNER,
        (_LIST_ROLES,),
    ),
    possible(
        "object_scope_not_seen",
        (refused(Verdict.DENIED, model="rbac", also=_nowhere_in_the_vault),),
        "The identity may still be allowed on single objects: a role on one secret or a name condition does not show "
        "for a random name.",
        "Name a secret or a prefix for this vault in the config, and probe that.",
        DEVELOPER,
    ),
    certain(
        "policy_missing",
        (refused(Verdict.DENIED, model="access_policy"),),
        "The identity was not granted access: the vault's access policies do not give it {object_type} {permission}.",
        "Set the policy with every {singular} permission that it has and needs: set-policy replaces the whole list, "
        "and a probe does not test all that may be in it.",
        VAULT_OWNER,
        (_SHOW_POLICIES, SET_POLICY),
        link=LINK_VAULT_POLICY,
    ),
    possible(
        "policy_through_group",
        (refused(Verdict.DENIED, model="access_policy", also=_in_a_group),),
        "If a group holds the policy, the identity's membership counts only in a token issued after it joined.",
        "Wait for a new token, which can take a day, or give the policy to the identity itself.",
        VAULT_OWNER,
        (_SHOW_POLICIES, SET_POLICY),
        link=LINK_VAULT_POLICY,
    ),
    possible(
        "permission_model_unknown",
        (refused(Verdict.DENIED, model="unknown"),),
        "The identity was not granted access, and the answer does not say whether roles or policies decide here.",
        "See which model the vault uses, then grant {role} or set an access policy.",
        VAULT_OWNER,
        (_SHOW_MODEL,),
        link=LINK_VAULT_ERRORS,
    ),
    possible(
        "certificate_user_reads_secrets",
        (refused(Verdict.DENIED, model="rbac", also=_certificate_not_granted),),
        "Key Vault Certificate User would also let the identity read every secret in the vault.",
        "Grant Key Vault Reader if metadata is enough, or keep certificates in a vault of their own.",
        ROLE_OWNER,
    ),
    certain(
        "purge_protected",
        (
            refused(Verdict.BLOCKED),
            refused(words='operation: "purge"'),
            refused(words='operation "purge" is not enabled'),
        ),
        "The vault itself forbids purging, whoever asks: purge protection is on, or soft delete is off.",
        "Wait for the scheduled purge date; nobody can purge earlier.",
        VAULT_OWNER,
        (looks("az keyvault show --name {vault} --query properties.enablePurgeProtection"),),
        link=LINK_VAULT_RECOVERY,
    ),
    certain(
        "object_disabled",
        (refused(code=("SecretDisabled", "KeyDisabled", "CertificateDisabled")), refused(words="on a disabled")),
        "The permission is there, but the object is disabled.",
        "Enable it if it is meant to be used.",
        OBJECT_OWNER,
        (_SHOW_ENABLED, _ENABLE_OBJECT),
        link=LINK_VAULT_ERRORS,
    ),
    certain(
        "key_not_usable",
        (refused(words=("is not permitted on this key", "not allowed on an expired key")),),
        "The permission is there, but the key's own operations or dates do not allow this.",
        "Look at key_ops, nbf and exp of the key.",
        OBJECT_OWNER,
        (looks("az keyvault key show --vault-name {vault} --name {object} --query key.keyOps"),),
        link=LINK_VAULT_ERRORS,
    ),
    certain(
        "object_soft_deleted",
        (refused(code="ObjectIsDeletedButRecoverable"), refused(words="deleted but recoverable")),
        "An object of that name was deleted and can be recovered, and until then its name can't be used again.",
        "Recover it, or purge it where that is allowed.",
        OBJECT_OWNER,
        (
            looks("az keyvault {singular} list-deleted --vault-name {vault} --output table", "object"),
            mends("az keyvault {singular} recover --vault-name {vault} --name {object}"),
        ),
        link=LINK_VAULT_RECOVERY,
    ),
    possible(
        "permission_not_settled",
        (refused(Verdict.UNKNOWN),),
        "The answer does not tell whether this permission is there: {evidence}.",
        "Probe again, and quote the request ID {request_id} to support if it stays.",
        VAULT_OWNER,
        link=LINK_VAULT_ERRORS,
    ),
)
