"""Entra ID's refusals to exchange a pod's token, by number, and what stands between a pod and Entra ID."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from mitui.simulator.faults.fault import Answer, Fault, Situation
from mitui.simulator.replies import entra_error, json_reply, text_reply, unknown_resource
from mitui.simulator.server import Reply
from mitui.simulator.sources import workload_identity as entra

_POD: Final = ("workload_identity",)
_UNMATCHED: Final = "No matching federated identity record found for presented assertion."


def _form(situation: Situation, name: str) -> str:
    return situation.request.form.get(name, [""])[0]


def _resource(situation: Situation) -> str:
    return _form(situation, "scope").removesuffix("/.default")


def _error(status: int, code: int, name: str, description: str) -> Callable[[Situation], Answer]:
    return lambda _situation: entra_error(status, code, name, description)


def _no_record(situation: Situation) -> Answer:
    pod = situation.settings.pod
    description = (
        f"{_UNMATCHED} Assertion Issuer: '{pod.issuer}'. Assertion Subject: '{pod.subject}'. Assertion Audience: "
        f"'{pod.audience}'. https://docs.microsoft.com/azure/active-directory/develop/workload-identity-federation"
    )
    return entra_error(400, 70021, "invalid_request", description)


def _mismatch(code: int, field: str, more: str = "") -> Callable[[Situation], Answer]:
    def act(situation: Situation) -> Answer:
        pod = situation.settings.pod
        value = {"issuer": pod.issuer, "subject": pod.subject, "audience": pod.audience}[field]
        return entra.no_record(code, field, value, more) if more else entra.no_record(code, field, value)

    return act


def _stale(situation: Situation) -> Answer:
    now = situation.settings.now()
    return entra.out_of_time({"nbf": now - 7200, "exp": now - 3600}, now)


def _token_as(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Situation], Answer]:
    def act(situation: Situation) -> Answer:
        reply = situation.healthy(situation.settings)
        if not isinstance(reply, Reply) or reply.status != 200:
            return reply
        return json_reply(200, change(json.loads(reply.body)))

    return act


def _portal(_situation: Situation) -> Answer:
    page = "<!DOCTYPE html><html><head><title>Access to this site is blocked</title></head><body>Blocked</body></html>"
    return text_reply(403, page, (("Server", "proxy.contoso.example"),), kind="text/html")


def _throttle(situation: Situation) -> Answer:
    description = "The server has encountered too many requests from this client. Please retry later."
    reply = entra_error(429, 50196, "temporarily_unavailable", description)
    pause = str(situation.options.get("retry_after", 1))
    return replace(reply, headers=(*reply.headers, ("Retry-After", pause)))


ENTRA_FAULTS: Final = (
    Fault("wi.70021", "AADSTS70021: no federated credential matches", _no_record, _POD),
    Fault("wi.700211", "AADSTS700211: none has the token's issuer", _mismatch(700211, "issuer"), _POD),
    Fault("wi.700212", "AADSTS700212: none has the token's audience", _mismatch(700212, "audience"), _POD),
    Fault("wi.700213", "AADSTS700213: none has the token's subject", _mismatch(700213, "subject"), _POD),
    Fault(
        "wi.7002138",
        "AADSTS7002138: one has the subject, but not letter by letter",
        _mismatch(
            7002138,
            "subject",
            "The subject matches with case-insensitive comparison, but not with case-sensitive comparison.",
        ),
        _POD,
    ),
    Fault(
        "wi.700016",
        "AADSTS700016: the client ID isn't in the tenant",
        lambda situation: entra.unknown_client(_form(situation, "client_id")),
        _POD,
    ),
    Fault("wi.700024", "AADSTS700024: the pod's token has expired", _stale, _POD),
    Fault(
        "wi.700222",
        "AADSTS700222: the assertion was issued by Entra ID itself",
        _error(400, 700222, "invalid_request", "AAD-issued tokens may not be used for federated identity flows."),
        _POD,
    ),
    Fault(
        "wi.70023",
        "AADSTS70023: the pod's token lives longer than a day",
        _error(
            401,
            70023,
            "invalid_client",
            "External OIDC Provider token must have a lifetime of less than or equal to 1.01:00:00.",
        ),
        _POD,
    ),
    Fault(
        "wi.700027",
        "AADSTS700027: the signature can't be verified",
        _error(
            401,
            700027,
            "invalid_client",
            "Client assertion failed signature validation. [Reason - The key was not found.]",
        ),
        _POD,
    ),
    Fault(
        "wi.90002",
        "AADSTS90002: no such tenant",
        lambda situation: entra.tenant_not_found(situation.request.path.split("/")[-4]),
        _POD,
    ),
    Fault(
        "wi.53003",
        "AADSTS53003: conditional access blocks it",
        _error(
            400,
            53003,
            "access_denied",
            "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        ),
        _POD,
    ),
    Fault(
        "wi.7000112",
        "AADSTS7000112: the identity's principal is disabled",
        lambda situation: entra_error(
            401, 7000112, "unauthorized_client", f"Application '{_form(situation, 'client_id')}'(web) is disabled."
        ),
        _POD,
    ),
    Fault(
        "wi.500011",
        "AADSTS500011: no such audience in the tenant",
        lambda situation: unknown_resource(_resource(situation), ()),
        _POD,
    ),
    Fault(
        "wi.65001",
        "AADSTS65001: no consent",
        lambda situation: entra_error(
            400,
            65001,
            "invalid_grant",
            "The user or administrator has not consented to use the application with ID "
            f"'{_form(situation, 'client_id')}'. Send an interactive authorization request for this user and resource.",
        ),
        _POD,
    ),
    Fault(
        "wi.7000215",
        "AADSTS7000215: a wrong client secret",
        _error(
            401,
            7000215,
            "invalid_client",
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.",
        ),
        _POD,
    ),
    Fault("wi.throttle", "429 with Retry-After `retry_after` (1)", _throttle, _POD),
    Fault(
        "wi.noexpiry",
        "a token without expires_in",
        _token_as(lambda token: {name: value for name, value in token.items() if "expires" not in name}),
        _POD,
    ),
    Fault(
        "wi.textexpiry",
        "expires_in as a string",
        _token_as(lambda token: {name: str(value) for name, value in token.items()}),
        _POD,
    ),
    Fault("wi.portal", "403 and a proxy's page", _portal, _POD),
    Fault("wi.untrusted", "a certificate of an unknown authority", None, _POD, "connection"),
    Fault("wi.expired", "an expired certificate", None, _POD, "connection"),
)
