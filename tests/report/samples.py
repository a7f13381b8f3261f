"""Snapshots made by hand: a healthy host, a failing one, and one without an endpoint."""

from __future__ import annotations

import json
from dataclasses import replace

from mitui.claims import ActualIdentity, Claims
from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice
from mitui.diagnosis.sdk.carried.packages import CarriedSdk, ProcessFacts
from mitui.engine.evidence import Evidence
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.engine.source_kind import SourceKind
from mitui.exchange import Exchange
from mitui.keyvault.probe_result import PermissionResult, Stage
from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import FailureView, IdentityView, PermissionView, TokenView, VaultView
from mitui.monitor.snapshot import Snapshot, SourceView

NOW = 1_767_225_600.0
SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
TENANT = "7f58f645-c190-4ce5-9de4-e2b7acd2a6ab"
CLIENT = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
OBJECT = "0f3c8b1e-77aa-4b1e-9c41-1f0d3b6a9c41"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm-web-01"
VAULT_ID = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-kv"
IDS = (SUBSCRIPTION, TENANT, CLIENT, OBJECT, "rg-shop", "vm-web-01", "contoso-kv", "10.1.2.3", "db-password", "fe80::7")

CLAIMS = Claims(
    json.dumps({"typ": "JWT", "alg": "RS256", "kid": "PcX98GX420T1X6sBDkzhQmqgwMU"}),
    json.dumps(
        {
            "aud": "https://vault.azure.net",
            "iss": f"https://sts.windows.net/{TENANT}/",
            "iat": int(NOW) - 60,
            "exp": int(NOW) + 86_340,
            "appid": CLIENT,
            "oid": OBJECT,
            "tid": TENANT,
            "uti": "B6Bk4VdvtEmtFPkLfIUyAA",
            "ver": "1.0",
            "xms_mirid": VM,
            "nested": {"names": [VM, "vm-web-01"], "huge": 1e999},
        }
    ),
)
ADVICE = Advice(
    "role_missing",
    "likely",
    "no role assignment at this scope allows it",
    "assign the role to this identity, then wait five to ten minutes",
    (f"az role assignment create --assignee-object-id {OBJECT} --role 4633458b --scope {VAULT_ID}",),
)
FAILURE = FailureView(
    "identity_not_found",
    "Identity not found",
    NOW - 5,
    400,
    "invalid_request",
    (
        Exchange(
            "GET",
            f"http://169.254.169.254/metadata/identity/oauth2/token?client_id={CLIENT}",
            ("Metadata",),
            NOW - 5,
            3.0,
            400,
            "Bad Request",
            (("server", "IMDS/150.870.65.1253"),),
            '{"error":"invalid_request","error_description":"Identity not found"}',
        ),
    ),
    (
        Advice(
            "not_assigned",
            "likely",
            "this identity is not assigned to vm-web-01",
            "assign it",
            (f"az vm identity assign --ids {VM}",),
        ),
    ),
)
TOKEN = TokenView(
    "https://vault.azure.net",
    "Key Vault",
    "ok",
    NOW - 60,
    NOW + 86_340,
    NOW + 43_200,
    None,
    3.14,
    1,
    claims=CLAIMS,
)
VAULT = VaultView(
    "https://contoso-kv.vault.azure.net",
    "contoso-kv",
    "critical",
    "rbac",
    tenant_id=TENANT,
    probed_at=NOW,
    stages=(
        Stage("resolve", "ok", 1.0, "10.1.2.3 (private), fe80::7"),
        Stage("permissions", "ok", 12.0),
    ),
    permissions=(
        PermissionView(PermissionResult("secrets", "list", Verdict.GRANTED, "200"), True),
        PermissionView(
            PermissionResult("secrets", "get", Verdict.DENIED, "403 ForbiddenByRbac", 1, target="secret db-password"),
            True,
            (ADVICE,),
        ),
        PermissionView(PermissionResult("keys", "get", Verdict.UNTESTED)),
    ),
    wanted_missing=("secrets/get",),
    notes=("secret db-password on contoso-kv answered",),
    facts=(("vault_resource_id", VAULT_ID), ("source_address", "10.1.2.3")),
)
SOURCE = SourceView(
    SourceKind.IMDS,
    "Azure VM · IMDS",
    "http://169.254.169.254/metadata/identity/oauth2/token",
    (
        Evidence("IDENTITY_ENDPOINT", "variable", "unset"),
        Evidence("probe", "probe", "answered", "IMDS/150.870.65.1253"),
    ),
    sdk_choices=(SdkChoice("MSAL Go 1.9", "imds"), SdkChoice("azure-identity 1.27", None, "sends nothing")),
)
HOST = HostFacts("vm-web-01", "westeurope", "AzurePublicCloud", VM, SUBSCRIPTION, "rg-shop", "Azure VM", TENANT)
SYSTEM = IdentityView(
    SystemAssigned(),
    "system-assigned",
    "ok",
    actual=ActualIdentity("system-assigned", CLIENT, OBJECT, TENANT, VM, ""),
    tokens=(TOKEN,),
)
HEALTHY = Snapshot(NOW, "ready", "ok", HOST, SOURCE, identities=(SYSTEM,), complete=True)
EVIDENCE = "/srv/venv/lib/python3.11/site-packages/azure_identity-1.15.0.dist-info"
PROCESS = ProcessFacts(4242, "gunicorn", "python 3.11", (CarriedSdk("azure-identity", "1.15.0", EVIDENCE),))
FAILING = replace(
    HEALTHY,
    status="critical",
    process=PROCESS,
    warnings=(
        HealthWarning("proxy_for_imds", "HTTP_PROXY is set", "set NO_PROXY", ("export NO_PROXY=169.254.169.254",)),
    ),
    identities=(
        replace(SYSTEM, status="critical", vaults=(VAULT,)),
        IdentityView(
            ClientId(CLIENT),
            "web",
            "critical",
            tokens=(TokenView("https://vault.azure.net", "", "failed", failure=FAILURE, attempts=1),),
            warnings=(HealthWarning("identity_substituted", f"asked for {CLIENT}, got {OBJECT}"),),
        ),
    ),
)
NO_ENDPOINT = Snapshot(
    NOW,
    "ready",
    "unknown",
    source=replace(
        SOURCE,
        failure=FailureView(
            "no_endpoint", "no managed identity endpoint here: nothing answered at 169.254.169.254", NOW
        ),
    ),
    identities=(IdentityView(SystemAssigned(), "system-assigned"),),
    complete=True,
)


def with_claims(**changes: object) -> Snapshot:
    """The healthy host, whose token says so much more, or something else."""
    payload = {**TOKEN.claims.payload(), **changes}
    token = replace(TOKEN, claims=Claims(TOKEN.claims.header_json, json.dumps(payload)))
    return replace(HEALTHY, identities=(replace(SYSTEM, tokens=(token,)),))
