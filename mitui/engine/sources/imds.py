"""Azure VMs, scale sets, AKS nodes, container instances: the instance metadata service."""

from __future__ import annotations

from mitui import __version__
from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.asking.retry import IMDS as IMDS_RETRIES
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.source import Call, Endpoint, Source, SourceMatch, variable
from mitui.http import HttpRequest

OVERRIDE = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
BASE = "http://169.254.169.254"
TOKEN_PATH = "/metadata/identity/oauth2/token"
API_VERSION = "2018-02-01"
_PARAMETERS = {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"}


def base_of(environment: HostEnvironment) -> str:
    """Scheme and host of IMDS: the well-known address, or what the override says."""
    return environment.get(OVERRIDE).strip().rstrip("/") or BASE


def _label(environment: HostEnvironment) -> str:
    return "Kubernetes node · IMDS" if environment.get("KUBERNETES_SERVICE_HOST") else "Azure VM · IMDS"


def _detect(environment: HostEnvironment) -> SourceMatch:
    return SourceMatch(True, "nothing points to another source", (variable(environment, OVERRIDE),))


def _endpoint(environment: HostEnvironment) -> Endpoint:
    overridden = OVERRIDE if environment.get(OVERRIDE).strip() else ""
    return Endpoint(base_of(environment) + TOKEN_PATH, overridden)


def _request(call: Call) -> HttpRequest:
    parameters = {"api-version": API_VERSION, "resource": call.resource}
    if call.identity.value is not None:
        parameters[_PARAMETERS[call.identity.selector]] = call.identity.value
    headers = (
        ("Metadata", "true"),
        ("x-client-SKU", "mitui"),
        ("x-client-Ver", __version__),
        ("x-ms-client-request-id", call.request_id),
    )
    return HttpRequest("GET", call.get(parameters), headers)


def _read_error(call: Call, error: ErrorReply) -> FailureKind | None:
    if error.mentions("identity not found", "no azure identity found"):
        return FailureKind.IDENTITY_NOT_FOUND
    if error.mentions("multiple user assigned identities"):
        return FailureKind.MULTIPLE_IDENTITIES
    if error.mentions("metadata header"):
        return FailureKind.HEADER_REJECTED
    if error.code in ("unauthorized_client", "AADSTS700016"):
        return FailureKind.UNAUTHORIZED
    return None


SOURCE = Source(
    kind=SourceKind.IMDS,
    service_name="IMDS",
    label=_label,
    detect=_detect,
    endpoint=_endpoint,
    request=_request,
    read_error=_read_error,
    retries=IMDS_RETRIES,
)
