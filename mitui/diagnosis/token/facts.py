"""The facts that sentences and commands about a failed token are filled with."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from mitui.diagnosis.host_type import NOUNS, HostType, segment
from mitui.diagnosis.reply import header
from mitui.diagnosis.token.case import TokenCase
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.firmware import firmware_cloud
from mitui.engine.identity import is_guid
from mitui.engine.resources import cloud_of_resource, default_resources, nearest_resource, resource_in_cloud

_USERS: Final = ("USER", "LOGNAME", "USERNAME")
_CREDENTIAL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}\Z", re.ASCII)  # as Entra ID takes it
_SUPPORTED: Final = re.compile(r"[Ss]upported audiences?:\s*([^\"}\\]+)")


def token_facts(case: TokenCase) -> dict[str, str]:
    """Everything known, under the names that the catalogue uses."""
    failure, last = case.failure, case.last
    facts = host_facts(case.host, case.host_type, case.environment)
    facts.update(
        resource=failure.resource,
        plain_resource=plain_resource(failure.resource),
        status=str(case.status or ""),
        code=failure.code,
        near_resource=nearest_resource(failure.resource),
        own_resource=resource_in_cloud(failure.resource, case.host.cloud),
        resource_cloud=cloud_of_resource(failure.resource, case.host.cloud),
        cloud=case.host.cloud,
        firmware_cloud=firmware_cloud(case.environment),
        entra_code=min((code.upper() for code in case.codes if code.startswith("aadsts")), default=""),
        endpoint=case.endpoint,
        endpoint_host=case.endpoint_host,
        endpoint_address=_address(case.endpoint),
        slashed_resource=f"{plain_resource(failure.resource)}/",
        user=case.environment.user or next((value for name in _USERS if (value := case.environment.get(name))), ""),
        arc_group="Hybrid agent extension applications",
        process_id=str(case.environment.process_id or ""),
        compute=case.environment.get("CI_NAME"),
        server=header(last, "server"),
        proxy_variable=first_set(case.environment, "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
        wait=_wait(failure.retry_after),
        message=failure.message.rstrip("."),
        supported=_supported(last.body if last else failure.message),
    )
    facts.update(_federated_facts(case))
    facts.update({name: value for name, value in failure.facts if value})
    if len(case.elsewhere.user_assigned) == 1:
        facts["client_id"] = case.elsewhere.user_assigned[0][1]
    default = case.environment.get("DEFAULT_IDENTITY_CLIENT_ID")
    facts["default_client_id"] = default if is_guid(default) else ""
    facts.update(_identity_facts(failure.identity))
    facts["supported"] = ", ".join(part.strip() for part in facts["supported"].split(",") if part.strip())
    return facts


def _federated_facts(case: TokenCase) -> dict[str, str]:
    """What a federated credential must name, by the token in the pod's file."""
    token = case.federated
    facts = {
        "token_file": case.environment.get("AZURE_FEDERATED_TOKEN_FILE"),
        "asked_tenant": case.environment.get("AZURE_TENANT_ID"),
    }
    if token is None:
        return facts
    namespace, service_account = token.service_account
    issuer, name = token.claims.text("iss"), f"{namespace}-{service_account}"
    return facts | {
        "issuer": issuer,
        "issuer_discovery": f"{issuer.rstrip('/')}/.well-known/openid-configuration" if issuer else "",
        "subject": token.claims.text("sub"),
        "audience": token.audiences[0] if token.audiences else "",
        "namespace": namespace,
        "service_account": service_account,
        "credential_name": name if _CREDENTIAL_NAME.match(name) else "",
    }


def host_facts(host: HostFacts, kind: HostType, environment: HostEnvironment) -> dict[str, str]:
    """What is known of the host itself."""
    name = segment(host.resource_id, "virtualMachines") or segment(host.resource_id, "machines") or host.name
    detail = dict(host.detail)
    slot = segment(host.resource_id, "slots") or environment.get("WEBSITE_SLOT_NAME")
    return {
        "noun": NOUNS[kind],
        "host_name": host.name,
        "subscription": host.subscription_id or segment(host.resource_id, "subscriptions"),
        "resource_group": host.resource_group or segment(host.resource_id, "resourceGroups"),
        "resource_id": host.resource_id,
        "location": host.location,
        "tenant": host.tenant_id,
        "vm": name if kind == "vm" else "",
        "vmss": segment(host.resource_id, "virtualMachineScaleSets") or detail.get("scale set", ""),
        "site": segment(host.resource_id, "sites") or environment.get("WEBSITE_SITE_NAME") or host.name,
        "slot": "" if slot.lower() == "production" else slot,
        "app": segment(host.resource_id, "containerApps") or environment.get("CONTAINER_APP_NAME") or host.name,
        "revision": environment.get("CONTAINER_APP_REVISION"),
        "job": segment(host.resource_id, "jobs") or environment.get("CONTAINER_APP_JOB_NAME"),
        "container_group": segment(host.resource_id, "containerGroups"),
        "batch_pool": environment.get("AZ_BATCH_POOL_ID"),
        "batch_account": environment.get("AZ_BATCH_ACCOUNT_NAME"),
        "machine": name if kind == "arc" else "",
        "arm_resource": default_resources(host.cloud)[0],
    }


def _identity_facts(identity: str) -> dict[str, str]:
    selector, _, value = identity.partition(":")
    facts = {"identity": identity, "identity_value": value}
    if selector == "resource":
        facts["identity_resource_id"] = value
        facts["identity_name"] = segment(value, "userAssignedIdentities")
        facts["identity_resource_group"] = segment(value, "resourceGroups")
    elif selector in ("client", "object") and is_guid(value):
        facts["client_id" if selector == "client" else "oid"] = value
        facts["asked_client_id" if selector == "client" else "asked_object_id"] = value
        facts["asked_guid"] = value
    return facts


def plain_resource(resource: str) -> str:
    """The audience without what belongs to a scope: no ``/.default``, no trailing slash."""
    return resource.strip().removesuffix("./default").removesuffix(".default").rstrip("/")


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}" if parts.hostname else ""


def first_set(environment: HostEnvironment, *names: str) -> str:
    """The first of these variables that is set, by name, or ""."""
    return next((name for name in names if environment.get(name)), "")


def _wait(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:g} s"


def _supported(text: str) -> str:
    found = _SUPPORTED.search(text)
    return found.group(1) if found else ""
