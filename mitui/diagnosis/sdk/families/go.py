"""Go: MSAL Go, and azidentity on top of it."""

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
    HOST,
    IE,
    IMDS,
    ME,
    ML,
    MSAL_VARIABLES,
    NEEDS_HTTPS,
    NEEDS_THUMBPRINT,
    Basis,
    Rule,
    Sdk,
)

_SELECTORS: Final = MappingProxyType(
    {"azure_ml": ("client_id",), "cloud_shell": (), "service_fabric": (), "azure_arc": EVERY_SELECTOR}
)

MSAL_GO: Final = Sdk(
    "MSAL Go 1.9",
    "not_empty",
    (
        Rule("service_fabric", FABRIC, IE, traps=(NEEDS_HTTPS, NEEDS_THUMBPRINT), since="1.9.0"),
        Rule("service_fabric", FABRIC, IE, until="1.9.0"),
        Rule("app_service", APP, IE),
        Rule("azure_ml", ML, ME),
        Rule("cloud_shell", (ME,), ME),
        Rule("azure_arc", ARC, IE),
        Rule("azure_arc", (IE,), IE, himds=True, note=AGENT_INSTALLED),
        Rule("azure_arc", (), ARC_BY_ADDRESS, himds=True),
        Rule("imds", (HOST,), IMDS, note="ignores AZURE_POD_IDENTITY_AUTHORITY_HOST"),
        Rule("imds", (), IMDS),
    ),
    Basis(
        "run",
        "AzureAD/microsoft-authentication-library-for-go 247817f (v1.9.0) apps/managedidentity/managedidentity.go",
    ),
    packages=("github.com/AzureAD/microsoft-authentication-library-for-go",),
    version="1.9.0",
    reads=(*MSAL_VARIABLES, "DEFAULT_IDENTITY_CLIENT_ID"),
    himds_on_windows="ProgramData",
    selectors=_SELECTORS,
)
AZIDENTITY: Final = Sdk(
    "azidentity 1.14",
    "not_empty",
    (),
    Basis("read, not run", "Azure/azure-sdk-for-go (MSAL Go's own choice) sdk/azidentity/managed_identity_client.go"),
    packages=("github.com/Azure/azure-sdk-for-go/sdk/azidentity",),
    version="1.14.0",
    reads=MSAL_GO.reads,
    inner="MSAL Go 1.9",
    selectors=_SELECTORS,
    client_id="in DefaultAzureCredential",
    chained_workload=True,
)
