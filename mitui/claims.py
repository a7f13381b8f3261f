"""What a token says of itself: its claims, what each means, and whose token it is.

Managed identity tokens are not meant for their caller: claims are decoded for display and diagnosis only, and the
signature is not verified.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mitui.secret import Secret

IdentityKind = Literal["system-assigned", "user-assigned", "user", "unknown"]


@dataclass(frozen=True, slots=True)
class Claims:
    """The decoded header and payload of a token, kept as JSON text (small, immutable, equal by value).

    Both are "" for an opaque token. The signature is not part of it, so no token can be rebuilt from it.
    """

    header_json: str = ""
    payload_json: str = ""

    def payload(self) -> dict[str, object]:
        """The claims in the token's own order; empty for an opaque token."""
        return dict(json.loads(self.payload_json)) if self.payload_json else {}

    def header(self) -> dict[str, object]:
        """The JOSE header; empty for an opaque token."""
        return dict(json.loads(self.header_json)) if self.header_json else {}

    def text(self, name: str) -> str:
        """The named claim if it is a string, else ""."""
        value = self.payload().get(name)
        return value if isinstance(value, str) else ""

    def __bool__(self) -> bool:
        return bool(self.payload_json)


@dataclass(frozen=True, slots=True)
class ActualIdentity:
    """Whose token it is, from its claims and never from what was asked. Ids are "" where the token holds none."""

    kind: IdentityKind = "unknown"
    client_id: str = ""
    object_id: str = ""
    tenant_id: str = ""
    resource_id: str = ""  # xms_mirid: of the identity, or of the host for a system-assigned one
    host_resource_id: str = ""  # xms_az_rid: of the resource that asked


ORDER: Final = (
    "aud",
    "oid",
    "appid",
    "azp",
    "tid",
    "xms_mirid",
    "xms_az_rid",
    "idtyp",
    "iat",
    "nbf",
    "exp",
    "roles",
    "scp",
    "upn",
    "groups",
    "wids",
    "iss",
    "idp",
    "sub",
    "ver",
    "uti",
)
_TIMES: Final = frozenset({"iat", "nbf", "exp", "xms_tcdt", "auth_time"})
_MEANINGS: Final = {
    "aud": "the resource it is for",
    "iss": "who issued it: the tenant's token service",
    "iat": "issued",
    "nbf": "starts",
    "exp": "expires",
    "auth_time": "when the user signed in",
    "aio": "internal to Entra ID",
    "rh": "internal to Entra ID",
    "rd": "internal to Entra ID",
    "xms_rd": "internal to Entra ID",
    "xms_ftd": "internal to Entra ID",
    "appid": "client ID",
    "azp": "client ID",
    "idp": "who authenticated the identity",
    "oid": "object ID, for grants",
    "sub": "subject; for a managed identity the same as oid",
    "tid": "tenant",
    "uti": "this token's own ID; the same again means a cached token",
    "ver": "token format",
    "xms_az_rid": "the resource that asked",
    "xms_az_nwperimid": "network security perimeters",
    "xms_cc": "client capabilities; cp1 means that it can be revoked early",
    "xms_act_fct": "facets of the caller, as codes",
    "xms_sub_fct": "facets of the subject, as codes",
    "xms_tnt_fct": "facets of the tenant, as codes",
    "xms_tcdt": "tenant created",
    "xms_tdbr": "data boundary of the tenant",
    "tenant_region_scope": "region of the tenant",
    "roles": "application roles granted on the audience",
    "wids": "directory roles, as template IDs",
    "groups": "IDs of the groups it is in; up to a day stale",
    "hasgroups": "it is in more groups than fit",
    "_claim_names": "claims that must be fetched elsewhere",
    "_claim_sources": "where those claims are",
    "scp": "delegated permissions: a user's token",
    "upn": "the user's name: a user's token",
    "unique_name": "the user's name: a user's token",
    "name": "the user's display name",
    "amr": "how the user signed in",
    "ipaddr": "the user's address",
    "puid": "the user's internal ID",
    "jti": "this token's own ID",
    "kubernetes.io": "the pod, its node and its service account",
    "typ": "type of the token",
    "alg": "signature algorithm",
    "kid": "which key signed it",
    "x5t": "thumbprint of the certificate that signed it",
}
_CLIENT_AUTHENTICATION: Final = {
    "0": "public client",
    "1": "client secret",
    "2": "certificate, as managed identities do",
}
_RELATIONSHIPS: Final = {
    "1": "member user",
    "3": "personal account member",
    "5": "guest",
    "7": "service principal",
    "9": "device",
    "11": "delegated partner",
    "13": "application without a service principal",
    "33": "federated managed identity",
}
_USER_ASSIGNED: Final = "/microsoft.managedidentity/userassignedidentities/"
_HOSTS: Final = (
    ("/microsoft.compute/virtualmachinescalesets/", "this scale set"),
    ("/microsoft.compute/virtualmachines/", "this VM"),
    ("/microsoft.hybridcompute/machines/", "this Arc server"),
    ("/microsoft.web/", "this app"),
    ("/microsoft.app/", "this container app"),
    ("/microsoft.containerinstance/", "this container group"),
    ("/microsoft.machinelearningservices/", "this ML compute"),
    ("/microsoft.automation/", "this Automation account"),
    ("/microsoft.servicefabric/", "this Service Fabric application"),
)


def is_time(name: str) -> bool:
    """Whether this claim holds a time in epoch seconds."""
    return name in _TIMES


def explain(name: str, value: object) -> str:
    """What the claim means here, in a short phrase; "" for a claim that nothing is known of."""
    text = value if isinstance(value, str) else ""
    if name == "xms_mirid":
        if _USER_ASSIGNED in text.lower():
            return "user-assigned, " + text.rpartition("/")[2]
        return f"system-assigned, {_host_words(text)}"
    if name in ("iss", "sub") and (said := _kubernetes_words(name, text)):
        return said
    if name == "idtyp":
        return {"app": "an application's token", "user": "a user's token, not a managed identity's"}.get(
            text, "whose token"
        )
    if name in ("appidacr", "azpacr"):
        return "how it authenticated: " + _CLIENT_AUTHENTICATION.get(text, "unknown code")
    if name == "xms_idrel":
        known = [_RELATIONSHIPS[code] for code in text.split() if code in _RELATIONSHIPS]
        return "relationship to the tenant" + (": " + ", ".join(known) if known else "")
    return _MEANINGS.get(name, "")


def _kubernetes_words(name: str, text: str) -> str:
    """What ``sub`` and ``iss`` mean in the token of a Kubernetes service account, "" in any other."""
    if name == "sub" and text.startswith(_SERVICE_ACCOUNT):
        namespace, _, account = text.removeprefix(_SERVICE_ACCOUNT).partition(":")
        return f"service account {account} in namespace {namespace}"
    of_a_cluster = name == "iss" and any(part in text for part in _CLUSTER_ISSUERS)
    return "who issued it: the cluster's OIDC issuer" if of_a_cluster else ""


_SERVICE_ACCOUNT: Final = "system:serviceaccount:"
_CLUSTER_ISSUERS: Final = (".oic.prod-aks.azure.", "//oidc.prod-aks.azure.", "kubernetes.default.svc")


def _host_words(resource_id: str) -> str:
    lowered = resource_id.lower()
    return next((words for part, words in _HOSTS if part in lowered), "this resource")


def decode(raw: Secret) -> Claims:
    """The claims of a JWT; empty for anything else (an opaque or encrypted token). Never raises."""
    text = raw.reveal()
    if not _COMPACT.fullmatch(text):
        return Claims()
    # It is slow to import, and what is drawn first has no token yet.
    import jwt

    try:
        # Without the signature, which nobody verifies here: PyJWT would look through its every character.
        token = jwt.decode_complete(text[: text.rindex(".") + 1], options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return Claims()
    header, payload = token["header"], token["payload"]
    if is_too_deep(header) or is_too_deep(payload):
        return Claims()
    return Claims(sys.intern(_json(header)), _json(payload))


_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_DEEPEST: Final = 100  # what is parsed again for a view must not exhaust that view's stack


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def is_too_deep(value: object) -> bool:
    """Whether lists and objects lie in one another deeper than a view can follow."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def classify(claims: Claims) -> ActualIdentity:
    """Whose token it is. A token without ``xms_mirid`` (a custom audience) stays "unknown" but for its ids."""
    return classify_payload(claims.payload())


def classify_payload(payload: Mapping[str, object]) -> ActualIdentity:
    """``classify`` for claims that have been parsed already."""

    def text(*names: str) -> str:
        value = next((value for name in names if isinstance(value := payload.get(name), str) and value), "")
        return sys.intern(value)  # the ids of one identity are the same in its every token

    resource_id = text("xms_mirid")
    kind: IdentityKind = "unknown"
    if text("idtyp").lower() == "user" or text("scp") or text("upn"):
        kind = "user"
    elif resource_id:
        kind = "user-assigned" if _USER_ASSIGNED in resource_id.lower() else "system-assigned"
    return ActualIdentity(kind, text("appid", "azp"), text("oid"), text("tid"), resource_id, text("xms_az_rid"))
