"""App Service, Functions, Container Apps and Automation: IDENTITY_ENDPOINT with IDENTITY_HEADER."""

from __future__ import annotations

from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.platform import platform_of
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.source import Call, Endpoint, Source, SourceMatch, missing, variable
from mitui.http import HttpRequest
from mitui.secret import Secret

ENDPOINT = "IDENTITY_ENDPOINT"
HEADER = "IDENTITY_HEADER"
API_VERSION = "2019-08-01"
_PARAMETERS = {"client_id": "client_id", "object_id": "object_id", "resource_id": "mi_res_id"}
_NO_IDENTITY = (
    "no managed identity found",
    "no msi found",
    "delegated managed identity found",
    "unable to load requested managed identity",
)


def _label(environment: HostEnvironment) -> str:
    platform = platform_of(environment)
    return platform.label if platform is not None else "App Service"


def _detect(environment: HostEnvironment) -> SourceMatch:
    evidence = (variable(environment, ENDPOINT), variable(environment, HEADER, secret=True))
    lacking = missing(environment, ENDPOINT, HEADER)
    return SourceMatch(not lacking, lacking or f"{ENDPOINT} and {HEADER} are set", evidence)


def _endpoint(environment: HostEnvironment) -> Endpoint:
    return Endpoint(environment.get(ENDPOINT), ENDPOINT)


def _request(call: Call) -> HttpRequest:
    parameters = {"api-version": API_VERSION, "resource": call.resource}
    if call.identity.value is not None:
        parameters[_PARAMETERS[call.identity.selector]] = call.identity.value
    header = Secret(call.environment.get(HEADER))
    return HttpRequest("GET", call.get(parameters), (("X-IDENTITY-HEADER", header),))


def _read_error(call: Call, error: ErrorReply) -> FailureKind | None:
    if error.mentions(*_NO_IDENTITY):
        return FailureKind.IDENTITY_NOT_FOUND
    if error.status == 401 or (error.status == 403 and error.form == "empty"):
        return FailureKind.HEADER_REJECTED
    return None


SOURCE = Source(
    kind=SourceKind.APP_SERVICE,
    service_name="App Service",
    label=_label,
    detect=_detect,
    endpoint=_endpoint,
    request=_request,
    read_error=_read_error,
)
