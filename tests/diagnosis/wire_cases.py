"""Answers, as they come over the wire, that make a cause certain, and the pieces of them that it rests on."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.diagnosis.cases import ENVOY, POD, oauth

CLIENT = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
VAULT = "https://vault.azure.net"
SERVER = (("Server", "IMDS/150.870.65.1253"),)


@dataclass(frozen=True)
class Answer:
    """One reply of one source. ``evidence`` are texts of it, or its status, without any of which nothing is certain.

    ``client`` asks for a user-assigned identity.
    """

    cause: str
    source: str
    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = "Answer"
    evidence: tuple[str | int, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    client: bool = False
    resource: str = VAULT

    def as_bytes(self) -> bytes:
        """The reply on the wire."""
        body = self.body.encode()
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.headers)]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode() + body


def _said(error: str, description: str) -> str:
    return json.dumps(oauth(error, description))


def _entra(cause: str, number: int, more: str = "") -> Answer:
    body = _said("invalid_request", f"AADSTS{number}: so it is. {more} Trace ID: 1")
    return Answer(cause, "imds", 400, body, SERVER, evidence=(f"AADSTS{number}",))


def _coded(code: str) -> str:
    return json.dumps({"error": {"code": code, "message": "so it is"}})


CERTAIN: tuple[Answer, ...] = (
    _entra("principal_disabled", 7000112),
    _entra("resource_principal_disabled", 500014),
    _entra("federated_issuer_mismatch", 700211),
    _entra("federated_audience_mismatch", 700212),
    _entra("federated_subject_mismatch", 700213),
    _entra("federated_credential_missing", 70021),
    _entra("federated_subject_case", 7002138),
    _entra("assertion_issued_by_entra", 700222),
    _entra("assertion_lives_too_long", 70023),
    _entra("assertion_out_of_time", 700024),
    _entra("assertion_signature_unknown", 700027),
    _entra("tenant_not_found", 90002),
    _entra("user_not_in_tenant", 50034),
    _entra("consent_missing", 65001),
    _entra("client_secret_wrong", 7000215),
    _entra("principal_missing_in_tenant", 7000229),
    _entra("scope_malformed", 70011),
    _entra("too_many_equal_requests", 50196),
    _entra("assignment_required", 501051),
    Answer(
        "cluster_issuer_not_public",
        "imds",
        400,
        _said("invalid_request", "AADSTS70021: no match. Assertion Issuer: 'https://kubernetes.default.svc'."),
        SERVER,
        evidence=("AADSTS70021",),
    ),
    Answer(
        "audience_is_scope",
        "imds",
        400,
        _said("invalid_resource", "AADSTS500011: The resource principal named x was not found."),
        SERVER,
        evidence=(),
        resource=f"{VAULT}/.default/.default",
    ),
    Answer(
        "no_identity_on_host",
        "imds",
        400,
        _said("invalid_request", "Identity not found"),
        SERVER,
        evidence=("Identity not found", "IMDS/"),
    ),
    Answer(
        "several_identities",
        "imds",
        400,
        _said("invalid_request", "Multiple user assigned identities exist, please specify the clientId"),
        SERVER,
        evidence=("Multiple user assigned identities", "IMDS/"),
    ),
    Answer(
        "imds_wrong_path", "imds", 401, _said("unknown_source", "x"), SERVER, evidence=("unknown_source", "IMDS/", 401)
    ),
    Answer("imds_upgrading", "imds", 410, "", SERVER, evidence=("IMDS/", 410)),
    Answer("imds_throttled", "imds", 429, "", SERVER, evidence=("IMDS/", 429)),
    Answer(
        "pod_identity_no_match", "imds", 403, "failed to refresh token: no identity", evidence=("failed to refresh",)
    ),
    Answer(
        "pod_identity_no_match", "imds", 404, "no azure identity found for request clientID", evidence=("no azure id",)
    ),
    Answer(
        "mesh_sidecar",
        "imds",
        503,
        ENVOY,
        (("Server", "envoy"),),
        evidence=("envoy", "upstream connect error"),
        variables=tuple(POD.items()),
    ),
    Answer(
        "linkerd_sidecar",
        "imds",
        502,
        "",
        (("l5d-proxy-error", "timed out"),),
        evidence=("l5d-proxy-error",),
        variables=tuple(POD.items()),
    ),
    Answer(
        "docker_desktop",
        "imds",
        403,
        reason="connecting to 169.254.169.254:80: connectex: unreachable network",
        evidence=("169.254.169.254:80:", 403),
    ),
    Answer("aws_host", "imds", 401, "", (("Server", "EC2ws"),), evidence=("EC2ws",)),
    Answer(
        "google_host",
        "imds",
        404,
        "",
        (("Metadata-Flavor", "Google"), ("Server", "Metadata Server for VM")),
        evidence=(),
    ),
    Answer("google_host", "imds", 404, "", (("Metadata-Flavor", "Google"),), evidence=("Google", "Metadata-Flavor")),
    Answer(
        "google_host", "imds", 404, "", (("Server", "Metadata Server for VM"),), evidence=("Metadata Server for VM",)
    ),
    Answer(
        "endpoint_not_reachable",
        "imds",
        502,
        "An attempt was made to access a socket in a way forbidden by its access permissions.",
        evidence=("forbidden by its access permissions",),
    ),
    Answer(
        "system_assigned_off",
        "app_service",
        400,
        json.dumps({"statusCode": 400, "message": "No Managed Identity found for specified ClientId/ResourceId."}),
        evidence=("No Managed Identity found",),
    ),
    Answer("identity_header_missing", "app_service", 403, evidence=(403,)),
    Answer(
        "automation_user_assigned",
        "app_service",
        400,
        "User assigned identity is currently not supported clientID must not be passed in request.",
        evidence=("assigned identity is currently", 400),
        client=True,
    ),
    Answer(
        "ml_no_identity",
        "azure_ml",
        404,
        "InternalError",
        evidence=(),
        variables=(("DEFAULT_IDENTITY_CLIENT_ID", "clientid"),),
    ),
    Answer(
        "cloud_shell_audience", "cloud_shell", 400, _coded("AudienceNotSupported"), evidence=("AudienceNotSupported",)
    ),
    Answer(
        "fabric_secret_missing",
        "service_fabric",
        401,
        _coded("SecretHeaderNotFound"),
        evidence=("SecretHeaderNotFound",),
    ),
    Answer(
        "fabric_selector_sent",
        "service_fabric",
        404,
        _coded("DefaultIdentityNotDefined"),
        evidence=("DefaultIdentityNotDefined",),
    ),
    Answer(
        "fabric_no_identity",
        "service_fabric",
        404,
        _coded("ManagedIdentityNotFound"),
        evidence=("ManagedIdentityNotFound",),
    ),
    Answer("fabric_api_version", "service_fabric", 400, _coded("InvalidApiVersion"), evidence=("InvalidApiVersion",)),
    Answer("endpoint_redirects", "app_service", 302, "", (("Location", "http://127.0.0.1:1/"),), evidence=()),
)
"""Every cause that a reply makes certain."""

WITHOUT_A_REPLY = frozenset(
    {
        "arc_agent_disconnected",
        "arc_agent_expired",
        "arc_agent_stopped",
        "arc_identity_ignored",
        "arc_key_refused",
        "arc_key_unreadable",
        "audience_private_link",
        "cancelled",
        "defect",
        "endpoint_invalid",
        "endpoint_not_allowed",
        "fabric_certificate_mismatch",
        "federated_token_file_invalid",
        "federated_token_file_unreadable",
        "fabric_plain_http",
        "guest_proxy_agent",
        "identity_binding_unused",
        "identity_binding_variables",
        "identity_disabled_by_setting",
        "no_client_id_for_pod",
        "other_cloud_host",
        "process_unreadable",
        "selector_not_supported",
        "token_already_expired",
    }
)
"""What is certain by something else than a reply's bytes: files, variables, refused connections, our own doing.

Their tests are those of the sources, of the endpoint rule, of platforms and of strangers.
"""


@dataclass(frozen=True)
class Refusal:
    """What a vault answers to every request that carries a token, and the pieces that make ``cause`` certain."""

    cause: str
    status: int
    code: str = "Forbidden"
    inner: str = ""
    message: str = "so it is"
    evidence: tuple[str | int, ...] = ()

    @property
    def body(self) -> str:
        """The error's envelope."""
        inner = {"innererror": {"code": self.inner}} if self.inner else {}
        return json.dumps({"error": {"code": self.code, "message": self.message, **inner}})


_GUID = "11111111-2222-4333-8444-555555555555"
_DENY = f"/subscriptions/{_GUID}/providers/Microsoft.Authorization/denyAssignments/{_GUID}"
_NOBODY = "Caller is not authorized to perform action on resource. Assignment: (not found)"
_POLICY = (
    "The user, group or application 'appid=x;oid=y' does not have secrets get permission on key vault 'contoso-kv'."
)
REFUSALS: tuple[Refusal, ...] = (
    Refusal("role_missing", 403, inner="ForbiddenByRbac", message=_NOBODY, evidence=("ForbiddenByRbac", 403)),
    Refusal("role_missing", 403, message=_NOBODY, evidence=("Caller is not authorized to perform action",)),
    Refusal(
        "deny_assignment",
        403,
        inner="ForbiddenByRbac",
        message=f"{_NOBODY} DenyAssignmentId: '{_DENY}' DecisionReason: 'DeniedByDenyAssignment'",
        evidence=("ForbiddenByRbac",),
    ),
    Refusal("policy_missing", 403, inner="ForbiddenByPolicy", evidence=("ForbiddenByPolicy", 403)),
    Refusal("policy_missing", 403, inner="AccessDenied", evidence=("AccessDenied",)),
    Refusal("policy_missing", 403, message=_POLICY, evidence=("permission on key vault",)),
    Refusal("firewall_address", 403, inner="ForbiddenByFirewall", evidence=("ForbiddenByFirewall", 403)),
    Refusal(
        "firewall_address",
        403,
        message="Client address is not authorized and caller is not a trusted service.",
        evidence=("Client address is not authorized",),
    ),
    Refusal("public_access_disabled", 403, inner="ForbiddenByConnection", evidence=("ForbiddenByConnection", 403)),
    Refusal(
        "public_access_disabled",
        403,
        message="Public network access is disabled and request is not from a trusted service.",
        evidence=("Public network access is disabled",),
    ),
    Refusal("forbidden_by_perimeter", 403, inner="ForbiddenByNsp", evidence=("ForbiddenByNsp", 403)),
    Refusal("vault_soft_deleted", 404, "VaultNotFound", evidence=("VaultNotFound", 404)),
    Refusal("vault_wrong_audience", 401, "Unauthorized", message="AKV10022: Invalid audience.", evidence=("AKV10022",)),
    Refusal("vault_wrong_tenant", 401, "Unauthorized", message="AKV10032: Invalid issuer.", evidence=("AKV10032",)),
    Refusal("vault_throttled", 429, "Throttled", evidence=(429,)),
)
"""What makes a vault's refusal certain."""
