"""The token service of App Service, Functions and Container Apps."""

from __future__ import annotations

import uuid
from typing import Final

from mitui.simulator.identities import GROUP, SUBSCRIPTION, SimulatedIdentity
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import KESTREL, is_unknown_resource, json_reply, parameter, spell_time
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings

TOKEN_PATH: Final = "/msi/token"
# Names that App Service doesn't know, such as msi_res_id, are ignored: then the request has no selector at all.
_SELECTORS: Final = {
    "client_id": "client_id",
    "clientid": "client_id",
    "object_id": "object_id",
    "principal_id": "object_id",
    "mi_res_id": "resource_id",
}


def variables(settings: HostSettings) -> dict[str, str]:
    """What points a client at this host, and what the platform sets beside it."""
    return {
        "IDENTITY_ENDPOINT": settings.url + TOKEN_PATH,
        "IDENTITY_HEADER": settings.secret,
        "WEBSITE_SITE_NAME": settings.machine.name,
        "WEBSITE_RESOURCE_GROUP": GROUP,
        "WEBSITE_OWNER_NAME": f"{SUBSCRIPTION}+{GROUP}-WestEuropewebspace-Linux",
        "WEBSITE_INSTANCE_ID": "7c9e6679f0b14c2e8f8a3d1b5e7a9c04",
        "REGION_NAME": "West Europe",
    }


def container_variables(settings: HostSettings) -> dict[str, str]:
    """The same for a container app, which names the endpoint twice."""
    endpoint = settings.url + TOKEN_PATH
    return {
        "IDENTITY_ENDPOINT": endpoint,
        "IDENTITY_HEADER": settings.secret,
        "MSI_ENDPOINT": endpoint,
        "CONTAINER_APP_NAME": settings.machine.name,
        "CONTAINER_APP_REVISION": f"{settings.machine.name}--v1",
        "CONTAINER_APP_REPLICA_NAME": f"{settings.machine.name}--v1-5d8f7c9b6-x2x4z",
        "CONTAINER_APP_HOSTNAME": f"{settings.machine.name}.internal.example",
    }


def error(status: int, message: str, *, pascal_case: bool = False) -> Reply:
    """The error of the token service, in one of its two spellings."""
    correlation = str(uuid.uuid4())
    value = {"statusCode": status, "message": message, "correlationId": correlation}
    if pascal_case:
        value = {name[0].upper() + name[1:]: content for name, content in value.items()}
    return json_reply(status, value, (*KESTREL, ("X-CORRELATION-ID", correlation)))


def no_identity(*, pascal_case: bool = False) -> Reply:
    """The refusal of a selector that names nothing here, or of no selector where only user-assigned ones are."""
    message = "No Managed Identity found for specified ClientId/ResourceId/PrincipalId."
    return error(400, message, pascal_case=pascal_case)


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What App Service says to ``request``."""
    return _answer(settings, request, unauthorized())


def container_answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What Container Apps say: the same, but an empty 403 to who doesn't know the header's value."""
    return _answer(settings, request, forbidden())


def unauthorized() -> Reply:
    """The refusal of a wrong header value."""
    return error(401, "Unauthorized")


def forbidden() -> Reply:
    """An empty 403."""
    return Reply(403, KESTREL)


def _answer(settings: HostSettings, request: RecordedRequest, refusal: Reply) -> Reply:
    if request.path != TOKEN_PATH:
        return Reply(404, KESTREL)
    if request.method != "GET":
        return Reply(405, KESTREL)
    old = parameter(request, "api-version") == "2017-09-01"
    if request.headers.get("secret" if old else "x-identity-header") != settings.secret:
        return refusal
    if not old and parameter(request, "api-version") != "2019-08-01":
        return error(400, "The api-version is not supported.")
    resource = parameter(request, "resource")
    if not resource:
        return error(400, "The resource parameter is missing.")
    identity = _identity(settings, request)
    if isinstance(identity, Reply):
        return identity
    if is_unknown_resource(settings, resource):
        return unknown_audience()
    token = settings.issue(identity, resource)
    how = "linux" if old and settings.expires_on == "text" else settings.expires_on
    value = {
        "access_token": token.raw,
        "client_id": identity.client_id.upper(),
        "expires_on": spell_time(token.expires_at, how),
        "not_before": str(token.issued_at),
        "resource": resource,
        "token_type": "Bearer",
    }
    return json_reply(200, value, KESTREL)


def unknown_audience() -> Reply:
    """What the service makes of an audience that Entra doesn't know. The spelling is its own."""
    return error(500, "An unexpected error occured while fetching the AAD Token.")


def _identity(settings: HostSettings, request: RecordedRequest) -> SimulatedIdentity | Reply:
    asked = [name for name in _SELECTORS if name in request.query]
    if len(asked) > 1:
        return error(400, "Only one of ClientId/ResourceId/PrincipalId may be specified.")
    if not asked:
        return settings.system if settings.system_assigned else no_identity()
    return settings.find(_SELECTORS[asked[0]], parameter(request, asked[0])) or no_identity()
