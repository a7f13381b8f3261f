"""What Entra ID refused, whichever endpoint handed it on: audiences, tenants, assignments."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ASSIGNER,
    DEVELOPER,
    HOST_OWNER,
    LINK_FAQ,
    LINK_TOKEN,
    TENANT_ADMIN,
)
from mitui.diagnosis.cause import Cause, certain, likely
from mitui.diagnosis.commands import (
    ASSIGN_USER,
    DISABLE_SYSTEM,
    ENABLE_SYSTEM,
    LIST_ROLES,
    REMOVE_USER,
    SHOW_ASSIGNED,
    looks,
    mends,
)
from mitui.diagnosis.token.case import TokenCase, seen
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.resources import cloud_of_resource, nearest_resource


def _misspelled(case: TokenCase) -> bool:
    """The resource is almost, but not quite, one that people ask for."""
    return bool(nearest_resource(case.failure.resource))


def _of_another_cloud(case: TokenCase) -> bool:
    """The resource is one of another cloud than the host's."""
    return bool(cloud_of_resource(case.failure.resource, case.host.cloud))


def _is_scope(case: TokenCase) -> bool:
    return case.failure.resource.rstrip("/").endswith((".default", "./default"))


def _trailing_slash(case: TokenCase) -> bool:
    return case.failure.resource.endswith("/") and not _is_scope(case)


def _private_link(case: TokenCase) -> bool:
    return "privatelink" in case.failure.resource.lower()


def _assigned_here(case: TokenCase) -> bool:
    """The identity belongs to this host, as every source but workload identity has it."""
    return case.failure.source != "workload_identity"


def _says_no_more(case: TokenCase) -> bool:
    """No other number of Entra ID stands beside that word."""
    return _assigned_here(case) and {code for code in case.codes if code.startswith("aadsts")} <= {"aadsts700016"}


_AUDIENCE_CODES: Final = ("AADSTS500011", "AADSTS50001", "invalid_resource")

ENTRA_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    certain(
        "audience_is_scope",
        (
            seen(Kind.RESOURCE_NOT_FOUND, also=_is_scope),
            seen(code=_AUDIENCE_CODES, also=_is_scope),
        ),
        "{resource} is a scope, and a managed identity endpoint takes a resource.",
        "Ask for {plain_resource}, without /.default.",
        DEVELOPER,
        (looks("mitui check --resource {plain_resource}"),),
        link=LINK_TOKEN,
    ),
    certain(
        "audience_private_link",
        (seen(Kind.RESOURCE_NOT_FOUND, also=_private_link), seen(code=_AUDIENCE_CODES, also=_private_link)),
        "{resource} is a private-link host name, which is no audience.",
        "Ask for the service's public audience; private endpoints change DNS, never the audience.",
        DEVELOPER,
        (looks("mitui check --resource {near_resource}"),),
        link=LINK_TOKEN,
    ),
    likely(
        "audience_trailing_slash",
        (seen(Kind.RESOURCE_NOT_FOUND, also=_trailing_slash), seen(code=_AUDIENCE_CODES, also=_trailing_slash)),
        "{resource} ends with a slash, and the slash is part of the name that Entra ID looks up.",
        "Ask for {plain_resource}.",
        DEVELOPER,
        (looks("mitui check --resource {plain_resource}"),),
        link=LINK_TOKEN,
    ),
    likely(
        "audience_misspelled",
        (seen(Kind.RESOURCE_NOT_FOUND, also=_misspelled), seen(code=_AUDIENCE_CODES, also=_misspelled)),
        "Entra ID knows no resource {resource}; it looks like {near_resource}, misspelled.",
        "Ask for {near_resource}.",
        DEVELOPER,
        (looks("mitui check --resource {near_resource}"),),
        link=LINK_TOKEN,
    ),
    likely(
        "audience_of_another_cloud",
        (seen(Kind.RESOURCE_NOT_FOUND, also=_of_another_cloud), seen(code=_AUDIENCE_CODES, also=_of_another_cloud)),
        "{resource} is the audience of {resource_cloud}, and this host is in {cloud}.",
        "Ask for this cloud's own audience.",
        DEVELOPER,
        (looks("mitui check --resource {own_resource}"),),
        link=LINK_TOKEN,
    ),
    likely(
        "audience_unknown",
        (seen(Kind.RESOURCE_NOT_FOUND), seen(code=_AUDIENCE_CODES)),
        "Entra ID knows no resource {resource} in this identity's tenant; the identity itself is fine.",
        "Check the audience for typing errors, or have the API's application added to the tenant.",
        f"{DEVELOPER}; {TENANT_ADMIN} to add it",
        (looks("az ad sp show --id {plain_resource}"), mends("az ad sp create --id {application_id}")),
        link=LINK_TOKEN,
    ),
    likely(
        "identity_gone_from_tenant",
        (
            seen(code="AADSTS700016", user_assigned=True, also=_assigned_here),
            seen(code="unauthorized_client", user_assigned=True, also=_says_no_more),
        ),
        "The identity's service principal is not in the tenant: it was deleted, or the subscription moved to another "
        "directory.",
        "Take the identity off this {noun} and assign it again; after a directory move identities must be rebuilt.",
        ASSIGNER,
        (SHOW_ASSIGNED, REMOVE_USER, ASSIGN_USER),
        link=LINK_FAQ,
    ),
    likely(
        "system_identity_gone_from_tenant",
        (
            seen(code="AADSTS700016", user_assigned=False),
            seen(code="unauthorized_client", user_assigned=False, also=_says_no_more),
        ),
        "The service principal of this {noun}'s system-assigned identity is not in the tenant: it was deleted, or the "
        "subscription moved to another directory.",
        "Turn the system-assigned identity off and on again, then grant the new principal its roles.",
        HOST_OWNER,
        (SHOW_ASSIGNED, LIST_ROLES, DISABLE_SYSTEM, ENABLE_SYSTEM),
        link=LINK_FAQ,
    ),
    certain(
        "assignment_required",
        (seen(code=("AADSTS50105", "AADSTS501051")),),
        "The application behind {resource} admits only principals that are assigned to it, and this identity is not.",
        "Assign an app role of that application to the identity's service principal.",
        TENANT_ADMIN,
        (looks("az ad sp show --id {plain_resource} --query appRoles"),),
    ),
    likely(
        "blocked_by_conditional_access",
        (seen(code=("AADSTS53003", "AADSTS530036")),),
        "A conditional access policy for workload identities blocks the token.",
        "Have the policy's owner look at the sign-in log of this service principal.",
        TENANT_ADMIN,
    ),
)
