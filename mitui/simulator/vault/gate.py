"""The order in which a vault decides: token, network, api-version, permission, body, existence."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mitui.simulator.base64url import claims_of
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import Reply
from mitui.simulator.vault.call import NAME, VERSION, Call, Handler
from mitui.simulator.vault.certificates import CERTIFICATES
from mitui.simulator.vault.challenge import MISSING_TOKEN, fault_of_token, unauthorized
from mitui.simulator.vault.errors import (
    caller_text,
    denied_by_policy,
    error,
    forbidden_by_connection,
    forbidden_by_firewall,
    forbidden_by_rbac,
    vault_not_found,
)
from mitui.simulator.vault.keys import KEYS
from mitui.simulator.vault.objects import SECRETS
from mitui.simulator.vault.permissions import Decision, Permissions
from mitui.simulator.vault.routes import Route
from mitui.simulator.vault.settings import VaultSettings
from mitui.simulator.vault.store import Store

HANDLERS: Final[dict[str, dict[str, Handler]]] = {"secrets": SECRETS, "keys": KEYS, "certificates": CERTIFICATES}
API_VERSIONS: Final = (
    "2015-06-01",
    "2016-10-01",
    "7.0",
    "7.1",
    "7.2",
    "7.3",
    "7.4",
    "7.5",
    "7.6",
    "2025-07-01",
    "2026-04-01",
)
_NEEDS_BODY: Final = frozenset(("PUT", "PATCH"))
_TYPES: Final[dict[str, type]] = {
    **dict.fromkeys(("value", "contentType", "target", "provider"), str),
    **dict.fromkeys(("attributes", "tags", "policy", "key"), dict),
    **dict.fromkeys(("key_ops", "lifetimeActions", "x5c", "contacts"), list),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """A vault as it stands for one request."""

    name: str
    resource: str
    base: str
    next_base: str
    settings: VaultSettings
    permissions: Permissions
    store: Store
    now: float

    def answer(self, request: RecordedRequest, route: Route) -> Reply:
        """What the vault says to a request that has found its route."""
        authorization = request.headers.get("authorization", "")
        if not authorization:
            return unauthorized(self.settings, self.resource, MISSING_TOKEN)
        claims = claims_of(authorization)
        if fault := fault_of_token(claims, self.settings, self.resource, self.now):
            return unauthorized(self.settings, self.resource, fault)
        return self._answer_caller(request, route, claims or {})

    def _answer_caller(self, request: RecordedRequest, route: Route, claims: Mapping[str, Any]) -> Reply:
        if refusal := self._network(claims) or self._malformed(request, route):
            return refusal
        decision = self._decide(claims, route)
        if not decision.allowed:
            if self.settings.model == "rbac":
                return forbidden_by_rbac(self.name, self.settings, claims, route.asked, decision)
            return denied_by_policy(self.name, self.settings, claims, route.asked)
        reply = self.perform(request, route, self.store, caller_text(claims, self.settings))
        if self.settings.model != "rbac" or not self.settings.rbac_headers:
            return reply
        proof = (
            ("x-ms-keyvault-rbac-assignment-id", decision.assignment_id),
            ("x-ms-keyvault-rbac-cache", "ra_age=41;da_age=41;rd_age=41;brd_age=2210;ra_notif_age=41;dec_lev=0;"),
        )
        return Reply(reply.status, (*reply.headers, *proof), reply.body)

    def _network(self, claims: Mapping[str, Any]) -> Reply | None:
        if self.settings.soft_deleted:
            return vault_not_found(self.name, self.settings)
        if not self.settings.public_access:
            return forbidden_by_connection(self.name, self.settings, claims)
        if self.settings.firewall:
            return forbidden_by_firewall(self.name, self.settings, claims)
        return None

    def _malformed(self, request: RecordedRequest, route: Route) -> Reply | None:
        versions = request.query.get("api-version", [""])
        if versions[0] not in API_VERSIONS:
            said = f"'{versions[0]}' is not a supported api-version" if versions[0] else "api-version must be specified"
            return error(self.settings, 400, "BadParameter", f"{said}.")
        if route.name and not NAME.fullmatch(route.name):
            return error(self.settings, 400, "BadParameter", f"The request URI contains an invalid name: {route.name}")
        if route.version and not VERSION.fullmatch(route.version):
            message = f"The request URI contains an invalid version: {route.version}"
            return error(self.settings, 400, "BadParameter", message)
        return None

    def _decide(self, claims: Mapping[str, Any], route: Route) -> Decision:
        decide = self.permissions.by_role if self.settings.model == "rbac" else self.permissions.by_policy
        return decide(str(claims.get("oid", "")), route.asked)

    def perform(self, request: RecordedRequest, route: Route, store: Store, caller: str) -> Reply:
        """Run the operation on ``store``, as if its caller held every right."""
        body = _read_body(request)
        if isinstance(body, str):
            return error(self.settings, 400, "BadParameter", body)
        call = Call(
            route=route,
            body=body,
            query=request.query,
            store=store,
            settings=self.settings,
            base=self.base,
            next_base=self.next_base,
            vault=self.name,
            caller=caller,
            now=int(self.now),
        )
        row = route.operation
        return HANDLERS[row.object_type][row.verb](call)

    def could_succeed(self, request: RecordedRequest, route: Route) -> bool:
        """Whether the request would change this vault if its caller held every right: it is tried on a copy."""
        if not route.operation.changes or self._malformed(request, route):
            return False
        return self.perform(request, route, copy.deepcopy(self.store), "").status < 300


def _read_body(request: RecordedRequest) -> dict[str, Any] | str:
    """The JSON object in the body, with the right type in every property that the vault knows; or what is wrong."""
    if not request.body and request.method not in _NEEDS_BODY:
        return {}
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return "The request body is not a JSON object."
    for name, kind in _TYPES.items():
        if body.get(name) is not None and not isinstance(body[name], kind):
            return f"Property {name} has an invalid value."
    return body
