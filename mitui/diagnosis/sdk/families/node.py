"""JavaScript: msal-node, and @azure/identity on top of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mitui.diagnosis.sdk.schema import (
    APP,
    ARC,
    ARC_BY_ADDRESS,
    FABRIC,
    FEDERATED,
    HOST,
    IE,
    IMDS,
    IN_THE_CLEAR,
    ME,
    ML,
    MSAL_VARIABLES,
    SPEAKS_TLS,
    Basis,
    Rule,
    Sdk,
    Trap,
    federated,
)

_UNTRUSTED: Final = Trap(
    "https",
    "picks Service Fabric, but its self-signed certificate fails before anything is sent",
    unless="NODE_EXTRA_CA_CERTS",
)

MSAL_NODE: Final = Sdk(
    "msal-node 7.2",
    "not_empty",
    (
        Rule("service_fabric", FABRIC, IE, traps=(SPEAKS_TLS, _UNTRUSTED), note=IN_THE_CLEAR),
        Rule("app_service", APP, IE),
        Rule("azure_ml", ML, ME),
        Rule("cloud_shell", (ME,), ME),
        Rule("azure_arc", ARC, IE),
        Rule("azure_arc", (), ARC_BY_ADDRESS, himds=True, since="2.13.0"),
        Rule("imds", (HOST,), HOST),
        Rule("imds", (), IMDS),
    ),
    Basis("run", "npm @azure/msal-node 7.2.3 src/client/ManagedIdentityClient.ts"),
    packages=("@azure/msal-node",),
    version="7.2.3",
    reads=(*MSAL_VARIABLES, HOST, "DEFAULT_IDENTITY_CLIENT_ID", "NODE_EXTRA_CA_CERTS"),
    himds_readable=True,
    selectors=MappingProxyType({"azure_ml": ("client_id",), "cloud_shell": ()}),
)
AZURE_IDENTITY_JS: Final = Sdk(
    "@azure/identity 4.14",
    "not_empty",
    federated("AZURE_CLIENT_ID", *FEDERATED),
    Basis("run", "npm @azure/identity 4.14.1 dist/esm/credentials/managedIdentityCredential/index.js"),
    packages=("@azure/identity",),
    version="4.14.1",
    reads=(*MSAL_NODE.reads, *FEDERATED, "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID"),
    inner="msal-node 7.2",
    selectors=MappingProxyType({"azure_ml": ("client_id",), "cloud_shell": (), "service_fabric": ()}),
    client_id="in DefaultAzureCredential",
)
