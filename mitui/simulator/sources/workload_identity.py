"""A pod with workload identity, and Entra ID over TLS, which exchanges the pod's token for an access token.

Errors are worded as public reports show them: Azure/azure-workload-identity#340, #693 and #1200, Azure/login#517.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mitui.simulator.base64url import payload_of
from mitui.simulator.certificates import TRUST_VARIABLES, authority_pem, require_tls, server_context
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import entra_error, is_unknown_resource, json_reply, unknown_resource
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings
from mitui.simulator.sources.pinned_tls import pinned_tls
from mitui.simulator.sources.pod import CA_FILE, TOKEN_FILE, TOKEN_FOLDER, project
from mitui.simulator.tokens import sign

TOKEN_PATH: Final = "/oauth2/v2.0/token"
SNI_NAME: Final = "615f3b8ad7eb011a09ed3b762e404de4.ests.aks"
PATHS: Final = ("AZURE_FEDERATED_TOKEN_FILE", *TRUST_VARIABLES)
"""The variables that hold paths, which lie below the simulated root."""
_DISCOVERY: Final = "/v2.0/.well-known/openid-configuration"
_NAMES: Final = ("localhost", "127.0.0.1", "::1", "login.microsoftonline.com", SNI_NAME)
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_NEEDED: Final = ("grant_type", "client_id", "scope", "client_assertion_type", "client_assertion")
_HELP: Final = (
    "Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)


def variables(settings: HostSettings) -> dict[str, str]:
    """What the webhook sets in the pod, where the simulated Entra ID is, and what makes each runtime trust it."""
    web = next(iter(settings.identities), settings.system)
    value = {
        "AZURE_CLIENT_ID": web.client_id,
        "AZURE_TENANT_ID": settings.tenant,
        "AZURE_FEDERATED_TOKEN_FILE": TOKEN_FILE,
        "AZURE_AUTHORITY_HOST": f"{settings.url}/",
        "KUBERNETES_SERVICE_HOST": "10.0.0.1",
        "HOSTNAME": settings.pod.name,
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": settings.node_url,
        **dict.fromkeys(TRUST_VARIABLES, CA_FILE),
    }
    if settings.identity_binding:
        value |= {
            "AZURE_KUBERNETES_TOKEN_PROXY": settings.url,
            "AZURE_KUBERNETES_SNI_NAME": SNI_NAME,
            "AZURE_KUBERNETES_CA_DATA": authority_pem(),
        }
    return value


def prepare(settings: HostSettings) -> None:
    """Mount the pod's token and the authority's certificate below the root."""
    require_tls("the simulated Entra ID")
    place = settings.root / CA_FILE.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(authority_pem())
    write_token(settings)


def write_token(settings: HostSettings) -> None:
    """Give the pod a new token."""
    project(settings.root / TOKEN_FOLDER.lstrip("/"), sign(settings.pod.claims(settings.now())))


def renew(settings: HostSettings) -> None:
    """Do what the kubelet does every now and then: write a new token where the one that is there is old."""
    place = settings.root / TOKEN_FILE.lstrip("/")
    claims = payload_of(place.read_text()) if place.is_file() else None
    if claims is not None and settings.pod.is_due(claims, settings.now()):
        write_token(settings)


def context(fault: str) -> ssl.SSLContext:
    """The server's side of TLS; with the fault "wi.untrusted" or "wi.expired" it presents such a certificate."""
    if fault == "wi.untrusted":
        return pinned_tls("stranger").context
    return server_context(*_NAMES, expired=fault == "wi.expired")


def no_record(code: int, what: str, value: str, more: str = _HELP) -> Reply:
    """The refusal of an assertion whose issuer, audience or subject no credential names."""
    said = "No matching federated identity record found for presented assertion"
    return entra_error(401, code, "invalid_client", f"{said} {what} '{value}'. {more}")


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What Entra ID says to ``request``; the cluster's token proxy hands the same path on."""
    path = request.path.rstrip("/")
    if path.endswith(_DISCOVERY):
        return _discovery(settings, path.removesuffix(_DISCOVERY).rpartition("/")[2])
    if not path.endswith(TOKEN_PATH):
        return json_reply(404, {"error": "not_found"})
    if request.method != "POST":
        description = f"The endpoint only accepts POST requests. Received a {request.method} request."
        return entra_error(400, 900561, "invalid_request", description)
    tenant = path.removesuffix(TOKEN_PATH).rpartition("/")[2]
    if tenant.lower() != settings.tenant.lower():
        return tenant_not_found(tenant)
    form = {name: values[0] for name, values in request.form.items()}
    return _refuse_form(form) or _refuse_assertion(settings, form) or _token(settings, form)


def tenant_not_found(tenant: str) -> Reply:
    """The refusal of a tenant that isn't there."""
    description = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant."
    )
    return entra_error(400, 90002, "invalid_request", description)


def unknown_client(client_id: str) -> Reply:
    """The refusal of a client ID that isn't in the tenant."""
    description = (
        f"Application with identifier '{client_id}' was not found in the directory 'Contoso'. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant."
    )
    return entra_error(400, 700016, "unauthorized_client", description)


def _discovery(settings: HostSettings, tenant: str) -> Reply:
    if tenant.lower() != settings.tenant.lower():
        return tenant_not_found(tenant)
    base = f"{settings.url}/{settings.tenant}"
    return json_reply(
        200,
        {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}{TOKEN_PATH}",
        },
    )


def _refuse_form(form: Mapping[str, str]) -> Reply | None:
    for name in _NEEDED:
        if not form.get(name):
            description = f"The request body must contain the following parameter: '{name}'."
            return entra_error(400, 900144, "invalid_request", description)
    if form["grant_type"] != "client_credentials" or form["client_assertion_type"] != _ASSERTION:
        return entra_error(400, 70003, "unsupported_grant_type", "The app requested an unsupported grant type.")
    if not form["scope"].endswith("/.default"):
        description = (
            f"The provided value for scope {form['scope']} is not valid. Client credential flows must have a scope "
            "value with /.default suffixed to the resource identifier (application ID URI)."
        )
        return entra_error(400, 1002012, "invalid_scope", description)
    return None


def _refuse_assertion(settings: HostSettings, form: Mapping[str, str]) -> Reply | None:
    if settings.find("client_id", form["client_id"]) not in settings.identities:
        return unknown_client(form["client_id"])
    claims = payload_of(form["client_assertion"])
    if claims is None:
        return entra_error(401, 50027, "invalid_client", "JWT token is invalid or malformed.")
    if not claims.get("nbf", 0) <= settings.now() < claims.get("exp", 0):
        return out_of_time(claims, settings.now())
    audiences = claims.get("aud", [])
    for known in settings.credentials:
        if known.issuer != claims.get("iss"):
            continue
        if known.subject == claims.get("sub") and known.audience in audiences:
            return None
    return _mismatch(settings, claims)


def out_of_time(claims: Mapping[str, Any], now: float) -> Reply:
    """The refusal of an assertion before or after its time."""

    def spelled(moment: float) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")

    description = (
        f"Client assertion is not within its valid time range. Current time: {spelled(now)}, assertion valid from "
        f"{spelled(claims.get('nbf', 0))}, expiry time of assertion {spelled(claims.get('exp', 0))}. Review the "
        "documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
    )
    return entra_error(401, 700024, "invalid_client", description)


def _mismatch(settings: HostSettings, claims: Mapping[str, Any]) -> Reply:
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    of_issuer = [each for each in settings.credentials if each.issuer == issuer]
    if not of_issuer:
        return no_record(700211, "issuer", issuer)
    if not any(each.subject == subject for each in of_issuer):
        if any(each.subject.lower() == subject.lower() for each in of_issuer):
            more = "The subject matches with case-insensitive comparison, but not with case-sensitive comparison."
            return no_record(7002138, "subject", subject, f"{more} {_HELP}")
        return no_record(700213, "subject", subject)
    return no_record(700212, "audience", " ".join(claims.get("aud", [])))


def _token(settings: HostSettings, form: Mapping[str, str]) -> Reply:
    resource = form["scope"].removesuffix("/.default")
    if is_unknown_resource(settings, resource):
        return unknown_resource(resource, ())
    token = settings.issue(settings.find("client_id", form["client_id"]), resource, federated=True)
    remaining = token.expires_at - int(settings.now())
    value = {"token_type": "Bearer", "expires_in": remaining, "ext_expires_in": remaining, "access_token": token.raw}
    return json_reply(200, value)
