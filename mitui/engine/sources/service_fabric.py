"""Service Fabric: IDENTITY_ENDPOINT over TLS, with a certificate that is known by its thumbprint only."""

from __future__ import annotations

import re

from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.source import Call, Endpoint, Source, SourceMatch, missing, variable
from mitui.http import HttpRequest
from mitui.secret import Secret

ENDPOINT = "IDENTITY_ENDPOINT"
HEADER = "IDENTITY_HEADER"
THUMBPRINT = "IDENTITY_SERVER_THUMBPRINT"
API_VERSION = "2019-07-01-preview"
_SEPARATORS = re.compile(r"[\s:\-\u200e]")  # U+200E leads thumbprints that were copied from Windows' certificate dialog
_SHA1 = re.compile(r"[0-9a-f]{40}\Z", re.ASCII)
_KINDS = {
    "SecretHeaderNotFound": FailureKind.HEADER_REJECTED,
    "ManagedIdentityNotFound": FailureKind.IDENTITY_NOT_FOUND,
    "DefaultIdentityNotDefined": FailureKind.IDENTITY_NOT_FOUND,
    "ArgumentNullOrEmpty": FailureKind.BAD_REQUEST,
    "InvalidApiVersion": FailureKind.BAD_REQUEST,
}


def _label(environment: HostEnvironment) -> str:
    return "Service Fabric"


def _detect(environment: HostEnvironment) -> SourceMatch:
    evidence = (
        variable(environment, ENDPOINT),
        variable(environment, HEADER, secret=True),
        variable(environment, THUMBPRINT),
    )
    lacking = missing(environment, ENDPOINT, HEADER, THUMBPRINT)
    return SourceMatch(not lacking, lacking or f"{ENDPOINT}, {HEADER} and {THUMBPRINT} are set", evidence)


def _thumbprint(environment: HostEnvironment) -> str:
    return _SEPARATORS.sub("", environment.get(THUMBPRINT)).lower()


def _endpoint(environment: HostEnvironment) -> Endpoint:
    return Endpoint(environment.get(ENDPOINT), ENDPOINT, _thumbprint(environment))


def _unmet_condition(environment: HostEnvironment) -> Refusal | None:
    if not environment.get(ENDPOINT).lower().startswith("https://"):
        return Refusal(
            FailureKind.ENDPOINT_INVALID,
            f"{ENDPOINT} must start with https:// on Service Fabric, so that its secret is not sent in the clear",
            facts=(("variable", ENDPOINT),),
        )
    if not _SHA1.match(_thumbprint(environment)):
        return Refusal(
            FailureKind.ENDPOINT_INVALID,
            f"{THUMBPRINT} is no SHA-1 thumbprint: that has 40 hexadecimal digits",
            facts=(("variable", THUMBPRINT),),
        )
    return None


def _request(call: Call) -> HttpRequest:
    parameters = {"api-version": API_VERSION, "resource": call.resource}
    if call.challenged:
        parameters["xms_cc"] = "cp1"
        if call.revoked_sha256:
            parameters["token_sha256_to_refresh"] = call.revoked_sha256
    return HttpRequest("GET", call.get(parameters), (("Secret", Secret(call.environment.get(HEADER))),))


def _read_error(call: Call, error: ErrorReply) -> FailureKind | None:
    return _KINDS.get(error.code)


SOURCE = Source(
    kind=SourceKind.SERVICE_FABRIC,
    service_name="Service Fabric",
    label=_label,
    detect=_detect,
    endpoint=_endpoint,
    unmet_condition=_unmet_condition,
    request=_request,
    read_error=_read_error,
    selectors=("system",),
    selector_reason="Service Fabric chooses the identity by the application's manifest: a request can't select another",
)
