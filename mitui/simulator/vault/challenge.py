"""The 401 that starts every conversation with a vault, in all the shapes it has been seen in, and the token check."""

from __future__ import annotations

from typing import Any, Final

from mitui.simulator.base64url import encode
from mitui.simulator.replies import Headers
from mitui.simulator.server import Reply
from mitui.simulator.vault.errors import error
from mitui.simulator.vault.settings import VaultSettings

MISSING_TOKEN: Final = "AKV10000: Request is missing a Bearer or PoP token."
SIGNING_KEY_UNRESOLVED: Final = (
    "AKV10046: Unable to resolve the key used for signature validation. EncodedJwtHeader: 'eyJhbGciOiJSUzI1NiJ9'"
)

VARIANTS: Final[dict[str, tuple[str, ...]]] = {
    "standard": ('Bearer authorization="{login}", resource="{resource}"',),
    "authorization_uri": ('Bearer authorization_uri="{login}", resource="{resource}"',),
    "unquoted": ("Bearer authorization={login}, resource={resource}",),
    "no_space": ('Bearer authorization="{login}",resource="{resource}"',),
    "scope": ('Bearer authorization="{login}", scope="{resource}/.default"',),
    "claims": (
        'Bearer authorization="{login}", resource="{resource}", error="insufficient_claims", claims="{claims}"',
    ),
    "missing": (),
    "duplicated": (
        'Bearer authorization="{login}", resource="{resource}"',
        'Bearer authorization="https://login.evil.example.com/common", resource="https://management.azure.com"',
    ),
    "other_scheme": ('Basic realm="{resource}"',),
    "garbage": ("Bearer \t=,,==,\x80",),
}
_CLAIMS: Final = encode(b'{"access_token":{"nbf":{"essential":true,"value":"1603742800"}}}')


def challenge_headers(settings: VaultSettings, resource: str, variant: str = "") -> Headers:
    """The WWW-Authenticate headers of a 401: none, one or two, as the variant has it."""
    login = f"https://{settings.login_host}/{settings.tenant_id}"
    values = {"login": login, "resource": settings.challenge_resource or resource, "claims": _CLAIMS}
    shapes = VARIANTS[variant or settings.challenge]
    return tuple(("WWW-Authenticate", shape.format(**values)) for shape in shapes)


def unauthorized(settings: VaultSettings, resource: str, message: str, variant: str = "") -> Reply:
    """A 401 with its challenge."""
    reply = error(settings, 401, "Unauthorized", message)
    headers = (*reply.headers, *challenge_headers(settings, resource, variant))
    return Reply(reply.status, headers, reply.body)


def fault_of_token(claims: dict[str, Any] | None, settings: VaultSettings, resource: str, now: float) -> str:
    """Why this token is refused, as the vault says it, or ""."""
    if claims is None:
        return "[TokenInvalid] Error validating token: the token is not a JWT."
    if claims.get("aud") not in (resource, "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"):
        return f"AKV10022: Invalid audience. Expected {resource}, found: {claims.get('aud', '')}."
    issuer = settings.issuer or f"https://sts.windows.net/{settings.tenant_id}/"
    issuers = (issuer, f"https://login.microsoftonline.com/{settings.tenant_id}/v2.0")
    if claims.get("iss") not in issuers:
        expected = f"{issuer}, https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/"
        return f"AKV10032: Invalid issuer. Expected one of {expected}, found {claims.get('iss', '')}."
    if not _before(claims.get("nbf", 0), now + 300):
        return "[TokenNotYetValid] Error validating token: the token is not valid yet."
    if _before(claims.get("exp", 0), now - 300):
        return "[TokenExpired] Error validating token: the token is expired."
    return ""


def _before(value: object, moment: float) -> bool:
    return isinstance(value, int | float) and value < moment
