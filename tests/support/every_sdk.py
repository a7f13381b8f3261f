"""The SDKs and tools that mitui speaks of, in its order, written down by hand."""

from __future__ import annotations

from typing import Final

EVERY_SDK: Final = (
    "MSAL Go",
    "MSAL Python",
    "MSAL .NET",
    "msal-node",
    "azure-identity",
    "azure-identity aio",
    "MSAL Java",
    "Azure.Identity",
    "azure-identity Java",
    "@azure/identity",
    "azidentity",
    "azure_identity (Rust)",
    "azure-identity C++",
    "Azure CLI",
    "Az PowerShell",
    "AzCopy",
    "Terraform azurerm",
)
