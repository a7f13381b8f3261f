"""For every entry of the catalogue, a failure that has it among its causes, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mitui.claims import ActualIdentity
from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.diagnosis.catalogue.vault import PERMISSION_CAUSES
from mitui.diagnosis.cause import Cause
from mitui.diagnosis.commands import Command, Listing, PerHost, Template, Way, WhenKnown
from mitui.diagnosis.vault.advice import VAULT_CAUSES
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.exchange import Exchange
from mitui.keyvault.probe_result import PermissionResult, ProbeResult, Stage, VaultFailure
from mitui.keyvault.probe_result import VaultFailureKind as Stop
from mitui.keyvault.verdict import Verdict

EVERY_CAUSE: tuple[Cause[Any], ...] = (*TOKEN_CAUSES, *PERMISSION_CAUSES, *VAULT_CAUSES)
SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
CLIENT = "client:6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
OID = "0f3c8b1e-6d52-4f7e-8a3b-5d4f2a1c9c41"
IMDS_URL = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
URLS = {
    "imds": IMDS_URL,
    "none": IMDS_URL,
    "app_service": "http://127.0.0.1:41000/msi/token?api-version=2019-08-01",
    "azure_arc": "http://127.0.0.1:40342/metadata/identity/oauth2/token",
    "azure_ml": "http://127.0.0.1:46808/MSI/auth",
    "cloud_shell": "http://localhost:50342/oauth2/token",
    "service_fabric": "https://localhost:2377/metadata/identity/oauth2/token",
    "workload_identity": "https://login.microsoftonline.com/72f9ab01-86f1-41af-91ab-2d7cd011db47/oauth2/v2.0/token",
}
VM = HostFacts(
    "vm-web-01",
    "westeurope",
    "AzurePublicCloud",
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-web/providers/Microsoft.Compute/virtualMachines/vm-web-01",
    SUBSCRIPTION,
    "rg-web",
    "Azure VM",
)
APP = replace(
    VM,
    name="app-web",
    kind="App Service",
    resource_id=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-web/providers/Microsoft.Web/sites/app-web",
)
CONTAINER = HostFacts("ca-web", kind="Container App", subscription_id=SUBSCRIPTION, resource_group="rg-web")
ARC = replace(
    VM,
    name="arc-01",
    kind="Azure Arc server",
    resource_id=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-web/providers/Microsoft.HybridCompute/machines/arc-01",
)
POD_HOST = HostFacts("web-7c9d", kind="Kubernetes pod")
FORBIDDEN = "An attempt was made to access a socket in a way forbidden by its access permissions. (169.254.169.254:80)"
PAGE = "<!DOCTYPE html><html><head><title>Denied</title></head><body>Denied</body></html>"
IMDS_SERVER = ("server", "IMDS/150.870.65.1253")


NOWHERE = Path("/nonexistent")
"""The root of a host without files: what the machine of the tests is must not show."""


def templates(command: Command) -> list[Template]:
    """The templates of a command, for every kind of host; of a list, with one placeholder in it."""
    match command:
        case PerHost(of_hosts):
            return [each for group in of_hosts.values() for each in group]
        case Listing(template):
            return [replace(template, text=command.spelled({}))]
        case Way(_, parts):
            return [each for part in parts for each in templates(part)]
        case WhenKnown(template) | (Template() as template):
            return [template]


def written(command: Command) -> list[str]:
    """The texts of these templates."""
    return [each.text for each in templates(command)]


@dataclass(frozen=True)
class Given:
    """A failed token, with its host and environment."""

    failure: TokenFailure
    host: HostFacts = VM
    environment: HostEnvironment = field(default_factory=lambda: HostEnvironment({"USER": "web"}, NOWHERE))


def failed(
    kind: Kind,
    source: str = "imds",
    *,
    identity: str = "system",
    resource: str = "https://vault.azure.net",
    status: int | None = None,
    body: str | dict[str, object] = "",
    headers: tuple[tuple[str, str], ...] = (),
    reason: str = "",
    trouble: str = "",
    message: str = "",
    code: str = "",
    facts: tuple[tuple[str, str], ...] = (),
    host: HostFacts | None = None,
    variables: dict[str, str] | None = None,
    platform: str = "linux",
    root: Path | None = None,
) -> Given:
    """A failure with one exchange."""
    text = body if isinstance(body, str) else json.dumps(body)
    exchange = Exchange("GET", URLS[source], ("Metadata",), 0.0, 1.0, status, reason, headers, text, trouble)
    failure = TokenFailure(
        kind, message or trouble or f"answered {status}", source, identity, resource, status, code, None, 1, 0.0,
        (exchange,), facts,
    )  # fmt: skip
    usual = {"app_service": APP, "azure_arc": ARC}.get(source, VM)
    return Given(
        failure, host or usual, HostEnvironment({"USER": "web", **(variables or {})}, root or NOWHERE, platform)
    )


def on_pod(kind: Kind, *, identity: str = CLIENT, **more: Any) -> Given:
    """A failed exchange of a pod's token."""
    return failed(kind, "workload_identity", identity=identity, host=POD_HOST, variables=WORKLOAD, **more)


def oauth(error: str, description: str) -> dict[str, object]:
    return {"error": error, "error_description": description}


def entra(number: int) -> dict[str, object]:
    return oauth("invalid_request", f"AADSTS{number}: no")


GONE = oauth("unauthorized_client", "AADSTS700016: not found")
UNKNOWN_RESOURCE = oauth("invalid_resource", "AADSTS500011: The resource principal named x was not found")
NOT_FOUND = oauth("invalid_request", "Identity not found")
SEVERAL = oauth("invalid_request", "Multiple user assigned identities exist, please specify the clientId")
NOT_ASSIGNED: dict[str, object] = {
    "message": "No Managed Identity found for specified ClientId/ResourceId/PrincipalId."
}
WORKLOAD = {
    "AZURE_FEDERATED_TOKEN_FILE": "/t",
    "AZURE_TENANT_ID": "t",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
}

AGENT_DISCONNECTED = oauth("invalid_request", "The agent is disconnected")
AGENT_EXPIRED = oauth("invalid_request", "The agent's certificate has expired")
AUTOMATION_SAYS = "User assigned identity is currently not supported clientID must not be passed in request."
ENVOY = "upstream connect error or disconnect/reset before headers. reset reason: connection failure"
POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
FIRMWARE = Path(__file__).parent / "firmware"

# The cause, whether it ranks first, and the failure.
TOKEN_CASES: tuple[tuple[str, bool, Given], ...] = (
    (
        "audience_is_scope",
        True,
        failed(
            Kind.RESOURCE_NOT_FOUND,
            status=400,
            body=UNKNOWN_RESOURCE,
            resource="https://vault.azure.net/.default/.default",
        ),
    ),
    (
        "audience_private_link",
        True,
        failed(
            Kind.RESOURCE_NOT_FOUND,
            status=400,
            body=UNKNOWN_RESOURCE,
            resource="https://kv.privatelink.vaultcore.azure.net",
        ),
    ),
    (
        "audience_trailing_slash",
        True,
        failed(Kind.RESOURCE_NOT_FOUND, status=400, body=UNKNOWN_RESOURCE, resource="https://vault.azure.net/"),
    ),
    (
        "audience_misspelled",
        True,
        failed(Kind.RESOURCE_NOT_FOUND, status=400, body=UNKNOWN_RESOURCE, resource="https://managements.azure.com"),
    ),
    (
        "audience_of_another_cloud",
        True,
        failed(Kind.RESOURCE_NOT_FOUND, status=400, body=UNKNOWN_RESOURCE, resource="https://vault.usgovcloudapi.net"),
    ),
    (
        "cluster_issuer_not_public",
        True,
        failed(
            Kind.BAD_REQUEST,
            status=400,
            body=oauth("invalid_request", "AADSTS70021: no. Assertion Issuer: 'https://kubernetes.default.svc'."),
        ),
    ),
    ("audience_unknown", True, failed(Kind.RESOURCE_NOT_FOUND, status=400, body=UNKNOWN_RESOURCE)),
    (
        "identity_gone_from_tenant",
        True,
        failed(Kind.UNAUTHORIZED, status=400, body=GONE, identity=CLIENT),
    ),
    ("system_identity_gone_from_tenant", True, failed(Kind.UNAUTHORIZED, status=400, body=GONE)),
    ("wrong_kind_of_id", False, failed(Kind.UNAUTHORIZED, status=400, body=GONE, identity=CLIENT)),
    (
        "wrong_kind_of_id",
        False,
        failed(Kind.SELECTOR_UNSUPPORTED, "azure_ml", identity=CLIENT.replace("client", "object")),
    ),
    (
        "assignment_required",
        True,
        failed(Kind.BAD_REQUEST, status=400, body=oauth("invalid_request", "AADSTS501051: no")),
    ),
    (
        "blocked_by_conditional_access",
        True,
        failed(Kind.BAD_REQUEST, status=400, body=oauth("invalid_request", "AADSTS53003: no")),
    ),
    *(
        (kind, True, failed(Kind.UNAUTHORIZED, status=400, body=oauth("unauthorized_client", f"AADSTS{number}: no")))
        for kind, number in (
            ("principal_disabled", 7000112),
            ("resource_principal_disabled", 500014),
            ("federated_issuer_mismatch", 700211),
            ("federated_audience_mismatch", 700212),
            ("federated_subject_mismatch", 700213),
            ("federated_credential_missing", 70021),
            ("federated_subject_case", 7002138),
            ("assertion_out_of_time", 700024),
            ("assertion_out_of_time", 700023),
            ("assertion_lives_too_long", 70023),
            ("assertion_issued_by_entra", 700222),
            ("assertion_signature_unknown", 700027),
            ("tenant_not_found", 90002),
            ("user_not_in_tenant", 50034),
            ("consent_missing", 65001),
            ("client_secret_wrong", 7000215),
            ("principal_missing_in_tenant", 7000229),
            ("scope_malformed", 70011),
            ("too_many_equal_requests", 50196),
            ("entra_unavailable", 90033),
            ("assertion_malformed", 50013),
        )
    ),
    (
        "entra_code_unknown",
        True,
        failed(Kind.BAD_REQUEST, status=400, body=oauth("invalid_request", "AADSTS9999999: no")),
    ),
    ("endpoint_not_reachable", True, failed(Kind.UNREACHABLE, trouble=FORBIDDEN)),
    (
        "docker_desktop",
        True,
        failed(Kind.FORBIDDEN, status=403, reason="connecting to 169.254.169.254:80: connectex: unreachable network"),
    ),
    ("aws_host", True, failed(Kind.UNAUTHORIZED, status=401, headers=(("server", "EC2ws"),))),
    (
        "google_host",
        True,
        failed(Kind.NOT_FOUND, status=404, headers=(("metadata-flavor", "Google"),)),
    ),
    (
        "mesh_sidecar",
        True,
        failed(Kind.SERVER_ERROR, status=503, body=ENVOY, headers=(("server", "envoy"),), variables=POD),
    ),
    ("mesh_sidecar", True, failed(Kind.SERVER_ERROR, status=503, headers=(("server", "envoy"),), variables=POD)),
    ("envoy_answered", True, failed(Kind.SERVER_ERROR, status=503, body=ENVOY, headers=(("server", "envoy"),))),
    (
        "linkerd_sidecar",
        True,
        failed(Kind.SERVER_ERROR, status=502, headers=(("l5d-proxy-error", "timed out"),), variables=POD),
    ),
    ("guest_proxy_agent", True, failed(Kind.SERVER_ERROR, status=502, headers=(("connection", "close"),))),
    ("nginx_answered", True, failed(Kind.SERVER_ERROR, status=502, headers=(("server", "nginx/1.27"),))),
    ("other_cloud_host", True, failed(Kind.NO_ENDPOINT, root=FIRMWARE / "oracle")),
    ("azure_vm_cut_off", True, failed(Kind.TIMEOUT, trouble="no answer", root=FIRMWARE / "azure")),
    ("unproven_server_error", True, failed(Kind.SERVER_ERROR, status=503, body="busy")),
    ("proxy_answered", True, failed(Kind.FORBIDDEN, status=403, body=PAGE, headers=(("server", "squid/6"),))),
    ("address_taken", True, failed(Kind.CONNECTION_LOST, trouble="closed the connection at once")),
    (
        "authority_override",
        True,
        failed(Kind.CONNECTION_REFUSED, variables={"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"}),
    ),
    ("endpoint_silent", True, failed(Kind.TIMEOUT, trouble="no whole reply within 10 s", facts=(("silent", "yes"),))),
    ("network_policy", True, failed(Kind.TIMEOUT, variables={"KUBERNETES_SERVICE_HOST": "10.0.0.1"})),
    ("not_on_azure", True, failed(Kind.TIMEOUT, trouble="no whole reply within 2 s")),
    ("route_missing", False, failed(Kind.UNREACHABLE, trouble="no route")),
    ("endpoint_not_up_yet", False, failed(Kind.CONNECTION_REFUSED)),
    (
        "no_identity_on_host",
        True,
        failed(Kind.IDENTITY_NOT_FOUND, status=400, body=oauth("invalid_request", "Identity not found")),
    ),
    ("identity_not_assigned", True, failed(Kind.IDENTITY_NOT_FOUND, identity=CLIENT, status=400, body=NOT_FOUND)),
    ("wrong_kind_of_id", False, failed(Kind.IDENTITY_NOT_FOUND, identity=CLIENT, status=400, body=NOT_FOUND)),
    ("identity_recreated", False, failed(Kind.IDENTITY_NOT_FOUND, identity=CLIENT, status=400, body=NOT_FOUND)),
    ("several_identities", True, failed(Kind.MULTIPLE_IDENTITIES, status=400, body=SEVERAL)),
    (
        "metadata_header_lost",
        True,
        failed(Kind.HEADER_REJECTED, status=400, body="Required metadata header not specified"),
    ),
    (
        "imds_query_rejected",
        True,
        failed(Kind.BAD_REQUEST, status=400, body=oauth("invalid_request", "Unsupported query variables: 'x'")),
    ),
    (
        "imds_wrong_path",
        True,
        failed(Kind.UNAUTHORIZED, status=401, body=oauth("unknown_source", "x"), headers=(IMDS_SERVER,)),
    ),
    ("imds_upgrading", True, failed(Kind.ENDPOINT_UPDATING, status=410)),
    ("imds_throttled", True, failed(Kind.THROTTLED, status=429)),
    ("imds_path_absent", True, failed(Kind.NOT_FOUND, status=404, headers=(IMDS_SERVER,))),
    ("imds_restarting", True, failed(Kind.SERVER_ERROR, status=500, headers=(("server", "Microsoft-IIS/10.0"),))),
    ("entra_unreachable_from_imds", True, failed(Kind.SERVER_ERROR, status=500, headers=(IMDS_SERVER,))),
    ("pod_identity_no_match", True, failed(Kind.FORBIDDEN, status=403, body="failed to refresh token")),
    ("federated_token_file_unreadable", True, on_pod(Kind.ASSERTION_UNREADABLE, facts=(("path", "/t"),))),
    ("federated_token_file_invalid", True, on_pod(Kind.ASSERTION_INVALID, facts=(("path", "/t"),))),
    (
        "identity_binding_variables",
        True,
        on_pod(Kind.ENDPOINT_INVALID, facts=(("variable", "AZURE_KUBERNETES_CA_DATA"),)),
    ),
    (
        "identity_binding_unused",
        True,
        on_pod(
            Kind.ASSERTION_REJECTED,
            status=400,
            body=oauth("invalid_client", "AADSTS700212: No matching record. audience 'api://AKSIdentityBinding'."),
        ),
    ),
    ("client_id_not_in_tenant", True, on_pod(Kind.IDENTITY_NOT_FOUND, status=400, body=GONE)),
    ("no_client_id_for_pod", True, on_pod(Kind.SELECTOR_UNSUPPORTED, identity="system")),
    ("authority_tls_failed", True, on_pod(Kind.TLS_FAILED, trouble="the server's certificate is not trusted")),
    ("authority_unreachable", True, on_pod(Kind.TIMEOUT, trouble="no whole reply within 10 s")),
    ("web_page_for_authority", True, on_pod(Kind.REPLY_NOT_JSON, status=200, body=PAGE)),
    ("authority_busy", True, on_pod(Kind.THROTTLED, status=429)),
    ("system_assigned_off", True, failed(Kind.IDENTITY_NOT_FOUND, "app_service", status=400, body=NOT_ASSIGNED)),
    (
        "identity_not_assigned",
        True,
        failed(Kind.IDENTITY_NOT_FOUND, "app_service", identity=CLIENT, status=400, body=NOT_ASSIGNED),
    ),
    (
        "no_usable_identity",
        True,
        failed(
            Kind.BAD_REQUEST,
            "app_service",
            status=400,
            body={"message": "Unable to load requested managed identity."},
        ),
    ),
    (
        "audience_hidden",
        True,
        failed(
            Kind.SERVER_ERROR,
            "app_service",
            status=500,
            body={"message": "An unexpected error occured while fetching the AAD Token."},
        ),
    ),
    ("token_service_fault", True, failed(Kind.SERVER_ERROR, "app_service", status=503)),
    ("identity_header_stale", True, failed(Kind.HEADER_REJECTED, "app_service", status=401)),
    ("identity_header_missing", True, failed(Kind.HEADER_REJECTED, "app_service", status=403)),
    ("identity_posted", True, failed(Kind.METHOD_NOT_ALLOWED, "app_service", status=405)),
    (
        "identity_disabled_by_setting",
        True,
        failed(Kind.CONNECTION_REFUSED, "app_service", variables={"WEBSITE_DISABLE_MSI": "true"}),
    ),
    (
        "container_app_token_service_down",
        True,
        failed(Kind.CONNECTION_REFUSED, "app_service", host=CONTAINER),
    ),
    ("token_service_down", True, failed(Kind.CONNECTION_REFUSED, "app_service")),
    (
        "automation_user_assigned",
        True,
        failed(Kind.BAD_REQUEST, "app_service", status=400, body=AUTOMATION_SAYS, identity=CLIENT),
    ),
    (
        "automation_identity",
        True,
        failed(Kind.FORBIDDEN, "app_service", status=404, host=HostFacts(kind="Automation sandbox")),
    ),
    ("token_service_refused_query", True, failed(Kind.BAD_REQUEST, "app_service", status=400)),
    (
        "arc_key_unreadable",
        True,
        failed(Kind.KEY_FILE_UNREADABLE, "azure_arc", status=401, facts=(("group", "himds"),)),
    ),
    ("arc_key_unreadable", True, failed(Kind.KEY_FILE_UNREADABLE, "azure_arc", status=401, platform="win32")),
    ("arc_key_missing", True, failed(Kind.KEY_FILE_MISSING, "azure_arc", status=401)),
    ("arc_key_refused", True, failed(Kind.KEY_FILE_REFUSED, "azure_arc", status=401)),
    ("arc_not_an_agent", True, failed(Kind.CHALLENGE_MISSING, "azure_arc", status=200)),
    ("arc_identity_not_assigned", True, failed(Kind.NOT_FOUND, "azure_arc", identity=CLIENT, status=404)),
    ("arc_identity_ignored", True, failed(Kind.IDENTITY_ECHO_MISSING, "azure_arc", identity=CLIENT, status=200)),
    ("arc_agent_disconnected", True, failed(Kind.BAD_REQUEST, "azure_arc", status=400)),
    ("arc_agent_disconnected", True, failed(Kind.BAD_REQUEST, "azure_arc", status=400, body=AGENT_DISCONNECTED)),
    ("arc_agent_expired", True, failed(Kind.BAD_REQUEST, "azure_arc", status=400, body=AGENT_EXPIRED)),
    ("arc_key_rejected", True, failed(Kind.UNAUTHORIZED, "azure_arc", status=401)),
    ("arc_agent_stopped", True, failed(Kind.CONNECTION_REFUSED, "azure_arc")),
    ("arc_agent_stopped", True, failed(Kind.CONNECTION_REFUSED, "azure_arc", platform="win32")),
    ("arc_busy", True, failed(Kind.THROTTLED, "azure_arc", status=429)),
    (
        "ml_no_identity",
        True,
        failed(Kind.NOT_FOUND, "azure_ml", status=404, variables={"DEFAULT_IDENTITY_CLIENT_ID": "clientid"}),
    ),
    ("ml_sign_on_failed", True, failed(Kind.BAD_REQUEST, "azure_ml", status=400, body="SSO failure: Token not found")),
    ("ml_identity_unknown", True, failed(Kind.NOT_FOUND, "azure_ml", status=404, body="InternalError")),
    ("ml_endpoint_down", True, failed(Kind.CONNECTION_REFUSED, "azure_ml")),
    ("ml_secret_rejected", True, failed(Kind.UNAUTHORIZED, "azure_ml", status=401)),
    (
        "cloud_shell_audience",
        True,
        failed(
            Kind.AUDIENCE_NOT_SUPPORTED,
            "cloud_shell",
            status=400,
            body={"error": {"code": "AudienceNotSupported", "message": "Audience X. Supported audiences: a,b"}},
        ),
    ),
    ("cloud_shell_session_gone", True, failed(Kind.CONNECTION_REFUSED, "cloud_shell")),
    ("fabric_certificate_mismatch", True, failed(Kind.CERTIFICATE_MISMATCH, "service_fabric")),
    ("fabric_plain_http", True, failed(Kind.ENDPOINT_INVALID, "service_fabric")),
    (
        "fabric_secret_missing",
        True,
        failed(Kind.HEADER_REJECTED, "service_fabric", status=401, body={"error": {"code": "SecretHeaderNotFound"}}),
    ),
    (
        "fabric_selector_sent",
        True,
        failed(Kind.NOT_FOUND, "service_fabric", status=404, body={"error": {"code": "DefaultIdentityNotDefined"}}),
    ),
    (
        "fabric_no_identity",
        True,
        failed(
            Kind.IDENTITY_NOT_FOUND,
            "service_fabric",
            status=404,
            body={"error": {"code": "ManagedIdentityNotFound"}},
        ),
    ),
    (
        "fabric_resource_rejected",
        True,
        failed(Kind.SERVER_ERROR, "service_fabric", status=500, body={"error": {"code": "InternalServerError"}}),
    ),
    (
        "fabric_api_version",
        True,
        failed(Kind.BAD_REQUEST, "service_fabric", status=400, body={"error": {"code": "InvalidApiVersion"}}),
    ),
    ("fabric_endpoint_down", True, failed(Kind.CONNECTION_REFUSED, "service_fabric")),
    ("endpoint_not_allowed", True, failed(Kind.ENDPOINT_NOT_ALLOWED, "app_service")),
    ("endpoint_invalid", True, failed(Kind.ENDPOINT_INVALID, "app_service")),
    ("selector_not_supported", True, failed(Kind.SELECTOR_UNSUPPORTED, "cloud_shell", identity=CLIENT)),
    ("endpoint_name_not_resolved", True, failed(Kind.NAME_NOT_RESOLVED, "app_service")),
    ("endpoint_tls_failed", True, failed(Kind.TLS_FAILED, "app_service")),
    (
        "web_page_instead",
        True,
        failed(Kind.REPLY_NOT_JSON, "app_service", status=200, body=PAGE, headers=(("content-type", "text/html"),)),
    ),
    ("reply_not_a_token", True, failed(Kind.REPLY_INCOMPLETE, "app_service", status=200, body="{}")),
    (
        "expiry_unreadable",
        False,
        failed(Kind.REPLY_INCOMPLETE, "app_service", status=200, body={"access_token": "…", "expires_on": "soon"}),
    ),
    ("endpoint_redirects", True, failed(Kind.REDIRECTED, "app_service", status=302)),
    ("token_already_expired", True, failed(Kind.TOKEN_EXPIRED, status=200, headers=(IMDS_SERVER,))),
    ("throttled", True, failed(Kind.THROTTLED, "app_service", status=429)),
    ("cancelled", True, failed(Kind.CANCELLED)),
    ("defect", True, failed(Kind.DEFECT, message="ValueError in engine/x.py:1")),
    ("process_unreadable", True, failed(Kind.PROCESS_UNREADABLE, "none")),
    ("no_endpoint", False, failed(Kind.NO_ENDPOINT, "none")),
    ("unexpected_reply", True, failed(Kind.METHOD_NOT_ALLOWED, status=405, headers=(IMDS_SERVER,))),
)

VAULT_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-kv/providers/Microsoft.KeyVault/vaults/contoso-kv"
ACTUAL = ActualIdentity("system-assigned", "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2", OID, SUBSCRIPTION)
POLICY_TEXT = (
    f"The user, group or application 'appid=xyz;oid={OID};numgroups=2;iss=https://sts.windows.net/xyz/' does not have "
    "secrets get permission on key vault 'contoso-kv;location=westeurope'."
)
RBAC_TEXT = (
    f"Caller is not authorized to perform action on resource.\r\nCaller: appid=x;oid={OID};iss=x\r\nAction: 'Microsoft."
    f"KeyVault/vaults/secrets/getSecret/action'\r\nResource: '{VAULT_ID}/secrets/x'\r\nAssignment: (not found)\r\n"
    "DenyAssignmentId: null"
)
DENY_ID = f"{VAULT_ID}/providers/Microsoft.Authorization/denyAssignments/{SUBSCRIPTION}"
RESULT = ProbeResult(
    "https://contoso-kv.vault.azure.net",
    "contoso-kv",
    "read",
    0.0,
    1.0,
    (Stage("resolve", "ok", 1.0, "20.50.1.2 (public)"),),
    tenant_id="72f9ab01-86f1-41af-91ab-2d7cd011db47",
    token_tenant_id=SUBSCRIPTION,
    facts=(("vault_resource_id", VAULT_ID), ("subscription_id", SUBSCRIPTION), ("resource_group", "rg-kv")),
)


def answered(code: str, inner: str, message: str, status: int = 403) -> Exchange:
    inner_error = {"innererror": {"code": inner}} if inner else {}
    body = json.dumps({"error": {"code": code, "message": message, **inner_error}})
    return Exchange("GET", "https://contoso-kv.vault.azure.net/secrets/x", (), 0.0, 1.0, status, body=body)


def denied(
    inner: str = "ForbiddenByRbac",
    message: str = RBAC_TEXT,
    *,
    verdict: Verdict = Verdict.DENIED,
    object_type: str = "secrets",
    permission: str = "get",
    code: str = "Forbidden",
    target: str = "vault",
    status: int = 403,
) -> PermissionResult:
    return PermissionResult(
        object_type,
        permission,
        verdict,
        f"{status} {inner}",
        data_action="secrets/getSecret/action",
        least_role="Key Vault Secrets User",
        least_role_id="4633458b-17de-408a-b874-0445c86b69e6",
        http_status=status,
        code=code,
        inner_code=inner,
        request_id="r-1",
        target=target,
        exchange=answered(code, inner, message, status),
    )


PERMISSION_CASES: tuple[tuple[str, bool, PermissionResult], ...] = (
    ("deny_assignment", True, denied(message=RBAC_TEXT.replace("null", f"'{SUBSCRIPTION}'"))),
    ("deny_assignment", True, denied(message=RBAC_TEXT.replace("null", f"'{DENY_ID}'"))),
    ("deny_assignment", True, denied(message=RBAC_TEXT.replace("null", "'something else'"))),
    (
        "deny_assignment",
        True,
        denied(message=RBAC_TEXT.replace("null", "\r\nDecisionReason: 'DeniedByDenyAssignment'")),
    ),
    ("role_missing", True, denied()),
    ("role_missing", True, denied(message=RBAC_TEXT.replace("null", "(not found)"))),
    ("role_missing", True, denied(message=RBAC_TEXT.replace("null", "''"))),
    ("role_missing", True, denied(message=RBAC_TEXT.replace("null", "\r\nVault: contoso-kv;location=westeurope"))),
    ("role_propagating", False, denied()),
    ("control_plane_role_only", False, denied()),
    ("object_scope_not_seen", False, denied()),
    ("certificate_user_reads_secrets", False, denied(object_type="certificates")),
    ("policy_missing", True, denied("AccessDenied", POLICY_TEXT)),
    ("policy_through_group", False, denied("ForbiddenByPolicy", POLICY_TEXT)),
    ("permission_model_unknown", True, denied("", "no")),
    ("purge_protected", True, denied("", 'Operation is not allowed. Operation: "purge"', verdict=Verdict.BLOCKED)),
    (
        "object_disabled",
        True,
        denied(
            "SecretDisabled",
            "Operation get is not allowed on a disabled secret.",
            verdict=Verdict.GRANTED,
            target="secret db-password",
        ),
    ),
    (
        "key_not_usable",
        True,
        denied("", "Operation encrypt is not permitted on this key.", verdict=Verdict.GRANTED, object_type="keys"),
    ),
    (
        "object_soft_deleted",
        True,
        denied("ObjectIsDeletedButRecoverable", "deleted", verdict=Verdict.UNKNOWN, code="Conflict", status=409),
    ),
    ("permission_not_settled", True, denied("", "?", verdict=Verdict.UNKNOWN, code="BadParameter", status=400)),
)


def stopped(
    kind: Stop, *, message: str = "it failed", code: str = "", facts: tuple[tuple[str, str], ...] = ()
) -> VaultFailure:
    return VaultFailure(kind, message, "connect", code=code, facts=facts)


def resolved(detail: str) -> ProbeResult:
    return replace(RESULT, stages=(Stage("resolve", "ok", 1.0, detail),))


STOP_CASES: tuple[tuple[str, bool, VaultFailure, ProbeResult], ...] = (
    ("vault_address_refused", True, stopped(Stop.ADDRESS_REFUSED), RESULT),
    ("managed_hsm", True, stopped(Stop.MANAGED_HSM), RESULT),
    ("dns_does_not_work", True, stopped(Stop.NAME_NOT_RESOLVED), RESULT),
    ("vault_name_unknown", True, stopped(Stop.NAME_NOT_RESOLVED), RESULT),
    ("vault_proxy_failed", True, stopped(Stop.NAME_NOT_RESOLVED, facts=(("proxy", "proxy:3128"),)), RESULT),
    ("private_zone_without_record", False, stopped(Stop.NAME_NOT_RESOLVED), RESULT),
    ("vault_name_misdirected", True, stopped(Stop.CONNECTION_FAILED), resolved("127.0.0.1 (loopback)")),
    ("vault_proxy_failed", True, stopped(Stop.CONNECTION_FAILED, facts=(("proxy", "proxy:3128"),)), RESULT),
    ("private_endpoint_unreachable", True, stopped(Stop.TIMEOUT), resolved("10.1.0.5 (private)")),
    ("egress_blocked", True, stopped(Stop.TIMEOUT), RESULT),
    ("tls_intercepted", True, stopped(Stop.TLS_FAILED), RESULT),
    ("not_a_vault", True, stopped(Stop.CHALLENGE_MISMATCH), RESULT),
    ("firewall_wrong_endpoint", True, stopped(Stop.FORBIDDEN_BY_FIREWALL), resolved("10.1.0.5 (private)")),
    (
        "firewall_subnet",
        True,
        stopped(Stop.FORBIDDEN_BY_FIREWALL, facts=(("source_address", "10.1.0.4"),)),
        RESULT,
    ),
    (
        "firewall_address",
        True,
        stopped(Stop.FORBIDDEN_BY_FIREWALL, facts=(("source_address", "20.71.1.2"),)),
        RESULT,
    ),
    (
        "private_zone_not_linked",
        True,
        stopped(Stop.FORBIDDEN_BY_CONNECTION),
        resolved("20.50.1.2 through contoso-kv.privatelink.vaultcore.azure.net"),
    ),
    ("public_access_disabled", True, stopped(Stop.FORBIDDEN_BY_CONNECTION), RESULT),
    ("forbidden_by_perimeter", True, stopped(Stop.FORBIDDEN_BY_PERIMETER), RESULT),
    ("private_link_not_approved", True, stopped(Stop.FORBIDDEN_BY_CONNECTION), resolved("10.1.0.5 (private)")),
    ("vault_soft_deleted", True, stopped(Stop.VAULT_SOFT_DELETED), RESULT),
    ("vault_without_token", True, stopped(Stop.NO_TOKEN), RESULT),
    ("vault_wrong_audience", True, stopped(Stop.WRONG_AUDIENCE), RESULT),
    ("vault_wrong_tenant", True, stopped(Stop.WRONG_TENANT), RESULT),
    ("token_stripped", True, stopped(Stop.TOKEN_REJECTED, message="AKV10000: Request is missing a token"), RESULT),
    ("vault_lacks_signing_keys", True, stopped(Stop.TOKEN_REJECTED, message="AKV10046: Unable to resolve"), RESULT),
    ("session_revoked", True, stopped(Stop.TOKEN_REJECTED, message="insufficient_claims"), RESULT),
    ("token_time_wrong", True, stopped(Stop.TOKEN_REJECTED, message="Token has expired"), RESULT),
    ("token_rejected", True, stopped(Stop.TOKEN_REJECTED), RESULT),
    ("vault_throttled", True, stopped(Stop.THROTTLED), RESULT),
    ("vault_fault", True, stopped(Stop.SERVER_ERROR), RESULT),
    ("vault_reply_strange", True, stopped(Stop.REPLY_INVALID), RESULT),
)
