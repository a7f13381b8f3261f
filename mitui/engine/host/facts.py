"""Facts about the host itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Who this host is. Every field is "" where it is not known.

    ``cloud`` is ``azEnvironment`` as IMDS names it (AzurePublicCloud, AzureUSGovernmentCloud, AzureChinaCloud).
    ``kind`` is what a person calls the host: "Azure VM", "VM scale set instance", "App Service", "Functions app",
    "Container App", "Azure Arc server", "ML compute", "Cloud Shell", "Service Fabric node", "Automation sandbox".
    """

    name: str = ""
    location: str = ""
    cloud: str = ""
    resource_id: str = ""
    subscription_id: str = ""
    resource_group: str = ""
    kind: str = ""
    tenant_id: str = ""
    detail: tuple[tuple[str, str], ...] = ()
