"""The token service of a Service Fabric node, behind TLS with a certificate that only its thumbprint vouches for."""

from __future__ import annotations

import ssl
import uuid
from typing import Final

from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import KESTREL, is_unknown_resource, json_reply, parameter, spell_time
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings
from mitui.simulator.sources.pinned_tls import pinned_tls

TOKEN_PATH: Final = "/metadata/identity/oauth2/token"
_VERSIONS: Final = ("2019-07-01-preview", "2020-05-01")
_SELECTORS: Final = ("client_id", "object_id", "mi_res_id", "msi_res_id", "principalId")


def variables(settings: HostSettings) -> dict[str, str]:
    """What points a client at this host."""
    return {
        "IDENTITY_ENDPOINT": settings.url + TOKEN_PATH,
        "IDENTITY_HEADER": settings.secret,
        "IDENTITY_SERVER_THUMBPRINT": settings.thumbprint,
        "IDENTITY_API_VERSION": "2020-05-01",
        "Fabric_ApplicationName": "fabric:/orders",
        "Fabric_ServiceName": "fabric:/orders/api",
    }


def context(fault: str) -> ssl.SSLContext:
    """The server's side of TLS; with the fault "sf.wrongpin" it presents another certificate than the announced one."""
    return pinned_tls("stranger" if fault == "sf.wrongpin" else "node").context


def error(status: int, code: str, message: str) -> Reply:
    """The nested error of the token service, with the headers that Azure/azure-sdk-for-net#45547 shows."""
    value = {"error": {"correlationId": str(uuid.uuid4()), "code": code, "message": message}}
    return json_reply(status, value, (*KESTREL, ("x-ms-request-id", str(uuid.uuid4()))))


def no_secret() -> Reply:
    """The refusal of a request without the header."""
    return error(401, "SecretHeaderNotFound", "Secret is not found in the request headers.")


def no_identity() -> Reply:
    """The refusal of an application that has no identity."""
    return error(404, "ManagedIdentityNotFound", "The managed identity is not found.")


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What the service says to ``request``. The identity is the application's own, by its manifest."""
    if request.path != TOKEN_PATH:
        return error(404, "NotFound", "Not found")
    if "secret" not in request.headers:
        return no_secret()
    if request.headers["secret"] != settings.secret:
        return no_identity()
    if parameter(request, "api-version") not in _VERSIONS:
        return error(400, "InvalidApiVersion", f"The api-version is not supported. Supported: {', '.join(_VERSIONS)}.")
    resource = parameter(request, "resource")
    if not resource:
        return error(400, "ArgumentNullOrEmpty", "The parameter 'resource' should not be null or empty string.")
    if any(name in request.query for name in _SELECTORS):
        return error(404, "DefaultIdentityNotDefined", "The application has no identity that goes by such a selector.")
    identity = settings.system if settings.system_assigned else next(iter(settings.identities), None)
    if identity is None:
        return no_identity()
    if is_unknown_resource(settings, resource):
        return error(500, "InternalServerError", "An internal server error occurred.")
    token = settings.issue(identity, resource)
    value = {
        "token_type": "Bearer",
        "access_token": token.raw,
        "expires_on": spell_time(token.expires_at, settings.expires_on),
        "resource": resource,
    }
    return json_reply(200, value, (*KESTREL, ("x-ms-request-id", str(uuid.uuid4()))))
