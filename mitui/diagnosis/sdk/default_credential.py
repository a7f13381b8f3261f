"""Which identity DefaultAzureCredential asks for by the variables alone, and which is asked for without it.

Run: PyPI azure-identity 1.27.0 azure/identity/_credentials/default.py, environment.py and _internal/utils.py. Read, not
run: Azure/azure-sdk-for-go 036e0f7 sdk/azidentity/default_azure_credential.go, Azure/azure-sdk-for-js 11a44b0
sdk/identity/identity/src/credentials/defaultAzureCredentialFunctions.ts, Azure/azure-sdk-for-net 00fa3e9
sdk/identity/Azure.Identity/src/Credentials/DefaultAzureCredentialOptions.cs, and Azure/azure-sdk-for-cpp 0704684
sdk/identity/azure-identity/src/default_azure_credential.cpp, the one that leaves AZURE_CLIENT_ID alone.
"""

from __future__ import annotations

from typing import Final

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import AZURE_CLIENT_ID, is_guid
from mitui.engine.selectors import supported_selectors
from mitui.engine.source_kind import SourceKind

_TENANT: Final = "AZURE_TENANT_ID"
_CHAIN: Final = "AZURE_TOKEN_CREDENTIALS"
_MANAGED: Final = "managedidentitycredential"
_WITH_MANAGED: Final = ("", "prod", _MANAGED)
"""Values of AZURE_TOKEN_CREDENTIALS that leave managed identity in the chain; any other takes it out or is refused."""
_SECRETS: Final = (
    (_TENANT, "AZURE_CLIENT_SECRET"),
    (_TENANT, "AZURE_CLIENT_CERTIFICATE_PATH"),
    ("AZURE_USERNAME", "AZURE_PASSWORD"),
)
"""What makes, with the client ID, an EnvironmentCredential, which is before managed identity in every chain."""
_FEDERATED: Final = (_TENANT, "AZURE_FEDERATED_TOKEN_FILE")
_BARE: Final = "A bare ManagedIdentityCredential(), MSAL and C++ ask for none by name: "
_SYSTEM: Final = "the system-assigned one, where there is one."


def asks_for_client_id(environment: HostEnvironment, source: SourceKind) -> bool:
    """Whether DefaultAzureCredential asks this source for the identity that AZURE_CLIENT_ID names."""
    return _names_one(environment, source) and not _instead(environment)


def identity_note(environment: HostEnvironment, source: SourceKind) -> str:
    """Who asks for the identity of AZURE_CLIENT_ID here and who does not, in two sentences; "" where it names none.

    Where the pod's own identity is the source, there is one identity only, and nothing to tell apart.
    """
    if source is SourceKind.WORKLOAD_IDENTITY or not _names_one(environment, source):
        return ""
    first = _instead(environment) or f"DefaultAzureCredential asks for the identity of {AZURE_CLIENT_ID}."
    return f"{first} {_BARE}{'the one of this compute.' if source is SourceKind.AZURE_ML else _SYSTEM}"


def _names_one(environment: HostEnvironment, source: SourceKind) -> bool:
    return is_guid(environment.get(AZURE_CLIENT_ID).strip()) and "client_id" in supported_selectors(source)


def _instead(environment: HostEnvironment) -> str:
    """What DefaultAzureCredential does before or in place of asking for a managed identity; "" for nothing."""
    chain = environment.get(_CHAIN).strip().lower()
    if chain not in _WITH_MANAGED:
        return f"{_CHAIN} keeps DefaultAzureCredential from asking for a managed identity."
    if chain == _MANAGED:
        return ""
    for names in _SECRETS:
        if all(environment.get(name) for name in names):
            return f"DefaultAzureCredential signs in as {AZURE_CLIENT_ID} with {names[1]}, before any managed identity."
    if all(environment.get(name) for name in _FEDERATED):
        return f"DefaultAzureCredential takes the workload identity of {AZURE_CLIENT_ID} first."
    return ""
