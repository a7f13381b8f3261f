"""Failures and warnings as diagnosis would make them, by hand."""

from __future__ import annotations

from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice, SdkMessage
from mitui.engine.evidence import Evidence, SourceVerdict
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.engine.source_kind import SourceKind
from mitui.exchange import Exchange
from mitui.keyvault.probe_result import PermissionResult, Stage
from mitui.keyvault.verdict import Verdict
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.identity_view import FailureView, IdentityView, PermissionView, TokenView, VaultView
from mitui.monitor.snapshot import SourceView
from mitui.tui.processes import ProcessRow

NOW = 1_767_225_600.0
WEB = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-web"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web"

SYSTEM = IdentityView(SystemAssigned(), "system-assigned", "ok")
USER = IdentityView(ClientId(WEB), "web", "critical")

EXCHANGE = Exchange(
    method="GET",
    url="http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
    f"&resource=https%3A%2F%2Fvault.azure.net&client_id={WEB}",
    header_names=("Metadata", "User-Agent"),
    started_at=NOW,
    elapsed_ms=12.4,
    status=400,
    reason="Bad Request",
    reply_headers=(("Content-Type", "application/json; charset=utf-8"), ("Server", "IMDS/150.870.65.1854")),
    body='{"error":"invalid_request","error_description":"Identity not found"}',
)
FAILURE = FailureView(
    kind="identity_not_found",
    message="The endpoint knows no identity with this client ID.",
    at=NOW,
    http_status=400,
    code="invalid_request",
    exchanges=(EXCHANGE,),
    causes=(
        Advice(
            kind="identity_not_assigned",
            certainty="likely",
            cause=f"No user-assigned identity with the client ID {WEB} is assigned to vm-web-01.",
            remedy="Assign the identity to this VM, then refresh; IMDS knows it within seconds.",
            commands=(
                f"az vm identity assign --resource-group rg-web --name vm-web-01 --identities {IDENTITY}",
                "az vm identity show --resource-group rg-web --name vm-web-01",
            ),
            link="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/",
            who="Virtual Machine Contributor and Managed Identity Operator",
            purposes=("mend", "check"),
        ),
        Advice(
            kind="object_id_as_client_id",
            certainty="possible",
            cause="The GUID is an object ID, and was given as a client ID.",
            remedy="Say object:<guid> instead.",
            commands=(f"mitui check --identity object:{WEB}",),
            purposes=("look",),
        ),
    ),
    sdk_messages=(
        SdkMessage("MSAL Go", "failed to acquire token: Identity not found"),
        SdkMessage("azure-identity", "ManagedIdentityCredential: no managed identity endpoint found"),
    ),
)
FAILED_TOKEN = TokenView("https://vault.azure.net", "Key Vault", "failed", failure=FAILURE, attempts=3)
STAGES = (
    Stage("resolve", "ok", 1.2, "20.61.97.10"),
    Stage("connect", "ok", 3.1),
    Stage("tls", "ok", 9.0),
    Stage("challenge", "ok", 4.0),
    Stage("permissions", "failed", 6.0, "keys/get denied"),
)
DENIED = PermissionView(
    PermissionResult(
        "keys",
        "get",
        Verdict.DENIED,
        "403 ForbiddenByRbac",
        data_action="Microsoft.KeyVault/vaults/keys/read",
        least_role="Key Vault Crypto User",
        http_status=403,
        code="Forbidden",
        inner_code="ForbiddenByRbac",
        request_id="7a5e9a50-0000-4000-8000-000000000001",
        exchange=Exchange("GET", "https://contoso-kv.vault.azure.net/keys/x", ("Authorization",), NOW, 6.0, 403),
    ),
    wanted=True,
    advice=(
        Advice(
            "no_role",
            "certain",
            "The identity has no role assignment that holds keys/read at this scope.",
            "Grant Key Vault Crypto User to the object ID, then wait up to 10 minutes.",
            ("az role assignment create --role 'Key Vault Crypto User' --assignee-object-id 0f3c8b1e",),
            purposes=("mend",),
        ),
    ),
)
VAULT = VaultView(
    "https://contoso-kv.vault.azure.net", "contoso-kv", "critical", "rbac", stages=STAGES, permissions=(DENIED,)
)
WARNING = HealthWarning(
    "proxy_for_imds",
    "HTTP_PROXY is set: some SDKs would send the token request to the proxy.",
    "Add the address to NO_PROXY.",
    ("export NO_PROXY=169.254.169.254",),
    ("mend",),
)
SOURCE = SourceView(
    SourceKind.IMDS,
    "Azure VM · IMDS",
    "http://169.254.169.254/metadata/identity/oauth2/token",
    evidence=(
        Evidence("IDENTITY_ENDPOINT", "variable", "unset"),
        Evidence("169.254.169.254", "probe", "answered", "Server: IMDS"),
    ),
    verdicts=(
        SourceVerdict(SourceKind.IMDS, True, "the address answered as IMDS does"),
        SourceVerdict(SourceKind.APP_SERVICE, False, "IDENTITY_ENDPOINT is not set"),
    ),
    sdk_choices=(
        SdkChoice("MSAL Go 1.9", "imds"),
        SdkChoice("msal 1.39", "app_service", "MSI_ENDPOINT is set but empty, and it asks whether it is set"),
        SdkChoice("azure-identity 1.27", None, "AZURE_TOKEN_CREDENTIALS leaves managed identity out"),
    ),
    selectors=("system", "client_id", "object_id", "resource_id"),
)
ARC = SourceView(
    SourceKind.AZURE_ARC,
    "Azure Arc",
    selectors=("system",),
    selector_reason="An Arc server has its system-assigned identity only.",
)
ASSIGNED = AssignedIdentities(
    NOW,
    (("system", "", "0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41"), (IDENTITY, WEB, "91b07d44-0c1e-4f7a-8a2e-5c60d2b10f07")),
)
REFUSED = AssignedIdentities(NOW, (), "Azure refused: this identity may not read the host; Reader on it is needed.")
PROCESSES = (
    ProcessRow(812, "www-data", "gunicorn app:main", ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")),
    ProcessRow(1, "root", "systemd"),
    ProcessRow(
        640,
        "root",
        "himds",
        unreadable="this account may not read process 640: run mitui with sudo, or as the same user",
    ),
)
