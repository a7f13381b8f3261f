"""Java: MSAL Java (msal4j), and azure-identity on top of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mitui.diagnosis.sdk.schema import (
    APP,
    ARC,
    FABRIC,
    FEDERATED,
    HOST,
    IE,
    IMDS,
    ME,
    ML,
    NEEDS_CLIENT_ID,
    Basis,
    Rule,
    Sdk,
    federated,
)

_NO_ML: Final = "knows no Azure ML, so it posts to MSI_ENDPOINT as it would in Cloud Shell, without the secret"
_NO_ADDRESS: Final = "finds the Arc agent but only its variables name an address: it ends in a NullPointerException"
_SELECTORS: Final = MappingProxyType({"cloud_shell": (), "service_fabric": ()})

MSAL_JAVA: Final = Sdk(
    "MSAL Java 1.26",
    "not_blank",
    (
        Rule("service_fabric", FABRIC, IE),
        Rule("app_service", APP, IE),
        Rule("cloud_shell", ML, ME, note=_NO_ML, limit=True),
        Rule("cloud_shell", (ME,), ME),
        Rule("azure_arc", ARC, IE),
        Rule(None, himds=True, note=_NO_ADDRESS),
        Rule("imds", (HOST,), HOST),
        Rule("imds", (), IMDS),
    ),
    Basis(
        "read, not run",
        "AzureAD/microsoft-authentication-library-for-java (with Arc file detection, 2026) "
        "msal4j-sdk/src/main/java/com/microsoft/aad/msal4j/ManagedIdentityClient.java and "
        "AzureArcManagedIdentitySource.java",
    ),
    packages=("com.microsoft.azure:msal4j",),
    version="1.26.1",
    reads=(*FABRIC, ME, "IMDS_ENDPOINT", HOST),
    himds_on_windows="nowhere",  # it looks for a path that still holds %Programfiles%
    selectors=_SELECTORS,
)
AZURE_IDENTITY_JAVA: Final = Sdk(
    "azure-identity Java 1.18",
    "not_empty",
    federated(*FEDERATED, traps=(NEEDS_CLIENT_ID,)),
    Basis(
        "read, not run",
        "Azure/azure-sdk-for-java sdk/identity/azure-identity/src/main/java/com/azure/identity/"
        "ManagedIdentityCredential.java (with ManagedIdentityMsalCredential)",
    ),
    packages=("com.azure:azure-identity",),
    version="1.18.4",
    reads=(*MSAL_JAVA.reads, *FEDERATED, "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID"),
    inner="MSAL Java 1.26",
    selectors=_SELECTORS,
    client_id="in DefaultAzureCredential",
)
