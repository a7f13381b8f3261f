"""The agent of an Arc-enabled server: it challenges with a key file before it hands out a token."""

from __future__ import annotations

from typing import Final

from mitui.simulator.identities import SimulatedIdentity
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import (
    imds_token,
    is_unknown_resource,
    json_reply,
    oauth_error,
    parameter,
    unknown_resource,
)
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings
from mitui.simulator.sources.arc_keys import prepare_agent
from mitui.simulator.sources.imds import SELECTORS, TOKEN_PATH, find_identity
from mitui.simulator.sources.imds_metadata import arc_document

_VERSIONS: Final = ("2019-08-15", "2019-11-01", "2020-06-01")
_SELECTORS: Final = ("client_id", "object_id", "msi_res_id")


def variables(settings: HostSettings) -> dict[str, str]:
    """What the agent's drop-in sets for services."""
    return {"IDENTITY_ENDPOINT": settings.url + TOKEN_PATH, "IMDS_ENDPOINT": settings.url}


def prepare(settings: HostSettings) -> None:
    """Install the agent below the root."""
    prepare_agent(settings.root)


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What the agent says to ``request``."""
    if request.path not in (TOKEN_PATH, "/metadata/instance/compute", "/metadata/instance"):
        return json_reply(404, {"error": "Not found"})
    if request.headers.get("metadata", "").lower() != "true":
        return oauth_error(400, "invalid_request", "Required metadata header not specified", ())
    if parameter(request, "api-version") not in _VERSIONS:
        message = "Bad request. api-version is invalid or was not specified in the request."
        return json_reply(400, {"error": message, "newest-versions": _VERSIONS[::-1]})
    if request.path != TOKEN_PATH:
        document = arc_document(settings)
        return json_reply(200, document if request.path.endswith("/compute") else {"compute": document})
    if not parameter(request, "resource"):
        return oauth_error(400, "invalid_request", "Required query variable 'resource' is missing", ())
    if not settings.keys.use(request.headers.get("authorization", "")):
        return challenge(settings)
    return _token(settings, request)


def challenge(settings: HostSettings) -> Reply:
    """The first leg's 401, with a new key file."""
    header = settings.keys.challenge(settings.root, settings.challenge, rooted=settings.rooted_realm)
    return Reply(401, (("WWW-Authenticate", header),) if header else ())


def _token(settings: HostSettings, request: RecordedRequest) -> Reply:
    asked = [] if settings.legacy_agent else [name for name in _SELECTORS if name in request.query]
    if len(asked) > 1:
        return oauth_error(400, "invalid_request", f"Only one of {', '.join(_SELECTORS)} may be specified", ())
    identity: SimulatedIdentity | None = find_identity(settings, request) if asked else settings.system
    if identity is None:
        return oauth_error(404, "invalid_request", "Identity not found", ())
    resource = parameter(request, "resource")
    if is_unknown_resource(settings, resource):
        return unknown_resource(resource, ())
    fields = imds_token(settings, settings.issue(identity, resource), resource) | {"refresh_token": ""}
    # An agent that knows user-assigned identities confirms the one it used; a client must not go on without that.
    for name in asked:
        fields[name] = getattr(identity, SELECTORS[name])
    return json_reply(200, fields)
