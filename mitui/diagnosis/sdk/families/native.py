"""Rust and C++, which have clients of their own and no MSAL beneath."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mitui.diagnosis.sdk.schema import (
    APP,
    ARC,
    ARC_BY_NAME,
    FABRIC,
    HOST,
    IE,
    IMDS,
    IMDS_E,
    ME,
    ML,
    MS,
    MSAL_VARIABLES,
    Basis,
    Rule,
    Sdk,
    Trap,
)

_ARC_SINCE: Final = "1.1.0-beta.1"  # its changelog
_UNSUPPORTED: Final = "refuses to start: {} managed identity isn't supported"
_PINS_NOTHING: Final = "knows no Service Fabric: its self-signed certificate fails before anything is sent"

RUST: Final = Sdk(
    "azure_identity (Rust) 1.0",
    "present",
    (
        Rule(None, FABRIC, note=_UNSUPPORTED.format("Service Fabric"), limit=True),
        Rule("app_service", APP, IE),
        Rule(None, ARC, note=_UNSUPPORTED.format("Azure Arc"), until=_ARC_SINCE, limit=True),
        Rule("azure_arc", ARC, IE, since=_ARC_SINCE),
        Rule("azure_arc", (IE,), ARC_BY_NAME, himds=True, since=_ARC_SINCE),
        Rule("imds", (IE, HOST), IMDS, note="ignores AZURE_POD_IDENTITY_AUTHORITY_HOST"),
        Rule("imds", (IE,), IMDS),
        Rule(None, ML, note=_UNSUPPORTED.format("Azure ML"), limit=True),
        Rule(None, (ME,), note=_UNSUPPORTED.format("CloudShell"), limit=True),
        Rule("azure_arc", (), ARC_BY_NAME, himds=True, since=_ARC_SINCE),
        Rule("imds", (), IMDS, himds=True, note="does not look for the Arc agent", limit=True),
        Rule("imds", (HOST,), IMDS, note="ignores AZURE_POD_IDENTITY_AUTHORITY_HOST"),
        Rule("imds", (), IMDS),
    ),
    Basis(
        "read, not run",
        "Azure/azure-sdk-for-rust b288586 sdk/identity/azure_identity/src/managed_identity_credential.rs",
    ),
    packages=("azure_identity",),
    version="1.0.0",
    reads=MSAL_VARIABLES,
    selectors=MappingProxyType({"app_service": ("client_id", "object_id"), "azure_arc": ()}),
)
CPP: Final = Sdk(
    "azure-identity C++ 1.13",
    "not_empty",
    (
        Rule("app_service", FABRIC, IE, traps=(Trap("https", _PINS_NOTHING),), limit=True),
        Rule("app_service", APP, IE),
        Rule("azure_ml", ML, ME, note="calls it App Service 2017"),
        Rule("cloud_shell", (ME,), ME),
        Rule("azure_arc", ARC, IE),
        Rule("imds", (HOST,), HOST, himds=True, note="does not look for the Arc agent", limit=True),
        Rule("imds", (), IMDS, himds=True, note="does not look for the Arc agent", limit=True),
        Rule("imds", (HOST,), HOST),
        Rule("imds", (), IMDS),
    ),
    Basis(
        "read, not run",
        "Azure/azure-sdk-for-cpp 8874c67 sdk/identity/azure-identity/src/managed_identity_source.cpp",
    ),
    packages=("azure-identity-cpp",),
    version="1.13.3",
    reads=(IE, "IDENTITY_HEADER", ME, MS, IMDS_E, HOST),
    selectors=MappingProxyType({"cloud_shell": (), "azure_arc": ()}),
    chained_workload=True,
)
