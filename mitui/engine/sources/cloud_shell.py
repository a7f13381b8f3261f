"""Cloud Shell: MSI_ENDPOINT alone, and tokens of the user who signed in to the portal."""

from __future__ import annotations

from urllib.parse import urlencode

from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.source import Call, Endpoint, Source, SourceMatch, missing, variable
from mitui.http import HttpRequest

ENDPOINT = "MSI_ENDPOINT"
_LIST = "supported audiences:"
_LONGEST = 200  # characters of an audience; those of Microsoft's services have 20 to 60


def _label(environment: HostEnvironment) -> str:
    return "Cloud Shell"


def _detect(environment: HostEnvironment) -> SourceMatch:
    evidence = (variable(environment, ENDPOINT), variable(environment, "MSI_SECRET", secret=True))
    lacking = missing(environment, ENDPOINT)
    if not lacking and environment.get("MSI_SECRET"):
        return SourceMatch(False, "MSI_SECRET is set, which Cloud Shell never does", evidence)
    return SourceMatch(not lacking, lacking or f"{ENDPOINT} is set, without MSI_SECRET", evidence)


def _endpoint(environment: HostEnvironment) -> Endpoint:
    return Endpoint(environment.get(ENDPOINT), ENDPOINT)


def _request(call: Call) -> HttpRequest:
    headers = (("Metadata", "true"), ("Content-Type", "application/x-www-form-urlencoded"))
    return HttpRequest("POST", call.endpoint.url, headers, urlencode({"resource": call.resource}).encode())


def _read_error(call: Call, error: ErrorReply) -> FailureKind | Refusal | None:
    if error.code != "AudienceNotSupported":
        return None
    supported = supported_audiences(error.text)
    facts = (("supported", ",".join(supported)),) if supported else ()
    message = f"Cloud Shell gives no tokens for {call.resource}"
    if supported:
        message += f"; it does for {', '.join(supported[:3])}" + (" and others" if len(supported) > 3 else "")
    return Refusal(FailureKind.AUDIENCE_NOT_SUPPORTED, message, error.code, facts)


def supported_audiences(text: str) -> tuple[str, ...]:
    """The audiences that the error text lists as allowed, in its order; empty if it lists none."""
    start = text.lower().find(_LIST)
    if start < 0:
        return ()
    listed = (part.strip(" .\"'") for part in text[start + len(_LIST) :].split(","))
    return tuple(dict.fromkeys(part for part in listed if part and " " not in part and len(part) <= _LONGEST))


SOURCE = Source(
    kind=SourceKind.CLOUD_SHELL,
    service_name="Cloud Shell",
    label=_label,
    detect=_detect,
    endpoint=_endpoint,
    request=_request,
    read_error=_read_error,
    selectors=("system",),
    selector_reason="Cloud Shell has no user-assigned identities: its tokens are those of the signed-in user",
)
