"""Pieces of which the identity endpoints' answers are made."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import Reply
from mitui.simulator.settings import ExpiryFormat, HostSettings
from mitui.simulator.tokens import IssuedToken

Headers = tuple[tuple[str, str], ...]
IMDS: Final[Headers] = (("Server", "IMDS/150.870.65.1253"),)
KESTREL: Final[Headers] = (("Server", "Kestrel"),)


def json_reply(status: int, value: Any, headers: Headers = ()) -> Reply:
    """``value`` as a JSON answer, without spaces: the lengths that recordings of the services tell leave no room."""
    content_type = ("Content-Type", "application/json; charset=utf-8")
    return Reply(status, (content_type, *headers), json.dumps(value, separators=(",", ":")).encode())


def text_reply(status: int, text: str, headers: Headers = (), *, reason: str = "", kind: str = "text/plain") -> Reply:
    """``text`` as an answer of the media type ``kind``."""
    return Reply(status, (("Content-Type", kind), *headers), text.encode(), reason)


def oauth_error(status: int, error: str, description: str, headers: Headers = IMDS) -> Reply:
    """The flat error of IMDS and Arc."""
    return json_reply(status, {"error": error, "error_description": description}, headers)


def entra_error(status: int, code: int, name: str, description: str, headers: Headers = ()) -> Reply:
    """The error of Entra ID's token endpoint."""
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    timestamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    value = {
        "error": name,
        "error_description": f"AADSTS{code}: {description} Trace ID: {trace} Correlation ID: {correlation} "
        f"Timestamp: {timestamp}",
        "error_codes": [code],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={code}",
    }
    return json_reply(status, value, headers)


def unknown_resource(resource: str, headers: Headers = IMDS) -> Reply:
    """What Entra says of an audience that isn't in the tenant, as IMDS passes it on."""
    description = (
        f"The resource principal named {resource} was not found in the tenant named Contoso. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You might have sent your authentication request to the wrong tenant."
    )
    return entra_error(400, 500011, "invalid_resource", description, headers)


def is_unknown_resource(settings: HostSettings, resource: str) -> bool:
    """Whether no tenant knows such an audience: a scope, something that is neither URI nor GUID, or one named so."""
    if resource.endswith("/.default") or resource.removesuffix("/") in settings.unknown_resources:
        return True
    if ":" in resource:
        return " " in resource
    try:
        uuid.UUID(resource)
    except ValueError:
        return True
    return False


def parameter(request: RecordedRequest, name: str) -> str:
    """The first value of a query parameter, or ""."""
    return request.query.get(name, [""])[0]


def spell_time(when: int, how: ExpiryFormat) -> str | int:
    """``expires_on`` in one of the spellings that are out there."""
    moment = datetime.fromtimestamp(when, UTC)
    if how == "number":
        return when
    if how == "iso":
        return moment.strftime("%Y-%m-%dT%H:%M:%S.0000000+00:00")
    if how == "windows":
        hour = moment.hour % 12 or 12
        return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment:%M:%S %p} +00:00"
    if how == "linux":
        return moment.strftime("%m/%d/%Y %H:%M:%S +00:00")
    return str(when)


def imds_token(settings: HostSettings, token: IssuedToken, resource: str) -> dict[str, Any]:
    """The fields that IMDS and Arc answer with, in IMDS's order; every number is a string."""
    remaining = str(token.expires_at - int(settings.now()))
    return {
        "access_token": token.raw,
        "expires_in": remaining,
        "expires_on": spell_time(token.expires_at, settings.expires_on),
        "ext_expires_in": remaining,
        "not_before": str(token.issued_at),
        "resource": resource,
        "token_type": "Bearer",
    }
