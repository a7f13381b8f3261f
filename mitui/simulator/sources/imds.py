"""The Instance Metadata Service of a VM or of a scale set's VM."""

from __future__ import annotations

import re
from typing import Final

from mitui.simulator.identities import SimulatedIdentity
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import (
    IMDS,
    imds_token,
    is_unknown_resource,
    json_reply,
    oauth_error,
    parameter,
    unknown_resource,
)
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings
from mitui.simulator.sources.imds_metadata import instance_document

TOKEN_PATH: Final = "/metadata/identity/oauth2/token"
SELECTORS: Final = {"client_id": "client_id", "object_id": "object_id", "msi_res_id": "resource_id"}
_NEWEST_VERSIONS: Final = ["2025-04-07", "2023-11-15", "2023-07-01"]
_KNOWN: Final = {"api-version", "resource", "bypass_cache", "authority", "claims", *SELECTORS}


def variables(settings: HostSettings) -> dict[str, str]:
    """What points a client at this host."""
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": settings.url}


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What IMDS says to ``request``."""
    path = request.path.rstrip("/")
    if path == "/metadata/identity/getplatformmetadata":
        return _platform_metadata(settings, request)
    if path not in (TOKEN_PATH, "/metadata/identity/info", "/metadata/versions", *_DOCUMENTS):
        return json_reply(404, {"error": "Not found"}, IMDS)
    if refusal := _refuse_headers(request):
        return refusal
    if path == "/metadata/versions":
        return json_reply(200, {"apiVersions": sorted(_NEWEST_VERSIONS)}, IMDS)
    if refusal := _refuse_query(request):
        return refusal
    if request.method != "GET":
        return oauth_error(405, "invalid_request", "Method not allowed")
    if path == TOKEN_PATH:
        return _token(settings, request)
    if path in _DOCUMENTS:
        document = instance_document(settings)
        return json_reply(200, document["compute"] if path.endswith("/compute") else document, IMDS)
    return json_reply(200, {"tenantId": settings.tenant}, IMDS)


_DOCUMENTS: Final = ("/metadata/instance", "/metadata/instance/compute")


def _refuse_headers(request: RecordedRequest) -> Reply | None:
    # A forwarded request counts as one without the header: it didn't come from the machine itself.
    if request.headers.get("metadata", "").lower() != "true" or "x-forwarded-for" in request.headers:
        return oauth_error(400, "invalid_request", "Required metadata header not specified")
    return None


def _refuse_query(request: RecordedRequest) -> Reply | None:
    if any(len(values) > 1 for values in request.query.values()):
        return oauth_error(400, "invalid_request", "Duplicate query parameters are not allowed")
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", parameter(request, "api-version")):
        said = "was not specified" if "api-version" not in request.query else "is invalid or unsupported"
        message = f"Bad request. api-version {said} in the request. For more information refer to aka.ms/azureimds"
        return json_reply(400, {"error": message, "newest-versions": _NEWEST_VERSIONS}, IMDS)
    return None


def _token(settings: HostSettings, request: RecordedRequest) -> Reply:
    resource = parameter(request, "resource")
    if not resource:
        return oauth_error(400, "invalid_request", "Required query variable 'resource' is missing")
    if settings.strict_query and not _KNOWN.issuperset(request.query):
        return oauth_error(400, "invalid_request", "Unsupported query variables")
    asked = [name for name in SELECTORS if name in request.query]
    if len(asked) > 1:
        return oauth_error(400, "invalid_request", f"Only one of {', '.join(SELECTORS)} may be specified")
    identity = find_identity(settings, request) if asked else _default_identity(settings)
    if isinstance(identity, Reply):
        return identity
    if identity is None:
        return oauth_error(400, "invalid_request", "Identity not found")
    if is_unknown_resource(settings, resource):
        return unknown_resource(resource)
    fields = imds_token(settings, settings.issue(identity, resource), resource)
    fields["client_id"] = identity.client_id
    for name in asked:
        fields[name] = getattr(identity, SELECTORS[name])
    return json_reply(200, dict(sorted(fields.items())), IMDS)


def find_identity(settings: HostSettings, request: RecordedRequest) -> SimulatedIdentity | None:
    """The identity that the request's selector names."""
    for name, field_name in SELECTORS.items():
        if name in request.query:
            return settings.find(field_name, parameter(request, name))
    return None


def _default_identity(settings: HostSettings) -> SimulatedIdentity | Reply | None:
    """The machine's own identity; without one the only user-assigned; with more of them, nobody can tell which."""
    if settings.system_assigned:
        return settings.system
    if len(settings.identities) > 1:
        return multiple_identities()
    return settings.identities[0] if settings.identities else None


def multiple_identities() -> Reply:
    """The refusal to choose among user-assigned identities."""
    return oauth_error(
        400,
        "invalid_request",
        "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the "
        "token request",
    )


def _platform_metadata(settings: HostSettings, request: RecordedRequest) -> Reply:
    if not settings.imds_v2:
        return json_reply(404, {"error": "Not found"}, IMDS)
    if refusal := _refuse_headers(request):
        return refusal
    if "msi_res_id" in request.query:
        return oauth_error(400, "invalid_request", "Unsupported query variables")
    identity = settings.system if settings.system_assigned else next(iter(settings.identities), None)
    if identity is None:
        return oauth_error(400, "invalid_request", "Identity not found")
    value = {
        "clientId": identity.client_id,
        "tenantId": settings.tenant,
        "cuId": {"vmId": settings.machine.vm_id, "vmssId": None},
        "attestationEndpoint": "https://sharedweu.weu.attest.azure.net",
    }
    return json_reply(200, value, IMDS)
