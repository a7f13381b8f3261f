"""Who and where the simulated host is: the ids of its tenant, its machine and its identities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TENANT: Final = "72f9ab01-86f1-41af-91ab-2d7cd011db47"
SUBSCRIPTION: Final = "11111111-2222-4333-8444-555555555555"
KUBELET_IDENTITY: Final = "9b4e2d71-0c63-4f58-8a1d-7e6f5a4b3c2d"
GROUP: Final = "rg-contoso"
SCOPE: Final = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/{GROUP}/providers"


@dataclass(frozen=True, slots=True)
class SimulatedIdentity:
    """A user-assigned identity of the host; ``resource_id`` is its ARM id."""

    name: str
    client_id: str
    object_id: str
    resource_id: str = ""

    def __post_init__(self) -> None:
        if not self.resource_id:
            default = f"{SCOPE}/Microsoft.ManagedIdentity/userAssignedIdentities/{self.name}"
            object.__setattr__(self, "resource_id", default)


SYSTEM: Final = SimulatedIdentity(
    "system-assigned", "c2a9e0b4-1d3f-4a58-93c7-0a6b1e2d4f55", "0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41", "/"
)


def default_identities() -> tuple[SimulatedIdentity, ...]:
    """The user-assigned identities of a host for which none are given: "web" and "jobs"."""
    return (
        SimulatedIdentity("web", "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2", "d4f1a6c8-3b27-4e90-8a15-7c6e2f9b0d38"),
        SimulatedIdentity("jobs", "e7b52d90-6f4c-4d1a-b3e8-90c1a25f7d64", "38c0e9f5-a1d7-4b62-9f3e-5d84b7c2160a"),
    )


@dataclass(frozen=True, slots=True)
class SimulatedMachine:
    """The Azure resource that the host is. A VM of a scale set carries the scale set's name in ``scale_set``."""

    name: str
    resource_type: str
    location: str = "westeurope"
    cloud: str = "AzurePublicCloud"
    scale_set: str = ""
    vm_id: str = "5c2f8a90-1b3d-4e6f-8a7c-9d0e1f2a3b4c"

    @property
    def resource_id(self) -> str:
        """The ARM id; of the instance where the machine belongs to a scale set."""
        if self.scale_set:
            return f"{SCOPE}/Microsoft.Compute/virtualMachineScaleSets/{self.scale_set}/virtualMachines/0"
        return f"{SCOPE}/{self.resource_type}/{self.name}"

    @property
    def identity_owner(self) -> str:
        """The ARM id that tokens name: a system-assigned identity belongs to the scale set, not to its instance."""
        if self.scale_set:
            return f"{SCOPE}/Microsoft.Compute/virtualMachineScaleSets/{self.scale_set}"
        return self.resource_id


MACHINES: Final = {
    "imds": SimulatedMachine("vm-web-01", "Microsoft.Compute/virtualMachines"),
    "app_service": SimulatedMachine("app-contoso", "Microsoft.Web/sites"),
    "container_apps": SimulatedMachine("ca-contoso", "Microsoft.App/containerApps"),
    "azure_arc": SimulatedMachine("arc-db-01", "Microsoft.HybridCompute/machines"),
    "azure_ml": SimulatedMachine("ci-contoso", "Microsoft.MachineLearningServices/workspaces/mlw-contoso/computes"),
    "cloud_shell": SimulatedMachine("cloud-shell", "Microsoft.Portal/consoles"),
    "workload_identity": SimulatedMachine("aks-contoso", "Microsoft.ContainerService/managedClusters"),
    "service_fabric": SimulatedMachine("orders", "Microsoft.ServiceFabric/managedClusters/sf-contoso/applications"),
}


def scale_set_machine(name: str = "vmss-web") -> SimulatedMachine:
    """The first VM of a scale set."""
    return SimulatedMachine(f"{name}_0", "Microsoft.Compute/virtualMachines", scale_set=name)
