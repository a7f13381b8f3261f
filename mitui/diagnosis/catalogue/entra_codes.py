"""Entra ID's refusals by number: one row for each code that a managed or a workload identity can meet.

Those of the pod's own token are in ``workload_identity``.

The numbers and what they mean are Entra ID's own (learn.microsoft.com, "Microsoft Entra authentication and
authorization error codes"); a code that is not here is told as unknown, by its own text, in ``general``.
To add one, add a row.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mitui.diagnosis.advice import Certainty
from mitui.diagnosis.catalogue.responsible import (
    DEVELOPER,
    LINK_ENTRA_CODES,
    ROOT_HERE,
    TENANT_ADMIN,
)
from mitui.diagnosis.catalogue.workload_identity import WORKLOAD_CAUSES
from mitui.diagnosis.cause import Cause
from mitui.diagnosis.commands import Command
from mitui.diagnosis.symptom import names_of
from mitui.diagnosis.token.case import TokenCase, seen

_PRINCIPAL: Final = "az ad sp show --id {client_id} --query accountEnabled"


class _Row(NamedTuple):
    kind: str
    codes: tuple[str, ...]
    cause: str
    remedy: str
    who: str
    commands: tuple[Command, ...] = ()
    link: str = LINK_ENTRA_CODES
    certainty: Certainty = "certain"


_ROWS: Final = (
    _Row(
        "principal_disabled",
        ("AADSTS7000112",),
        "The identity's service principal is there but disabled, so Entra ID gives it no tokens.",
        "Have an administrator enable sign-in for this service principal, after asking why it was disabled.",
        TENANT_ADMIN,
        (_PRINCIPAL, "az ad sp update --id {client_id} --set accountEnabled=true"),
    ),
    _Row(
        "resource_principal_disabled",
        ("AADSTS500014",),
        "The service principal of {resource} is disabled in this tenant, so nobody gets tokens for it.",
        "Have an administrator enable the service principal of {resource}, or renew the subscription it belongs to.",
        TENANT_ADMIN,
        ("az ad sp show --id {plain_resource} --query accountEnabled",),
    ),
    _Row(
        "tenant_not_found",
        ("AADSTS90002", "AADSTS900023"),
        "Entra ID at this authority knows no tenant of that name: the ID is mistyped, or it is another cloud's.",
        "Set AZURE_TENANT_ID to the identity's own tenant, and the authority host to its cloud.",
        DEVELOPER,
        ("az account show --query tenantId",),
    ),
    _Row(
        "user_not_in_tenant",
        ("AADSTS50034", "AADSTS50020"),
        "Entra ID was asked for a user who is not in this tenant; a managed identity has no user.",
        "See which credential the program really uses.",
        DEVELOPER,
    ),
    _Row(
        "consent_missing",
        ("AADSTS65001",),
        "The application was not given consent to {resource} in this tenant.",
        "Have an administrator grant the application permission.",
        TENANT_ADMIN,
        ("az ad app permission admin-consent --id {client_id}",),
    ),
    _Row(
        "client_secret_wrong",
        ("AADSTS7000215", "AADSTS7000222"),
        "A client secret was sent and is wrong or expired; a managed identity has none, so it is another credential.",
        "Take AZURE_CLIENT_SECRET away where a managed identity is meant, or renew the secret.",
        DEVELOPER,
        ("env | cut -d= -f1 | grep '^AZURE_'",),
    ),
    _Row(
        "principal_missing_in_tenant",
        ("AADSTS7000229",),
        "The application has no service principal in this tenant.",
        "Create the service principal in the tenant that is asked.",
        TENANT_ADMIN,
        ("az ad sp create --id {client_id}",),
    ),
    _Row(
        "scope_malformed",
        ("AADSTS70011",),
        "{resource} is not a scope in the form that Entra ID takes.",
        "Ask for the audience's own URI, with /.default only where the client asks for scopes.",
        DEVELOPER,
        ("mitui check --resource {plain_resource}",),
    ),
    _Row(
        "too_many_equal_requests",
        ("AADSTS50196",),
        "The same request was made again and again, and Entra ID holds the client back.",
        "Keep the token until shortly before it expires, and let one process ask for all.",
        DEVELOPER,
    ),
    _Row(
        "entra_unavailable",
        ("AADSTS90033", "AADSTS90012"),
        "Entra ID itself could not serve the request for the moment.",
        "Try again in a few minutes, and look at Azure's status if it stays.",
        DEVELOPER,
        certainty="likely",
    ),
    _Row(
        "assertion_malformed",
        ("AADSTS50013", "AADSTS50027"),
        "Entra ID can't use the assertion that was sent: its form, signature or lifetime is wrong.",
        "Look whether the token file holds the whole JWT, and compare this host's clock with the real time.",
        ROOT_HERE,
        ("date --utc",),
        certainty="likely",
    ),
)

_KNOWN: Final = frozenset(code.lower() for row in _ROWS for code in row.codes) | {
    *(name for cause in WORKLOAD_CAUSES for symptom in cause.symptoms for name in names_of(symptom)),
    # These are told by what was asked for, in `entra`.
    *("aadsts500011", "aadsts50001", "aadsts700016", "aadsts50105", "aadsts501051", "aadsts53003", "aadsts530036"),
}


def _is_unknown(case: TokenCase) -> bool:
    numbers = {code for code in case.codes if code.startswith("aadsts")}
    return bool(numbers) and numbers.isdisjoint(_KNOWN)


ENTRA_CODE_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    *(
        Cause(
            row.kind,
            row.certainty,
            (seen(code=row.codes),),
            row.cause,
            row.remedy,
            row.who,
            row.commands,
            link=row.link,
        )
        for row in _ROWS
    ),
    Cause(
        "entra_code_unknown",
        "possible",
        (_is_unknown,),
        "Entra ID refused with {entra_code}, which mitui has no entry for; it says: {message}.",
        "Look the number up in Entra ID's list, with the trace ID of the reply at hand.",
        DEVELOPER,
        link=LINK_ENTRA_CODES,
    ),
)
"""The rows as entries of the catalogue."""
