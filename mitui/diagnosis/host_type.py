"""What kind of Azure resource this host is, as far as the right ``az`` command depends on it."""

from __future__ import annotations

import re
from typing import Final, Literal

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.platform import platform_of

HostType = Literal[
    "vm",
    "vmss",
    "app",
    "web_app",
    "function_app",
    "logic_app",
    "static_web_app",
    "container_app",
    "container_app_job",
    "container_instance",
    "batch",
    "synapse",
    "arc",
    "ml",
    "cloud_shell",
    "service_fabric",
    "automation",
    "pod",
]

NOUNS: Final[dict[HostType, str]] = {
    "app": "app",
    "vm": "VM",
    "vmss": "VM scale set",
    "web_app": "App Service app",
    "function_app": "Functions app",
    "logic_app": "logic app",
    "static_web_app": "static web app",
    "container_app": "container app",
    "container_app_job": "container app job",
    "container_instance": "container group",
    "batch": "Batch pool",
    "synapse": "Synapse workspace",
    "arc": "Arc server",
    "ml": "ML compute",
    "cloud_shell": "Cloud Shell session",
    "service_fabric": "Service Fabric application",
    "automation": "Automation account",
    "pod": "pod",
}
_BY_PROVIDER: Final[tuple[tuple[str, HostType], ...]] = (
    ("/microsoft.compute/virtualmachinescalesets/", "vmss"),
    ("/microsoft.compute/virtualmachines/", "vm"),
    ("/microsoft.web/sites/", "web_app"),
    ("/microsoft.app/containerapps/", "container_app"),
    ("/microsoft.app/jobs/", "container_app_job"),
    ("/microsoft.containerinstance/containergroups/", "container_instance"),
    ("/microsoft.hybridcompute/machines/", "arc"),
    ("/microsoft.machinelearningservices/", "ml"),
    ("/microsoft.automation/automationaccounts/", "automation"),
)
_BY_KIND: Final[tuple[tuple[str, HostType], ...]] = (
    ("scale set", "vmss"),
    ("logic app", "logic_app"),
    ("static web app", "static_web_app"),
    ("functions", "function_app"),
    ("app service", "app"),  # by its protocol alone, which other hosts speak as well
    ("container apps job", "container_app_job"),
    ("container app", "container_app"),
    ("container instances", "container_instance"),
    ("batch", "batch"),
    ("synapse", "synapse"),
    ("arc", "arc"),
    ("ml compute", "ml"),
    ("cloud shell", "cloud_shell"),
    ("service fabric", "service_fabric"),
    ("automation", "automation"),
    ("pod", "pod"),
    ("vm", "vm"),
)
_BY_SOURCE: Final[dict[str, HostType]] = {
    "app_service": "app",
    "azure_arc": "arc",
    "azure_ml": "ml",
    "cloud_shell": "cloud_shell",
    "service_fabric": "service_fabric",
    "workload_identity": "pod",
}


def host_type(host: HostFacts, source: str, environment: HostEnvironment) -> HostType:
    """The kind of resource: by its ARM ID, else by what the host is called, else by variables and the source.

    What a platform runs on a site or on a VM is the platform's, whatever that site or VM is by itself.
    """
    platform = platform_of(environment)
    by_platform = platform.kind if platform is not None and platform.kind != "devops_agent" else None
    found = _by_facts(host)
    if found in (None, "app", "web_app", "vm", "vmss") and by_platform is not None:
        return by_platform
    return found or _BY_SOURCE.get(source, "vm")


def _by_facts(host: HostFacts) -> HostType | None:
    resource_id, kind = host.resource_id.lower(), host.kind.lower()
    by_kind = next((found for word, found in _BY_KIND if word in kind), None)
    for provider, found in _BY_PROVIDER:
        if provider in resource_id:
            return "function_app" if found == "web_app" and by_kind == "function_app" else found
    return by_kind


def segment(resource_id: str, kind: str) -> str:
    """The name that follows ``/<kind>/`` in an ARM ID, or ""."""
    match = re.search(rf"/{re.escape(kind)}/([^/]+)", resource_id, re.IGNORECASE)
    return match.group(1) if match else ""
