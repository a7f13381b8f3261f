"""What a machine says about itself: the instance document of IMDS and of the Arc agent."""

from __future__ import annotations

from typing import Any

from mitui.simulator.identities import GROUP, KUBELET_IDENTITY, SUBSCRIPTION
from mitui.simulator.settings import HostSettings


def instance_document(settings: HostSettings) -> dict[str, Any]:
    """``/metadata/instance`` of a VM; values that are not there are empty strings, as in the real document."""
    machine = settings.machine
    scale_set = {"id": machine.identity_owner} if machine.scale_set else {"id": ""}
    tags = [{"name": "environment", "value": "production"}, {"name": "owner", "value": "web team"}]
    if settings.node_url:
        tags += [
            {"name": "aks-managed-enable-imds-restriction", "value": str(settings.imds_restricted).lower()},
            {"name": "aks-managed-kubeletIdentityClientID", "value": KUBELET_IDENTITY},
        ]
    compute = {
        "azEnvironment": machine.cloud,
        "customData": "",
        "extendedLocation": {"name": "", "type": ""},
        "isHostCompatibilityLayerVm": "false",
        "location": machine.location,
        "name": machine.name,
        "offer": "ubuntu-24_04-lts",
        "osType": "Linux",
        "placementGroupId": "",
        "platformFaultDomain": "0",
        "platformUpdateDomain": "0",
        "priority": "",
        "provider": "Microsoft.Compute",
        "publisher": "canonical",
        "resourceGroupName": GROUP,
        "resourceId": machine.resource_id,
        "securityProfile": {
            "secureBootEnabled": "true",
            "securityType": "TrustedLaunch",
            "virtualTpmEnabled": "true",
        },
        "sku": "server",
        "subscriptionId": SUBSCRIPTION,
        "tags": ";".join(f"{tag['name']}:{tag['value']}" for tag in tags),
        "tagsList": tags,
        "version": "24.04.202611010",
        "virtualMachineScaleSet": scale_set,
        "vmId": machine.vm_id,
        "vmScaleSetName": machine.scale_set,
        "vmSize": "Standard_D2s_v5",
        "zone": "1",
    }
    address = {"privateIpAddress": "10.0.0.4", "publicIpAddress": ""}
    ipv4 = {"ipAddress": [address], "subnet": [{"address": "10.0.0.0", "prefix": "24"}]}
    interface = {"ipv4": ipv4, "ipv6": {"ipAddress": []}, "macAddress": "000D3A123456"}
    return {"compute": compute, "network": {"interface": [interface]}}


def arc_document(settings: HostSettings) -> dict[str, Any]:
    """``/metadata/instance/compute`` of the Arc agent, which knows fewer things."""
    machine = settings.machine
    return {
        "azEnvironment": machine.cloud,
        "location": machine.location,
        "name": machine.name,
        "osType": "Linux",
        "resourceGroupName": GROUP,
        "resourceId": machine.resource_id,
        "subscriptionId": SUBSCRIPTION,
        "tagsList": [{"name": "Datacenter", "value": "Zurich"}],
        "vmId": machine.vm_id,
    }
