""".NET: MSAL .NET, and Azure.Identity, whose credentials live in Azure.Core since 1.53."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mitui.diagnosis.sdk.schema import (
    AGENT_INSTALLED,
    APP,
    ARC,
    ARC_BY_ADDRESS,
    EVERY_SELECTOR,
    FABRIC,
    FEDERATED,
    HOST,
    IE,
    IMDS,
    IN_THE_CLEAR,
    ME,
    ML,
    MSAL_VARIABLES,
    Basis,
    Rule,
    Sdk,
    federated,
)

_FILE_DETECTION: Final = "4.64.0"  # its changelog, "file detection", issue 4358
_SELECTORS: Final = MappingProxyType(
    {"azure_ml": ("client_id",), "cloud_shell": (), "azure_arc": (), "service_fabric": ("object_id",)}
)

MSAL_NET: Final = Sdk(
    "MSAL .NET 4.87",
    "not_empty",
    (
        Rule("service_fabric", FABRIC, IE, note=IN_THE_CLEAR),
        Rule("app_service", APP, IE),
        Rule("azure_ml", ML, ME),
        Rule("cloud_shell", (ME,), ME),
        Rule("azure_arc", ARC, IE),
        Rule("azure_arc", (IE,), IE, himds=True, note=AGENT_INSTALLED, since=_FILE_DETECTION),
        Rule("azure_arc", (), ARC_BY_ADDRESS, himds=True, since=_FILE_DETECTION),
        Rule("imds", (HOST,), HOST),
        Rule("imds", (), IMDS),
    ),
    Basis(
        "read, not run",
        "AzureAD/microsoft-authentication-library-for-dotnet 39d2001 (4.87.0) "
        "src/client/Microsoft.Identity.Client/ManagedIdentity/ManagedIdentityClient.cs",
    ),
    packages=("Microsoft.Identity.Client",),
    version="4.87.0",
    reads=(*MSAL_VARIABLES, HOST, "DEFAULT_IDENTITY_CLIENT_ID"),
    selectors=_SELECTORS,
)
AZURE_IDENTITY_NET: Final = Sdk(
    "Azure.Identity 1.21",
    "not_empty",
    federated(*FEDERATED, "AZURE_CLIENT_ID"),
    Basis(
        "read, not run",
        "Azure/azure-sdk-for-net (with pull request 62543) sdk/core/Azure.Core/src/Identity/ManagedIdentityClient.cs",
    ),
    packages=("Azure.Identity", "Azure.Core"),
    version="1.21.0",
    reads=(*MSAL_NET.reads, *FEDERATED, "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID"),
    inner="MSAL .NET 4.87",
    selectors=MappingProxyType({**_SELECTORS, "service_fabric": (), "workload_identity": EVERY_SELECTOR[:1]}),
    client_id="in DefaultAzureCredential",
)
