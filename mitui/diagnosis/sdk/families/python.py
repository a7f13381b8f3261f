"""Python: MSAL Python, and azure-identity, whose synchronous and asynchronous clients are two engines."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mitui.diagnosis.sdk.schema import (
    APP,
    ARC,
    ARC_BY_NAME,
    AUTHORITY,
    FABRIC,
    FEDERATED,
    HOST,
    IE,
    IMDS,
    IN_THE_CLEAR,
    ME,
    ML,
    MSAL_VARIABLES,
    NEEDS_CLIENT_ID,
    NEEDS_HTTPS,
    NEEDS_HTTPS_AUTHORITY,
    NEEDS_THUMBPRINT,
    SPEAKS_TLS,
    WORKLOAD_NOTE,
    Basis,
    Rule,
    Sdk,
)

_GIVES_UP: Final = "IDENTITY_ENDPOINT is set without a partner, so it says that no managed identity endpoint was found"
_WORKLOAD: Final = (AUTHORITY, *FEDERATED)

MSAL_PYTHON: Final = Sdk(
    "MSAL Python 1.39",
    "present",
    (
        Rule("service_fabric", FABRIC, IE, traps=(NEEDS_HTTPS, NEEDS_THUMBPRINT)),
        Rule("app_service", APP, IE),
        Rule("azure_ml", ML, ME),
        Rule("imds", (*ARC, HOST), HOST, empty=(IE,)),
        Rule("imds", ARC, IMDS, empty=(IE,), note="IDENTITY_ENDPOINT is empty"),
        Rule("azure_arc", ARC, IE),
        Rule("azure_arc", (), ARC_BY_NAME, himds=True),
        Rule("imds", (HOST,), HOST),
        Rule("imds", (), IMDS),
    ),
    Basis("run", "PyPI msal 1.39.0 msal/managed_identity.py"),
    packages=("msal",),
    version="1.39.0",
    reads=(*MSAL_VARIABLES, HOST),
    selectors=MappingProxyType({"service_fabric": ()}),
)
_RULES: Final = (
    Rule("service_fabric", FABRIC, IE, traps=(SPEAKS_TLS,), note=IN_THE_CLEAR),
    Rule("app_service", APP, IE),
    Rule("azure_arc", ARC, IE),
    Rule(None, (IE,), note=_GIVES_UP),
    Rule("azure_ml", ML, ME),
    Rule("cloud_shell", (ME,), ME),
    Rule("workload_identity", _WORKLOAD, AUTHORITY, traps=(NEEDS_CLIENT_ID, NEEDS_HTTPS_AUTHORITY), note=WORKLOAD_NOTE),
    Rule("imds", (HOST,), HOST, meaning="present"),
    Rule("imds", (), IMDS),
)
_READS: Final = (*MSAL_VARIABLES, HOST, *_WORKLOAD, "AZURE_CLIENT_ID")

AZURE_IDENTITY: Final = Sdk(
    "azure-identity 1.27",
    "not_empty",
    _RULES,
    Basis("run", "PyPI azure-identity 1.27.0 azure/identity/_credentials/managed_identity.py"),
    packages=("azure-identity",),
    version="1.27.0",
    reads=_READS,
    delegates="MSAL Python 1.39",
    delegated=frozenset({"service_fabric", "app_service", "azure_arc", "azure_ml", "imds"}),
    selectors=MappingProxyType({"service_fabric": (), "cloud_shell": ()}),
    client_id="in DefaultAzureCredential",
)
AZURE_IDENTITY_AIO: Final = Sdk(
    "azure-identity aio 1.27",
    "not_empty",
    _RULES,
    Basis("run", "PyPI azure-identity 1.27.0 azure/identity/aio/_credentials/managed_identity.py"),
    packages=("azure-identity",),
    version="1.27.0",
    reads=_READS,
    selectors=MappingProxyType(
        {
            "imds": ("client_id", "object_id"),
            "app_service": ("client_id", "object_id"),
            "service_fabric": (),
            "cloud_shell": (),
        }
    ),
    client_id="in DefaultAzureCredential",
)
