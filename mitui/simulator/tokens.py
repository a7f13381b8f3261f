"""Access tokens as Microsoft Entra issues them to managed identities, with a random signature or a true one.

The claims follow what real tokens carry: version 1 for Microsoft's own audiences, with the ARM id of the identity in
``xms_mirid``; version 2 for other applications, without it; a user's token from Cloud Shell and from Azure ML's SSO.
"""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from mitui.simulator.base64url import encode
from mitui.simulator.identities import TENANT, SimulatedIdentity, SimulatedMachine
from mitui.simulator.signing import signing_key

# A kid is the thumbprint of the signing key; any 20 bytes look like one.
_KEY_ID: Final = "mTu1SimuLat3dKeyTh4tS1gnsNo"
_TOKEN_EXCHANGE: Final = "api://AzureADTokenExchange"
_CUSTOM_APPLICATION: Final = "3f8e5b6a-90c1-4d7e-a2b4-6c1d0e9f8a75"
_PORTAL_CONSOLE: Final = "b677c290-cf4b-4a8e-a60e-91ba650a4abe"
USER_OBJECT_ID: Final = "be1f3a70-62c4-4a59-8d17-0f9b3c5e2d86"
_MICROSOFT_SUFFIXES: Final = (
    "azure.com",
    "azure.net",
    "azure.us",
    "azure.cn",
    "windows.net",
    "windowsazure.com",
    "usgovcloudapi.net",
    "chinacloudapi.cn",
    "microsoft.com",
    "microsoft.us",
    "microsoftazure.de",
    "azuredatabricks.net",
    "azconfig.io",
)

TokenStyle = Literal["jwt", "opaque", "not-a-jwt"]


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token and its times, in whole epoch seconds."""

    raw: str = field(repr=False)
    issued_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """What to issue: for whom, on which machine, for what. ``identity`` None is a signed-in user.

    ``lifetime`` is how long the token lasts from now on and ``age`` how long ago it was issued, in seconds. ``signed``
    asks for a true signature. ``system`` says that the identity is the machine's own, ``federated`` that a pod's token
    was exchanged for it.
    """

    identity: SimulatedIdentity | None
    machine: SimulatedMachine
    resource: str
    lifetime: float
    age: float = 0
    system: bool = False
    style: TokenStyle = "jwt"
    tenant: str = TENANT
    federated: bool = False
    signed: bool = False


def is_microsoft_audience(resource: str) -> bool:
    """Whether the audience is one of Microsoft's services, whose tokens name the identity's ARM id."""
    host = urlsplit(resource).hostname or ""
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in _MICROSOFT_SUFFIXES)


@dataclass(slots=True)
class TokenMint:
    """Issues tokens and keeps them, as the platform behind a real endpoint does; safe to use from many threads."""

    _kept: dict[tuple[str, str], tuple[float, IssuedToken]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, order: TokenOrder, now: float, *, keep: bool = False) -> IssuedToken:
        """A token for ``order``; with ``keep`` the same one again until half of its remaining life has gone by."""
        if not keep:
            return _new_token(order, now)
        key = (order.identity.object_id if order.identity else "", order.resource)
        with self._lock:
            renew_at, token = self._kept.get(key, (now, None))
            if token is None or now >= renew_at:
                token = _new_token(order, now)
                self._kept[key] = (now + order.lifetime / 2, token)
            return token

    def forget(self) -> None:
        """Let the next request for each token get a new one."""
        with self._lock:
            self._kept.clear()


def _new_token(order: TokenOrder, now: float) -> IssuedToken:
    issued_at, expires_at = int(now - order.age), int(now + order.lifetime)
    if order.style == "not-a-jwt":
        raw = f"not-a-jwt-{secrets.token_urlsafe(24)}"
    elif order.style == "opaque":
        raw = ".".join(
            (_encode({"alg": "RSA-OAEP", "enc": "A256GCM"}), *(secrets.token_urlsafe(n) for n in (256, 12, 700, 16)))
        )
    else:
        raw = sign(token_claims(order, issued_at, expires_at), truly=order.signed)
    return IssuedToken(raw, issued_at, expires_at)


def sign(claims: dict[str, Any], *, truly: bool = False) -> str:
    """``claims`` as a JWT that claims to be signed with RS256: a random signature, or ``truly`` that of our key."""
    key_id = signing_key().kid if truly else _KEY_ID
    header = {"typ": "JWT", "alg": "RS256", "kid": key_id}
    if claims.get("ver") == "1.0":
        header["x5t"] = key_id
    signed = f"{_encode(header)}.{_encode(claims)}"
    signature = encode(signing_key().sign(signed.encode())) if truly else secrets.token_urlsafe(256)
    return f"{signed}.{signature}"


def _encode(value: dict[str, Any]) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())


def token_claims(order: TokenOrder, issued_at: int, expires_at: int) -> dict[str, Any]:
    """The claims of such a token."""
    times = {"iat": issued_at, "nbf": issued_at, "exp": expires_at, "aio": secrets.token_urlsafe(48)}
    last = {"rh": f"1.{secrets.token_urlsafe(36)}.", "tid": order.tenant, "uti": secrets.token_urlsafe(16)}
    if order.identity is None:
        return _user_claims(order, times, last)
    if is_microsoft_audience(order.resource):
        return _first_party_claims(order, order.identity, times, last)
    return _custom_claims(order, order.identity, times, last)


def _first_party_claims(
    order: TokenOrder, identity: SimulatedIdentity, times: dict[str, Any], last: dict[str, Any]
) -> dict[str, Any]:
    issuer = f"https://sts.windows.net/{order.tenant}/"
    owner = order.machine.identity_owner
    claims: dict[str, Any] = {"aud": order.resource, "iss": issuer, **times}
    claims |= {"appid": identity.client_id, "appidacr": "2", "idp": issuer, "idtyp": "app", "oid": identity.object_id}
    claims |= {"sub": identity.object_id, **last, "ver": "1.0", "xms_idrel": "7 18", "xms_tcdt": 1412206840}
    if order.federated:
        return claims
    if not order.system or order.machine.scale_set:
        claims["xms_az_rid"] = owner
    claims["xms_mirid"] = owner if order.system else identity.resource_id
    return claims


def _custom_claims(
    order: TokenOrder, identity: SimulatedIdentity, times: dict[str, Any], last: dict[str, Any]
) -> dict[str, Any]:
    audience = _CUSTOM_APPLICATION if order.resource.startswith("api://") else order.resource
    if order.resource == _TOKEN_EXCHANGE:
        audience = "fb60f99c-7a34-4190-8149-302f77469936"
    issuer = f"https://login.microsoftonline.com/{order.tenant}/v2.0"
    claims: dict[str, Any] = {"aud": audience, "iss": issuer, **times}
    claims |= {"azp": identity.client_id, "azpacr": "2", "idtyp": "app", "oid": identity.object_id}
    return claims | {"sub": identity.object_id, **last, "ver": "2.0", "xms_idrel": "7 18"}


def _user_claims(order: TokenOrder, times: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    issuer = f"https://sts.windows.net/{order.tenant}/"
    claims: dict[str, Any] = {"aud": order.resource, "iss": issuer, **times, "acr": "1", "amr": ["pwd", "mfa"]}
    claims |= {
        "appid": _PORTAL_CONSOLE,
        "appidacr": "2",
        "idtyp": "user",
        "ipaddr": "203.0.113.7",
        "name": "Ada Contoso",
    }
    claims |= {"oid": USER_OBJECT_ID, "puid": "10032001F4B7C2A1", "scp": "user_impersonation"}
    claims |= {
        "sub": secrets.token_urlsafe(32),
        **last,
        "unique_name": "ada@contoso.example",
        "upn": "ada@contoso.example",
    }
    return claims | {"ver": "1.0", "xms_idrel": "1 6", "xms_tcdt": 1412206840}
