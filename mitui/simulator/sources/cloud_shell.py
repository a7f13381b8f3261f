"""The endpoint of Cloud Shell, which hands out tokens of the person who is signed in, for a list of audiences."""

from __future__ import annotations

from typing import Final

from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import json_reply, parameter, spell_time
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings

TOKEN_PATH: Final = "/oauth2/token"
_OTHER_PATH: Final = "/metadata/identity/oauth2/token"
AUDIENCES: Final = (
    "https://management.core.windows.net/",
    "https://management.azure.com/",
    "https://graph.windows.net/",
    "https://graph.microsoft.com/",
    "https://vault.azure.net",
    "https://storage.azure.com",
    "https://database.windows.net",
    "https://datalake.azure.net/",
    "https://batch.core.windows.net/",
    "https://ossrdbms-aad.database.windows.net",
    "https://analysis.windows.net/powerbi/api",
    "https://pas.windows.net/CheckMyAccess/Linux/.default",
)


def variables(settings: HostSettings) -> dict[str, str]:
    """What points a client at this host."""
    return {
        "MSI_ENDPOINT": settings.url + TOKEN_PATH,
        "AZUREPS_HOST_ENVIRONMENT": "cloud-shell/1.0",
        "ACC_CLOUD": "PROD",
        "ACC_TERM_ID": "1f5d3a9c-7b2e-4c60-8a1d-9e4f0b6c2d38",
    }


def error(status: int, code: str, message: str) -> Reply:
    """The nested error of Cloud Shell."""
    return json_reply(status, {"error": {"code": code, "message": message}})


def audience_refused(audience: str) -> Reply:
    """The refusal of an audience that is not on the list; it carries the list."""
    listed = ",".join(AUDIENCES)
    message = f"Audience {audience} is not a supported MSI token audience. Supported audiences: {listed}"
    return error(400, "AudienceNotSupported", message)


def asked_resource(request: RecordedRequest) -> str:
    """The audience of a request: in the form, or in the query of a GET."""
    if request.method == "POST":
        return request.form.get("resource", [""])[0]
    return parameter(request, "resource")


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What Cloud Shell says to ``request``: to a form, or to a GET as IMDS takes it."""
    if (request.method, request.path) not in (("POST", TOKEN_PATH), ("GET", _OTHER_PATH)):
        return error(404, "NotFound", "Not found")
    if request.headers.get("metadata", "").lower() != "true":
        return error(400, "BadRequest", "Required metadata header not specified")
    resource = asked_resource(request)
    if not resource:
        return error(400, "BadRequest", "Required parameter 'resource' is missing")
    if resource.rstrip("/") not in (each.rstrip("/") for each in AUDIENCES):
        return audience_refused(resource)
    token = settings.issue(None, resource)
    value = {
        "access_token": token.raw,
        "refresh_token": "",
        "expires_in": str(token.expires_at - int(settings.now())),
        "expires_on": spell_time(token.expires_at, settings.expires_on),
        "not_before": str(token.issued_at),
        "resource": resource,
        "token_type": "Bearer",
    }
    return json_reply(200, value)
