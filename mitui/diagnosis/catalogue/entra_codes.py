"""Entra ID's refusals by number: one row for each code that a managed or a workload identity can meet.

The numbers and what they mean are Entra ID's own (learn.microsoft.com, "Microsoft Entra authentication and
authorization error codes"); a code that is not here is told as unknown, by its own text, in ``general``.
To add one, add a row.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.entra import ENTRA_CAUSES
from mitui.diagnosis.catalogue.responsible import (
    DEVELOPER,
    LINK_ENTRA_CODES,
    ROOT_HERE,
    TENANT_ADMIN,
)
from mitui.diagnosis.catalogue.workload_identity import WORKLOAD_CAUSES
from mitui.diagnosis.cause import Cause, certain, chapter, likely, possible
from mitui.diagnosis.commands import looks, mends
from mitui.diagnosis.symptom import names_of
from mitui.diagnosis.token.case import Symptom, TokenCase, seen

_PRINCIPAL: Final = looks("az ad sp show --id {client_id} --query accountEnabled")


def _code(*codes: str) -> tuple[Symptom, ...]:
    return (seen(code=codes),)


_ROWS: Final[tuple[Cause[TokenCase], ...]] = chapter(
    LINK_ENTRA_CODES,
    certain(
        "principal_disabled",
        _code("AADSTS7000112"),
        "The identity's service principal is there but disabled, so Entra ID gives it no tokens.",
        "Have an administrator enable sign-in for this service principal, after asking why it was disabled.",
        TENANT_ADMIN,
        (
            _PRINCIPAL,
            mends(
                "az ad sp update --id {client_id} --set accountEnabled=true",
                cost="it lets in again whom somebody may have shut out on purpose",
            ),
        ),
    ),
    certain(
        "resource_principal_disabled",
        _code("AADSTS500014"),
        "The service principal of {resource} is disabled in this tenant, so nobody gets tokens for it.",
        "Have an administrator enable the service principal of {resource}, or renew the subscription it belongs to.",
        TENANT_ADMIN,
        (looks("az ad sp show --id {plain_resource} --query accountEnabled"),),
    ),
    certain(
        "tenant_not_found",
        _code("AADSTS90002", "AADSTS900023"),
        "Entra ID at this authority knows no tenant of that name: the ID is mistyped, or it is another cloud's.",
        "Set AZURE_TENANT_ID to the identity's own tenant, and the authority host to its cloud.",
        DEVELOPER,
        (looks("az identity list --query '[].[name,clientId,tenantId]' --output table"),),
    ),
    certain(
        "user_not_in_tenant",
        _code("AADSTS50034", "AADSTS50020"),
        "Entra ID was asked for a user who is not in this tenant; a managed identity has no user.",
        "See which credential the program really uses.",
        DEVELOPER,
    ),
    certain(
        "consent_missing",
        _code("AADSTS65001"),
        "The application was not given consent to {resource} in this tenant.",
        "Have an administrator grant the application permission.",
        TENANT_ADMIN,
        (
            looks("az ad app permission list --id {client_id}"),
            mends(
                "az ad app permission admin-consent --id {client_id}",
                cost="it grants all that the application asks for, in the whole tenant, and not this resource alone",
            ),
        ),
    ),
    certain(
        "client_secret_wrong",
        _code("AADSTS7000215", "AADSTS7000222"),
        "A client secret was sent and is wrong or expired; a managed identity has none, so it is another credential.",
        "Take AZURE_CLIENT_SECRET away where a managed identity is meant, or renew the secret.",
        DEVELOPER,
        (looks("env | cut -d= -f1 | grep '^AZURE_'"),),
    ),
    certain(
        "principal_missing_in_tenant",
        _code("AADSTS7000229"),
        "The application has no service principal in this tenant.",
        "Create the service principal in the tenant that is asked.",
        TENANT_ADMIN,
        (mends("az ad sp create --id {client_id}"),),
    ),
    certain(
        "scope_malformed",
        _code("AADSTS70011"),
        "{resource} is not a scope in the form that Entra ID takes.",
        "Ask for the audience's own URI, with /.default only where the client asks for scopes.",
        DEVELOPER,
        (looks("mitui check --resource {plain_resource}"),),
    ),
    certain(
        "too_many_equal_requests",
        _code("AADSTS50196"),
        "The same request was made again and again, and Entra ID holds the client back.",
        "Keep the token until shortly before it expires, and let one process ask for all.",
        DEVELOPER,
    ),
    likely(
        "entra_unavailable",
        _code("AADSTS90033", "AADSTS90012"),
        "Entra ID itself could not serve the request for the moment.",
        "Try again in a few minutes, and look at Azure's status if it stays.",
        DEVELOPER,
    ),
    likely(
        "assertion_malformed",
        _code("AADSTS50013", "AADSTS50027"),
        "Entra ID can't use the assertion that was sent: its form, signature or lifetime is wrong.",
        "Look whether the token file holds the whole JWT, and compare this host's clock with the real time.",
        ROOT_HERE,
        (looks("date --utc"),),
    ),
)

_KNOWN: Final = frozenset(
    name
    for cause in (*_ROWS, *WORKLOAD_CAUSES, *ENTRA_CAUSES)
    for symptom in cause.symptoms
    for name in names_of(symptom)
)


def _is_unknown(case: TokenCase) -> bool:
    numbers = {code for code in case.codes if code.startswith("aadsts")}
    return bool(numbers) and numbers.isdisjoint(_KNOWN)


ENTRA_CODE_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    *_ROWS,
    possible(
        "entra_code_unknown",
        (_is_unknown,),
        "Entra ID refused with {entra_code}, which mitui has no entry for; it says: {message}.",
        "Look the number up in Entra ID's list, with the trace ID of the reply at hand.",
        DEVELOPER,
        link=LINK_ENTRA_CODES,
    ),
)
