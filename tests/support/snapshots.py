"""Snapshots made by hand, as real as a host's: healthy, expiring, failed, empty, loading and hostile."""

from __future__ import annotations

import json
from dataclasses import replace

from mitui.claims import ActualIdentity, Claims
from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice, SdkMessage
from mitui.engine.evidence import Evidence, SourceVerdict
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, ObjectId, SystemAssigned
from mitui.engine.source_kind import SourceKind
from mitui.exchange import Exchange
from mitui.keyvault.probe_result import PermissionResult, Stage
from mitui.keyvault.verdict import Verdict
from mitui.monitor.event import Event
from mitui.monitor.identity_view import (
    Activity,
    FailureView,
    IdentityView,
    PermissionView,
    TokenStatus,
    TokenView,
    VaultView,
)
from mitui.monitor.snapshot import Snapshot, SourceView

NOW = 1_795_442_531.0
"""2026-11-23 14:02:11 UTC."""
TENANT = "72f9ab01-86f1-41af-91ab-2d7cd011db47"
OBJECT = "0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41"
CLIENT = "c2a9e0b4-1d3f-4a58-93c7-0a6b1e2d4f55"
WEB = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
BATCH = "91b07d44-0c1e-4f7a-8a2e-5c60d2b10f07"
MACHINE = (
    "/subscriptions/3f7d9a52-1c44-4a0e-9d1b-7a6f0e55c201/resourcegroups/rg-web/providers"
    "/Microsoft.Compute/virtualMachines/vm-web-01"
)
ENDPOINT = "http://169.254.169.254/metadata/identity/oauth2/token"
HOSTILE = "\x1b]52;c;aGk=\x07\x1b[31m[/x][b]\u202egpj\x9b2J\u200b[@click=app.quit]end"
"""Clipboard, colour, markup, bidi, C1, zero-width and click injection in one text."""


def host() -> HostFacts:
    return HostFacts(
        name="vm-web-01",
        location="westeurope",
        cloud="AzurePublicCloud",
        resource_id=MACHINE,
        subscription_id="3f7d9a52-1c44-4a0e-9d1b-7a6f0e55c201",
        resource_group="rg-web",
        kind="Azure VM",
        tenant_id=TENANT,
    )


def source() -> SourceView:
    return SourceView(
        kind=SourceKind.IMDS,
        label="Azure VM · IMDS",
        endpoint=ENDPOINT,
        evidence=(
            Evidence("IDENTITY_ENDPOINT", "variable", "unset"),
            Evidence("IDENTITY_HEADER", "variable", "unset"),
            Evidence("MSI_ENDPOINT", "variable", "unset"),
            Evidence("IMDS_ENDPOINT", "variable", "unset"),
            Evidence("Arc agent (himds)", "file", "absent"),
            Evidence("IMDS probe", "probe", "answered", "Server: IMDS/150.870.65.1854"),
        ),
        verdicts=(
            SourceVerdict(SourceKind.SERVICE_FABRIC, False, "IDENTITY_SERVER_THUMBPRINT is not set"),
            SourceVerdict(SourceKind.APP_SERVICE, False, "IDENTITY_ENDPOINT is not set"),
            SourceVerdict(SourceKind.IMDS, True, "nothing else is set, and the metadata address answers"),
        ),
        sdk_choices=(
            SdkChoice("MSAL Go 1.9", "imds"),
            SdkChoice("MSAL Python 1.39", "imds"),
            SdkChoice("MSAL .NET 4.83", "imds"),
            SdkChoice("msal-node 3.8", "imds"),
            SdkChoice("azure-identity 1.27", "imds"),
        ),
        selectors=("system", "client_id", "object_id", "resource_id"),
        answered_ms=2.1,
        checked_at=NOW - 2,
    )


def claims(resource: str, *, issued: float = NOW - 2_407, lifetime: float = 86_700) -> Claims:
    payload = {
        "aud": resource,
        "iss": f"https://sts.windows.net/{TENANT}/",
        "iat": int(issued),
        "nbf": int(issued),
        "exp": int(issued + lifetime),
        "appid": CLIENT,
        "idtyp": "app",
        "oid": OBJECT,
        "tid": TENANT,
        "uti": "kX0aRRSZ9kSpYk0zJt1hAA",
        "ver": "1.0",
        "xms_mirid": MACHINE,
    }
    return Claims(json.dumps({"typ": "JWT", "alg": "RS256", "kid": "nOo3ZDrODXEK1jKWhXslHR_KXEg"}), json.dumps(payload))


def token(
    resource: str, left: float, *, status: TokenStatus = "ok", lifetime: float = 86_700, latency: float = 3.1
) -> TokenView:
    """A token for ``resource`` with ``left`` seconds to go of ``lifetime``."""
    issued = NOW + left - lifetime
    return TokenView(
        resource=resource,
        status=status,
        acquired_at=issued,
        expires_at=NOW + left,
        refresh_at=issued + lifetime / 2,
        next_attempt_at=max(NOW + 60, issued + lifetime / 2),
        latency_ms=latency,
        attempts=1,
        claims=claims(resource, issued=issued, lifetime=lifetime),
    )


def wrong_audience() -> FailureView:
    return FailureView(
        kind="resource_not_found",
        message="AADSTS500011: The resource principal named https://graph.microsoft.com was not found in the tenant",
        at=NOW - 2,
        http_status=400,
        code="AADSTS500011",
        exchanges=(
            Exchange(
                "GET",
                f"{ENDPOINT}?api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com",
                ("Metadata",),
                NOW - 2,
                212.0,
                400,
                "Bad Request",
                (("Content-Type", "application/json"),),
                '{"error":"invalid_resource","error_description":"AADSTS500011"}',
            ),
        ),
        causes=(
            Advice(
                "wrong_audience",
                "certain",
                "No application with this URI exists in the tenant.",
                "Ask for the resource by the URI that its owner publishes.",
                ("az ad sp list --filter \"servicePrincipalNames/any(n:n eq 'https://graph.microsoft.com')\"",),
                purposes=("look",),
            ),
        ),
        sdk_messages=(SdkMessage("MSAL Go", "invalid_resource: AADSTS500011"),),
    )


def failed_token(resource: str = "https://graph.microsoft.com") -> TokenView:
    return TokenView(
        resource=resource,
        status="failed",
        attempts=1,
        latency_ms=212.0,
        next_attempt_at=NOW + 60,
        failure=wrong_audience(),
    )


def permission(
    object_type: str, name: str, verdict: Verdict, evidence: str = "", *, wanted: bool = False
) -> PermissionView:
    roles = {"secrets": "Key Vault Secrets User", "keys": "Key Vault Crypto User"}
    role = roles.get(object_type, "Key Vault Certificate User")
    advice: tuple[Advice, ...] = ()
    if verdict is Verdict.DENIED:
        advice = (
            Advice(
                "no_role_assignment",
                "likely",
                "no role assignment at this scope",
                f"grant {role} to {OBJECT}",
                (f"az role assignment create --assignee-object-id {OBJECT} --role '{role}' --scope /subscriptions/…",),
                who="an Owner or User Access Administrator of the vault",
                purposes=("mend",),
            ),
        )
    return PermissionView(
        PermissionResult(
            object_type,
            name,
            verdict,
            evidence,
            data_action=f"Microsoft.KeyVault/vaults/{object_type}/{name}/action",
            least_role=role,
            http_status=404 if verdict is Verdict.GRANTED else 403 if verdict is Verdict.DENIED else None,
        ),
        wanted=wanted,
        advice=advice,
    )


def matrix() -> tuple[PermissionView, ...]:
    granted, denied, untested = Verdict.GRANTED, Verdict.DENIED, Verdict.UNTESTED
    found, refused = "404 SecretNotFound", "403 ForbiddenByRbac"
    cells = [
        permission("secrets", "get", granted, found, wanted=True),
        permission("secrets", "list", granted, "200 with an empty list", wanted=True),
        permission("secrets", "set", Verdict.LIKELY, "inferred"),
        permission("keys", "get", denied, refused, wanted=True),
        permission("keys", "list", denied, refused),
        permission("certificates", "get", denied, refused),
        permission("certificates", "list", denied, refused),
    ]
    for kind in ("secrets", "keys", "certificates"):
        cells += [permission(kind, name, untested) for name in ("delete", "recover", "backup", "restore", "purge")]
    cells += [
        permission("keys", name, untested)
        for name in (
            "create",
            "import",
            "update",
            "encrypt",
            "decrypt",
            "sign",
            "verify",
            "wrapKey",
            "unwrapKey",
            "rotate",
        )
    ]
    cells += [permission("certificates", name, untested) for name in ("create", "import", "update", "managecontacts")]
    return tuple(cells)


def vault(name: str = "contoso-kv") -> VaultView:
    return VaultView(
        vault=f"https://{name}.vault.azure.net",
        name=name,
        status="critical",
        model="rbac",
        tenant_id=TENANT,
        token_tenant_id=TENANT,
        probed_at=NOW,
        stages=(
            Stage("resolve", "ok", 1.0, "20.61.99.4, public"),
            Stage("connect", "ok", 3.0),
            Stage("tls", "ok", 9.0, "DigiCert, 61 days left"),
            Stage("health", "ok", 4.0),
            Stage("challenge", "ok", 6.0),
            Stage("token", "ok"),
            Stage("permissions", "ok", 61.0),
        ),
        permissions=matrix(),
        wanted_missing=("keys/get",),
        notes=("looks like Key Vault Secrets User",),
        requests_sent=9,
        client_request_id="4e7be34a-5b4e-4f0c-9c5c-1a2b3c4d5e6f",
    )


def _events() -> tuple[Event, ...]:
    return (
        Event(NOW - 65, "info", "source", "detected Azure VM · IMDS: nothing else is set"),
        Event(NOW - 64, "ok", "system-assigned", "token for management.azure.com in 3 ms"),
        Event(NOW - 64, "ok", "system-assigned", "token for vault.azure.net in 4 ms"),
        Event(NOW - 2, "ok", "contoso-kv", "probed with 9 requests in 85 ms"),
    )


def identity(*tokens: TokenView, vaults: tuple[VaultView, ...] = ()) -> IdentityView:
    return IdentityView(
        SystemAssigned(),
        "system-assigned",
        "ok",
        actual=ActualIdentity("system-assigned", CLIENT, OBJECT, TENANT, MACHINE),
        tokens=tokens,
        vaults=vaults,
    )


def healthy() -> Snapshot:
    """Three identities, three tokens with hours to go, one vault on which all that was wanted is granted."""
    cells = tuple(
        replace(cell, wanted=cell.result.object_type == "secrets" and cell.result.permission in ("get", "list"))
        for cell in matrix()
    )
    ours = identity(
        token("https://management.azure.com", 85_267),
        token("https://vault.azure.net", 84_293),
        token("https://storage.azure.com", 39_765),
        vaults=(replace(vault(), status="ok", permissions=cells, wanted_missing=()),),
    )
    return Snapshot(
        generated_at=NOW,
        phase="ready",
        status="ok",
        host=host(),
        source=source(),
        identities=(
            ours,
            IdentityView(ClientId(WEB), "web", "ok"),
            IdentityView(ObjectId(BATCH), "batch", "ok"),
        ),
        events=_events(),
        next_check_at=NOW + 58,
        complete=True,
    )


def pod() -> Snapshot:
    """A pod with workload identity: one access token, and the pod's own that it was exchanged for."""
    base = healthy()
    issued = NOW - 600
    payload = {
        "aud": ["api://AzureADTokenExchange"],
        "exp": int(issued + 3600),
        "iat": int(issued),
        "iss": "https://westeurope.oic.prod-aks.azure.com/72f9ab01/5d0c8b1e/",
        "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "web"}},
        "sub": "system:serviceaccount:shop:web",
    }
    own = TokenView(
        "api://AzureADTokenExchange",
        "the pod's token",
        "ok",
        acquired_at=issued,
        expires_at=issued + 3600,
        refresh_at=issued + 2880,
        claims=Claims(json.dumps({"alg": "RS256", "kid": "k"}), json.dumps(payload)),
        is_federated=True,
    )
    web = replace(
        base.identities[0],
        identity=ClientId(WEB),
        name="web",
        actual=ActualIdentity("unknown", WEB, OBJECT, TENANT),
        tokens=base.identities[0].tokens[:1],
    )
    return replace(
        base,
        host=HostFacts("web-7c9d", kind="Kubernetes pod", detail=(("namespace", "shop"),)),
        source=replace(
            base.source,
            kind=SourceKind.WORKLOAD_IDENTITY,
            label="Pod · workload identity",
            endpoint=f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
            evidence=(Evidence("AZURE_FEDERATED_TOKEN_FILE", "variable", "set", "/var/run/secrets/azure/tokens/t"),),
            federated=own,
        ),
        identities=(web,),
    )


def expiring() -> Snapshot:
    """As healthy, with four minutes left of the Key Vault token."""
    base = healthy()
    ours = base.identities[0]
    short = token("https://vault.azure.net", 252, status="expiring", lifetime=3_600)
    fresh = replace(ours, status="warning", tokens=(ours.tokens[0], short, ours.tokens[2]))
    return replace(base, status="warning", identities=(fresh, *base.identities[1:]))


def failed() -> Snapshot:
    """One token expiring, one refused, one identity that isn't here, a permission that is wanted and denied."""
    base = expiring()
    ours = base.identities[0]
    fresh = replace(
        ours,
        status="critical",
        tokens=(ours.tokens[0], ours.tokens[1], failed_token(), ours.tokens[2]),
        vaults=(vault(),),
    )
    absent = FailureView("identity_not_found", "Identity not found", NOW - 2, http_status=400, code="invalid_request")
    missing = replace(
        base.identities[2],
        status="critical",
        tokens=(TokenView("https://management.azure.com", status="failed", failure=absent),),
    )
    events = (
        *base.events,
        Event(NOW - 2, "error", "graph.microsoft.com", "wrong audience: AADSTS500011"),
        Event(NOW - 1, "warning", "vault.azure.net", "expires in 252 s"),
    )
    return replace(base, status="critical", identities=(fresh, base.identities[1], missing), events=events)


def last_good() -> Snapshot:
    """The endpoint has begun to refuse; the tokens from before are still there."""
    base = healthy()
    ours = base.identities[0]
    refused = FailureView("connection_refused", "connection refused", NOW - 4, exchanges=())
    tokens = tuple(
        replace(each, status="failed", failure=refused, attempts=3, next_attempt_at=NOW + 30) for each in ours.tokens
    )
    return replace(
        base, status="critical", identities=(replace(ours, status="critical", tokens=tokens), *base.identities[1:])
    )


def loading() -> Snapshot:
    """The first second: the source is known, the tokens are being asked for."""
    base = healthy()
    waiting = Activity("waiting for IMDS", NOW - 1)
    ours = replace(
        base.identities[0],
        status="unknown",
        actual=ActualIdentity(),
        tokens=(
            TokenView("https://management.azure.com", activity=waiting),
            TokenView(
                "https://vault.azure.net", activity=Activity("updating, attempt 3", NOW - 31, NOW + 9), attempts=2
            ),
        ),
        vaults=(VaultView("https://contoso-kv.vault.azure.net", "contoso-kv"),),
    )
    return replace(
        base,
        phase="ready",
        status="unknown",
        identities=(ours, replace(base.identities[1], status="unknown")),
        source=replace(base.source, answered_ms=None, checked_at=None, sdk_choices=()),
        events=base.events[:1],
        next_check_at=None,
        complete=False,
    )


def nothing_here() -> Snapshot:
    """A host without any identity endpoint."""
    failure = FailureView(
        kind="no_endpoint",
        message="No managed identity endpoint answers here.",
        at=NOW,
        causes=(
            Advice(
                "not_azure",
                "likely",
                "This machine is not an Azure resource, or managed identity is not enabled on it.",
                "Run mitui on the Azure host itself, or enable its system-assigned identity.",
                ("az vm identity assign --resource-group <group> --name <vm>",),
                link="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/",
                purposes=("mend",),
            ),
            Advice(
                "in_a_container",
                "possible",
                "A container or a network policy keeps 169.254.169.254 out of reach.",
                "Ask from the host's own network: docker run --network host.",
            ),
        ),
    )
    return Snapshot(
        generated_at=NOW,
        phase="ready",
        status="unknown",
        host=HostFacts(name="laptop"),
        source=replace(
            source(),
            kind=SourceKind.NONE,
            label="no managed identity endpoint",
            endpoint="",
            evidence=(
                *source().evidence[:5],
                Evidence("IMDS probe", "probe", "silent", "169.254.169.254:80 did not answer in 2 s"),
            ),
            sdk_choices=(),
            answered_ms=None,
            failure=failure,
        ),
        events=(Event(NOW, "error", "source", "no managed identity endpoint"),),
        complete=True,
    )


def hostile() -> Snapshot:
    """Escape sequences, markup and bidi overrides in every text that comes from outside."""
    base = failed()
    bad = HOSTILE
    ours = base.identities[0]
    evil_claims = Claims("{}", json.dumps({"aud": bad, bad: bad, "roles": [bad, {"x": bad}], "exp": 1e300, "iat": bad}))
    failure = replace(wrong_audience(), message=bad, code=bad, kind=bad)
    cell = replace(ours.vaults[0].permissions[0])
    evil_cell = replace(cell, result=replace(cell.result, object_type=bad, permission=bad, evidence=bad))
    tokens = (
        replace(ours.tokens[0], name=bad, claims=evil_claims, warnings=(HealthWarning("x", bad, bad, (bad,)),)),
        replace(ours.tokens[2], resource=bad, failure=failure),
        TokenView(bad, activity=Activity(bad, NOW - 3)),
    )
    evil_vault = replace(
        ours.vaults[0],
        vault=bad,
        name=bad,
        tenant_id=bad,
        notes=(bad,),
        permissions=(evil_cell, *ours.vaults[0].permissions[1:]),
        stages=(Stage("resolve", "failed", 1.0, bad),),
        failure=replace(failure, kind="not_a_vault"),
    )
    return replace(
        base,
        host=HostFacts(name=bad, location=bad, cloud=bad, resource_id=bad),
        source=replace(
            base.source,
            label=bad,
            endpoint=bad,
            evidence=(Evidence(bad, "variable", "set", bad), *base.source.evidence),
            sdk_choices=(SdkChoice(bad, bad, bad), SdkChoice("MSAL Go", None, bad)),
            process_id=7,
            process_note=bad,
            selector_reason=bad,
        ),
        warnings=(HealthWarning(bad, bad, bad, (bad,)),),
        identities=(
            replace(ours, name=bad, tokens=tokens, vaults=(evil_vault,), warnings=(HealthWarning(bad, bad),)),
            replace(base.identities[1], name=bad, unsupported=bad),
        ),
        events=(Event(NOW, "error", bad, bad), Event(1e300, "info", bad, bad)),
        assumptions=(bad,),
    )
