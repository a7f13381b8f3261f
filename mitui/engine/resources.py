"""Resources (audiences): how they are written, and the ones that people ask for in each cloud."""

from __future__ import annotations

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
