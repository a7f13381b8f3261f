"""Azure ML compute: MSI_ENDPOINT with MSI_SECRET, and the 2017 protocol."""

from __future__ import annotations

from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.platform import platform_of
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.source import Call, Endpoint, Source, SourceMatch, missing, variable
from mitui.http import HttpRequest
from mitui.secret import Secret

ENDPOINT = "MSI_ENDPOINT"
SECRET = "MSI_SECRET"
DEFAULT = "DEFAULT_IDENTITY_CLIENT_ID"
API_VERSION = "2017-09-01"


def _label(environment: HostEnvironment) -> str:
    # An app on an old stack has the same pair of variables and the same protocol.
    platform = platform_of(environment)
    return platform.label if platform is not None else "Azure ML"


def _detect(environment: HostEnvironment) -> SourceMatch:
    evidence = (
        variable(environment, ENDPOINT),
        variable(environment, SECRET, secret=True),
        variable(environment, DEFAULT),
    )
    lacking = missing(environment, ENDPOINT, SECRET)
    return SourceMatch(not lacking, lacking or f"{ENDPOINT} and {SECRET} are set", evidence)


def _endpoint(environment: HostEnvironment) -> Endpoint:
    return Endpoint(environment.get(ENDPOINT), ENDPOINT)


def _request(call: Call) -> HttpRequest:
    client_id = call.identity.value or call.environment.get(DEFAULT)
    parameters = {"api-version": API_VERSION, "resource": call.resource, "clientid": client_id}
    return HttpRequest("GET", call.get(parameters), (("secret", Secret(call.environment.get(SECRET))),))


def _read_error(call: Call, error: ErrorReply) -> FailureKind | None:
    if error.status == 401:
        return FailureKind.HEADER_REJECTED
    if error.status == 404 and error.form == "text":
        return FailureKind.IDENTITY_NOT_FOUND  # a plain-text "InternalError" is how ML says that it has none
    return None


SOURCE = Source(
    kind=SourceKind.AZURE_ML,
    service_name="Azure ML",
    label=_label,
    detect=_detect,
    endpoint=_endpoint,
    request=_request,
    read_error=_read_error,
    selectors=("system", "client_id"),
    selector_reason="Azure ML takes a user-assigned identity by its client ID only: its protocol has nothing else",
)
