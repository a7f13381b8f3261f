"""Who this host is: from its metadata service where it has one, else from the platform's variables."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from mitui.clock import Clock
from mitui.engine.asking.endpoint_rule import judge
from mitui.engine.asking.refusal import Refusal
from mitui.engine.evidence import Detection
from mitui.engine.federation.authorities import authority_of
from mitui.engine.federation.token_file import FederatedToken, read_federated_token
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.platform import APP_SERVICE_FAMILY, platform_of
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources import azure_arc, imds
from mitui.engine.sources.source import Endpoint
from mitui.http import GuardedClient, HttpFailure, HttpReply, HttpRequest

KUBELET_IDENTITY = "kubelet identity"
"""The word for the client ID of an AKS node's identity among the details."""
_AKS_TAGS = (
    (KUBELET_IDENTITY, "aks-managed-kubeletIdentityClientID"),
    ("IMDS restriction", "aks-managed-enable-imds-restriction"),
)
_MOST_TAGS = 200
_METADATA = (("Metadata", "true"),)
# MSAL.NET's first step to a bound token; it names the default identity and makes no token and no credential
# (AzureAD/microsoft-authentication-library-for-dotnet, ``ManagedIdentity/V2``).
_VERSION_2 = "/metadata/identity/getplatformmetadata?cred-api-version=2.0"
_TIMEOUT = 5.0
_LONGEST = 512  # characters of any one fact
_DETAILS = (
    ("vm size", "vmSize"),
    ("vm id", "vmId"),
    ("scale set", "vmScaleSetName"),
    ("zone", "zone"),
    ("operating system", "osType"),
    ("offer", "offer"),
    ("sku", "sku"),
)


async def host_facts(
    environment: HostEnvironment,
    detection: Detection,
    client: GuardedClient,
    clock: Clock,
    *,
    allow_endpoints: frozenset[str] = frozenset(),
) -> HostFacts:
    """Everything that can be learned of the host without an identity, within a few seconds. Never raises."""

    async def reply_of(endpoint: Endpoint) -> HttpReply | None:
        approved = await judge(endpoint, allow_endpoints, clock, timeout=_TIMEOUT)
        if isinstance(approved, (Refusal, HttpFailure)):
            return None
        request = HttpRequest("GET", endpoint.url, _METADATA)
        reply = await client.send(request, deadline=_TIMEOUT, connect_timeout=2.0, dial=approved.dial)
        return None if isinstance(reply, HttpFailure) else reply

    async def ask(endpoint: Endpoint) -> Mapping[str, object]:
        return _document(await reply_of(endpoint))

    if detection.source is SourceKind.IMDS:
        variable = imds.SOURCE.endpoint(environment).variable
        base = imds.base_of(environment)
        instance, info, second = await asyncio.gather(
            ask(Endpoint(f"{base}/metadata/instance?api-version=2021-02-01", variable)),
            ask(Endpoint(f"{base}/metadata/identity/info?api-version=2018-02-01", variable)),
            reply_of(Endpoint(f"{base}{_VERSION_2}", variable)),
        )
        compute = _part(instance, "compute")
        kind = "VM scale set instance" if _text(compute, "vmScaleSetName") else "Azure VM" if compute else ""
        facts = _from_compute(compute, kind)
        tenant = _text(info, "tenantId") or _text(_document(second), "tenantId")
        facts = replace(facts, tenant_id=tenant, detail=(*facts.detail, *_token_binding(second)))
        platform = platform_of(environment)
        if platform is None:
            return facts
        pool = _set(environment, pool="AZ_BATCH_POOL_ID", account="AZ_BATCH_ACCOUNT_NAME", agent="AGENT_NAME")
        if platform.kind == "devops_agent":  # it runs on a host of its own, whose identity answers
            return replace(facts, detail=(*facts.detail, ("runs in", platform.host_kind), *pool))
        return replace(facts, kind=platform.host_kind, detail=(*facts.detail, *pool))
    if detection.source is SourceKind.AZURE_ARC:
        return _from_compute(await ask(_arc_metadata(environment)), "Azure Arc server")
    return _from_variables(environment, detection.source)


def _document(reply: HttpReply | None) -> Mapping[str, object]:
    """The JSON object of a 200, empty for anything else."""
    if reply is None or reply.status != 200:
        return {}
    try:
        document = json.loads(reply.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _token_binding(reply: HttpReply | None) -> tuple[tuple[str, str], ...]:
    """Whether IMDS has its second version, by which tokens are bound to a key of the host; only IMDS itself tells."""
    if reply is None or "imds" not in reply.header("server").lower():
        return ()
    if reply.status == 404:
        return (("token binding", "not offered"),)
    client = _text(_document(reply), "clientId")
    return (("token binding", "offered (IMDSv2)"), ("default identity", client)) if client else ()


def _arc_metadata(environment: HostEnvironment) -> Endpoint:
    token = azure_arc.SOURCE.endpoint(environment)
    try:
        parts = urlsplit(token.url)
        base = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        base = ""
    return Endpoint(f"{base}/metadata/instance/compute?api-version={azure_arc.API_VERSION}", token.variable)


def _from_compute(compute: Mapping[str, object], kind: str) -> HostFacts:
    details = [(word, value) for word, name in _DETAILS if (value := _text(compute, name))]
    security = _text(_part(compute, "securityProfile"), "securityType")
    if security:
        details.append(("security type", security))
    details += _aks(compute)
    return HostFacts(
        name=_text(compute, "name"),
        location=_text(compute, "location"),
        cloud=_text(compute, "azEnvironment"),
        resource_id=_text(compute, "resourceId"),
        subscription_id=_text(compute, "subscriptionId"),
        resource_group=_text(compute, "resourceGroupName"),
        kind=kind,
        detail=tuple(details),
    )


def _aks(compute: Mapping[str, object]) -> list[tuple[str, str]]:
    """What AKS writes on its nodes as tags: the kubelet's identity, and whether pods are kept from IMDS."""
    tags = compute.get("tagsList")
    named = {
        _text(each, "name"): _text(each, "value")
        for each in (tags[:_MOST_TAGS] if isinstance(tags, list) else ())
        if isinstance(each, dict)
    }
    return [(word, named[name]) for word, name in _AKS_TAGS if named.get(name)]


def _from_variables(environment: HostEnvironment, source: SourceKind) -> HostFacts:
    get = environment.get
    platform = platform_of(environment)
    if platform is not None and platform.kind == "container_app":
        return HostFacts(
            name=get("CONTAINER_APP_NAME"),
            kind=platform.host_kind,
            detail=_set(environment, revision="CONTAINER_APP_REVISION", replica="CONTAINER_APP_REPLICA_NAME"),
        )
    if platform is not None and platform.kind == "container_app_job":
        detail = _set(environment, execution="CONTAINER_APP_JOB_EXECUTION_NAME", replica="CONTAINER_APP_REPLICA_NAME")
        return HostFacts(name=get("CONTAINER_APP_JOB_NAME"), kind=platform.host_kind, detail=detail)
    if platform is not None and platform.kind in ("automation", "synapse"):
        return HostFacts(kind=platform.host_kind)
    of_a_site = platform is not None and platform.kind in APP_SERVICE_FAMILY
    if source is SourceKind.APP_SERVICE or of_a_site:
        name, group = get("WEBSITE_SITE_NAME"), get("WEBSITE_RESOURCE_GROUP")
        subscription = get("WEBSITE_OWNER_NAME").partition("+")[0]
        resource_id = ""
        if name and group and subscription:
            resource_id = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Web/sites/{name}"
        return HostFacts(
            name=name,
            location=get("REGION_NAME"),
            resource_id=resource_id,
            subscription_id=subscription,
            resource_group=group,
            kind=platform.host_kind if platform is not None else "App Service",
            detail=_set(
                environment, instance="WEBSITE_INSTANCE_ID", runtime="FUNCTIONS_WORKER_RUNTIME", plan="WEBSITE_SKU"
            ),
        )
    if source is SourceKind.AZURE_ML:
        return HostFacts(name=get("CI_NAME"), kind="ML compute")
    if source is SourceKind.CLOUD_SHELL:
        return HostFacts(name=get("ACC_TERM_ID"), kind="Cloud Shell", detail=_set(environment, cloud="ACC_CLOUD"))
    if source is SourceKind.WORKLOAD_IDENTITY:
        return _pod(environment)
    if source is SourceKind.SERVICE_FABRIC:
        return HostFacts(
            name=get("Fabric_ApplicationName"),
            kind="Service Fabric node",
            detail=_set(environment, service="Fabric_ServiceName", node="Fabric_NodeName"),
        )
    return HostFacts()


def _pod(environment: HostEnvironment) -> HostFacts:
    """The pod by its host name, which Kubernetes makes its name, and by the token that it holds."""
    token, authority = read_federated_token(environment), authority_of(environment)
    namespace, account = token.service_account if isinstance(token, FederatedToken) else ("", "")
    known = (("namespace", namespace), ("service account", account))
    return HostFacts(
        name=environment.get("HOSTNAME"),
        cloud=authority.cloud if authority is not None else "",
        kind="Kubernetes pod" if environment.get("KUBERNETES_SERVICE_HOST") else "workload",
        tenant_id=environment.get("AZURE_TENANT_ID"),
        detail=tuple(each for each in known if each[1]),
    )


def _set(environment: HostEnvironment, **names: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, environment.get(name)) for word, name in names.items() if environment.get(name))


def _part(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""
