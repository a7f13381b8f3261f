"""Who can run a command, and the documentation that several entries point to.

What the roles allow is in MicrosoftDocs/azure-docs 1b4e136a, ``articles/role-based-access-control/built-in-roles``:
``identity.md`` (Managed Identity Contributor writes federated credentials, Managed Identity Operator only assigns),
``networking.md``, ``security.md`` (Key Vault Contributor reaches nothing in the vault) and ``containers.md``; that a
vault's rule for a subnet needs ``joinViaServiceEndpoint`` there, in ``virtual-network-service-endpoints-overview``.
Of hosts that ``az`` reaches by an extension: Automation Contributor has ``automationAccounts/*`` and Azure Connected
Machine Resource Administrator ``machines/write`` (``management-and-governance.md`` at 06482e52), AzureML Compute
Operator ``workspaces/computes/*`` (``ai-machine-learning.md`` at 0ff2e41d). None of the three holds an action on an
identity, so that who assigns a user-assigned one needs Managed Identity Operator besides, as the page
``machine-learning/how-to-identity-based-service-authentication`` of learn.microsoft.com says of computes.
"""

from __future__ import annotations

from typing import Final

ANYONE_HERE: Final = "anyone on this host"
ROOT_HERE: Final = "root on this host"
HOST_OWNER: Final = "someone with Contributor on this host's resource"
ASSIGNER: Final = f"{HOST_OWNER} and Managed Identity Operator on the identity"
_OPERATOR: Final = "and Managed Identity Operator on a user-assigned identity"
AUTOMATION_OWNER: Final = "Owner, Contributor or Automation Contributor on the Automation account"
AUTOMATION_ASSIGNER: Final = f"{AUTOMATION_OWNER}, {_OPERATOR}"
ARC_ASSIGNER: Final = (
    f"Owner, Contributor or Azure Connected Machine Resource Administrator on the server's resource, {_OPERATOR}"
)
ARC_CONNECTOR: Final = (
    f"{ROOT_HERE}; to connect the server anew, with Azure Connected Machine Onboarding on its resource group"
)
COMPUTE_ASSIGNER: Final = f"Owner, Contributor or AzureML Compute Operator on the workspace, {_OPERATOR}"
CREDENTIAL_OWNER: Final = "Owner, Contributor or Managed Identity Contributor on the identity"
AKS_OWNER: Final = "Owner, Contributor or Azure Kubernetes Service Contributor Role on the cluster"
DEVELOPER: Final = "whoever maintains the application"
SERVER_OWNER: Final = "whoever runs this server"
NETWORK: Final = "whoever runs this network"
TENANT_ADMIN: Final = "an administrator of the Entra tenant"
ROLE_OWNER: Final = "Owner, User Access Administrator or Key Vault Data Access Administrator on the vault"
VAULT_OWNER: Final = "Owner, Contributor or Key Vault Contributor on the vault"
VAULT_FINDER: Final = "whoever named the vault here; to look for it, anyone with Reader on its subscription"
VAULT_AND_SUBNET_OWNER: Final = f"{VAULT_OWNER}, and for its subnet Network Contributor on the virtual network"
OBJECT_OWNER: Final = "Key Vault Administrator, or the Officer of its kind of object, such as Key Vault Secrets Officer"
HSM_OWNER: Final = "Managed HSM Administrator, a role of the HSM's own"
POD_OWNER: Final = "whoever deploys the pod"
CLUSTER_OWNER: Final = "whoever deploys the Service Fabric application"

_LEARN: Final = "https://learn.microsoft.com"
LINK_TOKEN: Final = f"{_LEARN}/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"
LINK_FAQ: Final = f"{_LEARN}/entra/identity/managed-identities-azure-resources/managed-identities-faq"
LINK_IDENTITIES: Final = f"{_LEARN}/entra/identity/managed-identities-azure-resources/overview"
LINK_IMDS: Final = f"{_LEARN}/azure/virtual-machines/instance-metadata-service"
LINK_APP_SERVICE: Final = f"{_LEARN}/azure/app-service/overview-managed-identity"
LINK_AUTOMATION: Final = f"{_LEARN}/azure/automation/enable-managed-identity-for-automation"
LINK_CONTAINER_APPS: Final = f"{_LEARN}/azure/container-apps/managed-identity"
LINK_ARC: Final = f"{_LEARN}/azure/azure-arc/servers/managed-identity-authentication"
LINK_ARC_CONNECTION: Final = f"{_LEARN}/azure/azure-arc/servers/troubleshoot-connectivity"
LINK_SERVICE_FABRIC: Final = f"{_LEARN}/azure/service-fabric/how-to-managed-identity-service-fabric-app-code"
LINK_CLOUD_SHELL: Final = f"{_LEARN}/azure/cloud-shell/msi-authorization"
LINK_MSP: Final = f"{_LEARN}/azure/virtual-machines/metadata-security-protocol/overview"
LINK_ENTRA_CODES: Final = f"{_LEARN}/entra/identity-platform/reference-error-codes"
LINK_WORKLOAD: Final = f"{_LEARN}/azure/aks/workload-identity-overview"
LINK_BINDINGS: Final = f"{_LEARN}/azure/aks/identity-bindings-concepts"
LINK_VAULT_RBAC: Final = f"{_LEARN}/azure/key-vault/general/rbac-guide"
LINK_VAULT_POLICY: Final = f"{_LEARN}/azure/key-vault/general/assign-access-policy"
LINK_VAULT_NETWORK: Final = f"{_LEARN}/azure/key-vault/general/network-security"
LINK_VAULT_PERIMETER: Final = f"{_LEARN}/azure/private-link/network-security-perimeter-concepts"
LINK_VAULT_PRIVATE: Final = f"{_LEARN}/azure/key-vault/general/private-link-diagnostics"
LINK_VAULT_ERRORS: Final = f"{_LEARN}/azure/key-vault/general/rest-error-codes"
LINK_VAULT_RECOVERY: Final = f"{_LEARN}/azure/key-vault/general/key-vault-recovery"
LINK_VAULT_THROTTLING: Final = f"{_LEARN}/azure/key-vault/general/overview-throttling"
