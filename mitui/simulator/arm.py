"""The requests to Azure Resource Manager that an identity can make about itself: its machine, and where that lies.

Azure CLI asks for the subscriptions and tenants when it logs in; without a subscription it refuses to go on.
"""

from __future__ import annotations

from typing import Any, Final

from mitui.simulator.base64url import claims_of
from mitui.simulator.identities import SUBSCRIPTION
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import json_reply
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings

_SUBSCRIPTION: Final = f"/subscriptions/{SUBSCRIPTION}"
_AUDIENCES: Final = ("https://management.azure.com", "https://management.core.windows.net")


def knows(path: str) -> bool:
    """Whether the path is one of Resource Manager's."""
    return path.startswith("/subscriptions/") or path.rstrip("/") in ("/subscriptions", "/tenants")


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """The machine with its identities, where ``arm_reader`` allows it; else the 403 that is the default in Azure.

    An identity that has a role on anything in a subscription sees the subscription.
    """
    claims = claims_of(request.headers.get("authorization", "")) or {}
    if str(claims.get("aud", "")).rstrip("/") not in _AUDIENCES or claims.get("exp", 0) < settings.now():
        return _error(401, "AuthenticationFailed", "Authentication failed. The token is missing, invalid or expired.")
    if request.method != "GET" or "api-version" not in request.query:
        return _error(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
    path = request.path.rstrip("/").lower()
    if path in ("/subscriptions", "/tenants", _SUBSCRIPTION):
        return json_reply(200, _place(settings, path))
    machine = settings.machine
    if not settings.arm_reader:
        scope = request.path.rstrip("/")
        message = (
            f"The client '{claims.get('appid')}' with object id '{claims.get('oid')}' does not have authorization to "
            f"perform action '{machine.resource_type}/read' over scope '{scope}' or the scope is invalid. "
            "If access was recently granted, please refresh your credentials."
        )
        return _error(403, "AuthorizationFailed", message)
    if request.path.rstrip("/").lower() not in (machine.resource_id.lower(), machine.identity_owner.lower()):
        return _error(404, "ResourceNotFound", f"The resource '{request.path}' was not found.")
    value = {"id": machine.resource_id, "name": machine.name, "type": machine.resource_type}
    return json_reply(200, value | {"location": machine.location, "identity": _identity(settings)})


def _place(settings: HostSettings, path: str) -> dict[str, Any]:
    """The subscription and the tenant, by the schema of Microsoft.Resources/subscriptions of 2022-12-01."""
    if path == "/tenants":
        return {"value": [{"id": f"/tenants/{settings.tenant}", "tenantId": settings.tenant}]}
    subscription = {
        "id": _SUBSCRIPTION,
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": SUBSCRIPTION,
        "tenantId": settings.tenant,
        "displayName": "Contoso",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
    return subscription if path == _SUBSCRIPTION else {"value": [subscription], "count": {"type": "Total", "value": 1}}


def _identity(settings: HostSettings) -> dict[str, Any]:
    kinds = ("SystemAssigned" if settings.system_assigned else "", "UserAssigned" if settings.identities else "")
    value: dict[str, Any] = {"type": ", ".join(filter(None, kinds)) or "None"}
    if settings.system_assigned:
        value |= {"principalId": settings.system.object_id, "tenantId": settings.tenant}
    if settings.identities:
        value["userAssignedIdentities"] = {
            each.resource_id: {"principalId": each.object_id, "clientId": each.client_id}
            for each in settings.identities
        }
    return value


def _error(status: int, code: str, message: str) -> Reply:
    return json_reply(status, {"error": {"code": code, "message": message}})
