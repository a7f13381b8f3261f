"""Resources (audiences): how they are written, and the ones that people ask for in each cloud."""

from __future__ import annotations

import difflib
from typing import Final

PUBLIC: Final = "AzurePublicCloud"
_COMMON: Final = {
    PUBLIC: (
        ("Azure Resource Manager", "https://management.azure.com"),
        ("Key Vault", "https://vault.azure.net"),
        ("Storage", "https://storage.azure.com"),
        ("Microsoft Graph", "https://graph.microsoft.com"),
        ("Azure SQL", "https://database.windows.net"),
        ("Service Bus", "https://servicebus.azure.net"),
        ("Event Hubs", "https://eventhubs.azure.net"),
        ("PostgreSQL and MySQL", "https://ossrdbms-aad.database.windows.net"),
        ("Log Analytics", "https://api.loganalytics.io"),
        ("Azure Monitor ingestion", "https://monitor.azure.com"),
        ("Azure AI services", "https://cognitiveservices.azure.com"),
        ("App Configuration", "https://azconfig.io"),
        ("Cosmos DB", "https://cosmos.azure.com"),
        ("Batch", "https://batch.core.windows.net"),
    ),
    "AzureUSGovernmentCloud": (
        ("Azure Resource Manager", "https://management.usgovcloudapi.net"),
        ("Key Vault", "https://vault.usgovcloudapi.net"),
        ("Storage", "https://storage.azure.com"),
        ("Microsoft Graph", "https://graph.microsoft.us"),
        ("Azure SQL", "https://database.usgovcloudapi.net"),
    ),
    "AzureChinaCloud": (
        ("Azure Resource Manager", "https://management.chinacloudapi.cn"),
        ("Key Vault", "https://vault.azure.cn"),
        ("Storage", "https://storage.azure.com"),
        ("Microsoft Graph", "https://microsoftgraph.chinacloudapi.cn"),
        ("Azure SQL", "https://database.chinacloudapi.cn"),
    ),
}


def normalise_resource(resource: str) -> str:
    """The resource as the endpoints take it: without spaces around it and without one ``/.default`` at its end."""
    return resource.strip().removesuffix("/.default")


def well_known_resources(cloud: str) -> tuple[tuple[str, str], ...]:
    """(name, resource) of the audiences people ask for; those of the public cloud where the cloud is not known."""
    return _COMMON.get(cloud, _COMMON[PUBLIC])


def default_resources(cloud: str) -> tuple[str, ...]:
    """What is asked for where nothing is configured: the cloud's Resource Manager and its Key Vault."""
    return tuple(resource for _, resource in well_known_resources(cloud)[:2])


def _plain(resource: str) -> str:
    return resource.strip().rstrip("/").lower()


def nearest_resource(resource: str) -> str:
    """The well-known audience, of any cloud, that this one looks like a misspelling of; "" where there is none."""
    known = [each for resources in _COMMON.values() for _, each in resources]
    plain = _plain(resource)
    if plain in known:
        return ""
    close = difflib.get_close_matches(plain, known, 1, _LIKENESS)
    return close[0] if close else ""


_LIKENESS: Final = 0.9


def cloud_of_resource(resource: str, cloud: str) -> str:
    """The other cloud that this audience belongs to; "" where the host's own ``cloud`` has it, or none does."""
    plain = _plain(resource)
    homes = [name for name, resources in _COMMON.items() if any(plain == each for _, each in resources)]
    return "" if not cloud or cloud in homes or not homes else homes[0]


def resource_in_cloud(resource: str, cloud: str) -> str:
    """The audience that serves in ``cloud`` for what this one is in its own; "" where it is none that is well known."""
    plain = _plain(resource)
    names = {name for resources in _COMMON.values() for name, each in resources if plain == each}
    return next((each for name, each in well_known_resources(cloud) if name in names), "")
