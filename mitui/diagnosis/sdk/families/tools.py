"""The tools that people log in with: Azure CLI, Az PowerShell, AzCopy, and Terraform's azurerm."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mitui.diagnosis.sdk.families.go import AZIDENTITY
from mitui.diagnosis.sdk.families.python import MSAL_PYTHON
from mitui.diagnosis.sdk.schema import HOST, IE, IMDS, ME, Basis, Rule, Sdk

_CLOUD_SHELL: Final = "http://localhost:50342/oauth2/token"  # msal/cloudshell.py has it written in
_OWN_VARIABLE: Final = "reads no variable but ARM_MSI_ENDPOINT, so it asks IMDS"
_BY_CLIENT_ID: Final = ("client_id",)

AZURE_CLI: Final = Sdk(
    "Azure CLI 2.91",
    "not_empty",
    (Rule("cloud_shell", ("ACC_CLOUD",), _CLOUD_SHELL, note="ACC_CLOUD is set: it takes itself to be in Cloud Shell"),),
    Basis("run", "PyPI azure-cli-core 2.91.0 azure/cli/core/auth/msal_credentials.py"),
    packages=("azure-cli-core",),
    version="2.91.0",
    reads=(*MSAL_PYTHON.reads, "ACC_CLOUD"),
    inner="MSAL Python 1.39",
    selectors=MappingProxyType({"cloud_shell": (), "service_fabric": ()}),
)
AZ_POWERSHELL: Final = Sdk(
    "Az PowerShell 5.5",
    "not_empty",
    (),
    Basis(
        "read, not run",
        "Azure/azure-powershell src/Accounts/Authenticators/ManagedServiceIdentityAuthenticator.cs",
    ),
    packages=("Az.Accounts",),
    version="5.5.5",
    inner="Azure.Identity 1.21",
    selectors=MappingProxyType({"cloud_shell": (), "service_fabric": (), "azure_arc": (), "azure_ml": _BY_CLIENT_ID}),
)
AZCOPY: Final = Sdk(
    "AzCopy 10.32",
    "not_empty",
    (),
    Basis("read, not run", "Azure/azure-storage-azcopy 595529d (10.32.6) common/oauthTokenManager.go"),
    packages=("github.com/Azure/azure-storage-azcopy/v10",),
    version="10.32.6",
    reads=(*AZIDENTITY.reads, "AZCOPY_AUTO_LOGIN_TYPE", "AZCOPY_MSI_CLIENT_ID", "AZCOPY_MSI_RESOURCE_STRING"),
    inner="azidentity 1.14",
    selectors=MappingProxyType(
        {
            "imds": ("client_id", "resource_id"),
            "app_service": ("client_id", "resource_id"),
            "azure_arc": ("client_id", "resource_id"),
            "azure_ml": _BY_CLIENT_ID,
            "cloud_shell": (),
            "service_fabric": (),
        }
    ),
)
TERRAFORM: Final = Sdk(
    "Terraform azurerm 5.2",
    "not_empty",
    (
        Rule("imds", ("ARM_MSI_ENDPOINT",), "ARM_MSI_ENDPOINT"),
        Rule("imds", (IE,), IMDS, note=_OWN_VARIABLE, limit=True),
        Rule("imds", (ME,), IMDS, note=_OWN_VARIABLE, limit=True),
        Rule("imds", (HOST,), IMDS, note=_OWN_VARIABLE, limit=True),
        Rule("imds", (), IMDS, himds=True, note=_OWN_VARIABLE, limit=True),
        Rule("imds", (), IMDS),
    ),
    Basis(
        "read, not run",
        "hashicorp/terraform-provider-azurerm 69697b7 (5.2.0) "
        "vendor/github.com/hashicorp/go-azure-sdk/sdk/auth/managed_identity_authorizer.go",
    ),
    packages=("github.com/hashicorp/terraform-provider-azurerm", "github.com/hashicorp/go-azure-sdk/sdk"),
    version="5.2.0",
    reads=("ARM_USE_MSI", "ARM_MSI_ENDPOINT", "ARM_MSI_API_VERSION", "ARM_CLIENT_ID"),
    selectors=MappingProxyType({"imds": _BY_CLIENT_ID}),
)
