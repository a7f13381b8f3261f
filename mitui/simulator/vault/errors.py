"""The vault's answers: headers and error texts as the real service words them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import Headers, json_reply
from mitui.simulator.server import Reply
from mitui.simulator.vault.permissions import Asked, Decision
from mitui.simulator.vault.settings import VaultSettings

_PROPAGATION: Final = (
    "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time."
)
_HEADER_ORDER: Final = (
    "cache-control",
    "pragma",
    "content-length",
    "content-type",
    "expires",
    "www-authenticate",
    "x-ms-keyvault-region",
    "x-ms-client-request-id",
    "x-ms-request-id",
    "x-ms-keyvault-service-version",
    "x-ms-keyvault-network-info",
    "x-ms-keyvault-rbac-assignment-id",
    "x-ms-keyvault-rbac-cache",
    "x-content-type-options",
    "strict-transport-security",
    "date",
)
"""As the recordings of April 2022 in Azure/azure-sdk-for-js (sdk/keyvault/keyvault-secrets) have them."""
_PLACES: Final = {name: place for place, name in enumerate(_HEADER_ORDER)}
SOFT_DELETE_HELP: Final = "https://go.microsoft.com/fwlink/?linkid=2125182"
PERMISSION_HELP: Final = "https://go.microsoft.com/fwlink/?linkid=2125287"


def vault_headers(request: RecordedRequest, settings: VaultSettings) -> Headers:
    """What every answer of the vault itself carries."""
    client_request_id = request.headers.get("x-ms-client-request-id", str(uuid.uuid4()))
    headers = [
        ("Cache-Control", "no-cache"),
        ("Pragma", "no-cache"),
        ("Expires", "-1"),
        ("x-ms-keyvault-region", settings.location),
        ("x-ms-client-request-id", client_request_id),
        ("x-ms-request-id", str(uuid.uuid4())),
        ("x-ms-keyvault-service-version", settings.service_version),
        ("X-Content-Type-Options", "nosniff"),
        ("Strict-Transport-Security", "max-age=31536000;includeSubDomains"),
    ]
    if settings.network_info:
        info = f"conn_type=Ipv4;addr={settings.source_address};act_addr_fam=InterNetwork;"
        headers.append(("x-ms-keyvault-network-info", info))
    return tuple(headers)


def as_recorded(reply: Reply) -> Reply:
    """The reply with its headers in the order of a real vault, which has the length of an error among the first."""
    headers = reply.headers
    if reply.status >= HTTPStatus.BAD_REQUEST and reply.pieces is None and reply.length is None:
        headers = (*headers, ("Content-Length", ""))
    return replace(reply, headers=tuple(sorted(headers, key=lambda each: _PLACES.get(each[0].lower(), len(_PLACES)))))


def html_reply(status: int, title: str, headers: Headers = ()) -> Reply:
    """A page, as the web server in front of the vault sends it."""
    page = (
        f"<!DOCTYPE html>\r\n<html><head><title>{title}</title></head><body><h2>{status} - {title}</h2></body></html>"
    )
    return Reply(status, (("Content-Type", "text/html"), *headers), page.encode())


def error(settings: VaultSettings, status: int, code: str, message: str, inner: str = "") -> Reply:
    """An error of the vault; ``inner`` is the code that says more."""
    body: dict[str, object] = {"code": code, "message": message}
    if inner and settings.inner_error:
        body[settings.inner_error] = {"code": inner}
    return json_reply(status, {"error": body})


def caller_text(claims: Mapping[str, Any], settings: VaultSettings) -> str:
    """The caller as errors name it: application, object, groups where they count, issuer."""
    groups = "" if settings.numgroups is None else f"numgroups={settings.numgroups};"
    appid = claims.get("appid") or claims.get("azp", "")
    return f"appid={appid};oid={claims.get('oid', '')};{groups}iss={claims.get('iss', '')}"


def vault_text(name: str, settings: VaultSettings) -> str:
    """The vault as errors name it."""
    return f"{name};location={settings.location}"


def resource_id(name: str, settings: VaultSettings, asked: Asked) -> str:
    """The ARM id that an RBAC refusal names: of the object, or of the vault where the request has no object."""
    vault = (
        f"/subscriptions/{settings.subscription_id}/resourcegroups/{settings.resource_group}"
        f"/providers/microsoft.keyvault/vaults/{name}"
    )
    return f"{vault}/{asked.object_type}/{asked.name}" if asked.name else vault


def forbidden_by_rbac(
    name: str, settings: VaultSettings, claims: Mapping[str, Any], asked: Asked, decision: Decision
) -> Reply:
    """No role allows it here, or a deny assignment forbids it."""
    denied_by = decision.deny_assignment_id
    # No recording shows the reason that goes with a deny assignment; this one is worded like its sibling.
    reason = "DeniedByDenyAssignment" if denied_by and settings.decision_reason else settings.decision_reason
    lines = [
        "Caller is not authorized to perform action on resource.",
        _PROPAGATION,
        f"Caller: {caller_text(claims, settings)}",
        f"Action: 'Microsoft.KeyVault/vaults/{asked.action}'",
        f"Resource: '{resource_id(name, settings, asked)}'",
        "Assignment: (not found)",
        f"DenyAssignmentId: {_quoted(denied_by or None)}",
    ]
    if reason != "":
        lines.append(f"DecisionReason: {_quoted(reason)} ")
    lines += [f"Vault: {vault_text(name, settings)}", ""]
    return error(settings, 403, "Forbidden", "\r\n".join(lines), "ForbiddenByRbac")


def _quoted(value: str | None) -> str:
    return "null" if value is None else f"'{value}'"


def denied_by_policy(name: str, settings: VaultSettings, claims: Mapping[str, Any], asked: Asked) -> Reply:
    """The access policy lacks the permission."""
    message = (
        f"The user, group or application '{caller_text(claims, settings)}' does not have {asked.object_type} "
        f"{asked.permissions[0]} permission on key vault '{vault_text(name, settings)}'. "
        f"For help resolving this issue, please see {PERMISSION_HELP}"
    )
    return error(settings, 403, "Forbidden", message, settings.policy_code)


def forbidden_by_firewall(name: str, settings: VaultSettings, claims: Mapping[str, Any]) -> Reply:
    """The address that the request came from is not on the vault's list."""
    message = (
        "Client address is not authorized and caller is not a trusted service.\r\n"
        f"Client address: {settings.source_address}\r\n"
        f"Caller: {caller_text(claims, settings)}\r\nVault: {vault_text(name, settings)}"
    )
    return error(settings, 403, "Forbidden", message, "ForbiddenByFirewall")


def forbidden_by_connection(name: str, settings: VaultSettings, claims: Mapping[str, Any]) -> Reply:
    """Public access is off and this is no approved private link."""
    sentence = (
        "Connection is not an approved private link and caller was ignored because bypass is not set to "
        "'AzureServices' in PublicNetworkAccess"
        if settings.perimeter_wording
        else "Public network access is disabled and request is not from a trusted service nor via an approved "
        "private link."
    )
    message = f"{sentence}\r\nCaller: {caller_text(claims, settings)}\r\nVault: {vault_text(name, settings)}"
    return error(settings, 403, "Forbidden", message, "ForbiddenByConnection")


def vault_not_found(name: str, settings: VaultSettings) -> Reply:
    """The vault itself is soft-deleted."""
    message = (
        f"Azure Key Vault '{name}' has been soft deleted. Operations on this vault can be performed only after "
        f"recovering it. Follow this link for more information: {SOFT_DELETE_HELP}"
    )
    return error(settings, 404, "VaultNotFound", message)


def method_not_allowed(settings: VaultSettings, method: str) -> Reply:
    """The path is right, or nearly, and the verb is not."""
    return error(settings, 405, "MethodNotAllowed", f"HTTP {method} not allowed")
