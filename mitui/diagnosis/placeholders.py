"""Where to find what mitui could not fill into a command, for each ``<placeholder>`` that can stand in one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

_PLACEHOLDER: Final = re.compile(r"<([a-z][a-z0-9-]*)>")
_OVERVIEW: Final = "the Overview page of this resource in the portal"
_TYPICAL: Final = "of your own choice"
_SUBNETS: Final = "az network vnet subnet list --resource-group <network-resource-group> --vnet-name <virtual-network>"

WHERE: Final = {
    "app": "az containerapp list --output table",
    "application-id": "the application ID that whoever runs the API names",
    "arc-group": "getent group | grep -i hybrid",
    "arm-resource": "https://management.azure.com, or that of your cloud",
    "asked-tenant": "AZURE_TENANT_ID in the pod",
    "audience": "the claim aud of the pod's token, api://AzureADTokenExchange as a rule",
    "automation-account": "az automation account list --output table",
    "batch-account": "AZ_BATCH_ACCOUNT_NAME on the node, or az batch account list",
    "batch-pool": "AZ_BATCH_POOL_ID on the node, or az batch pool list --account-name <batch-account>",
    "client-id": "az identity list --output table, or the claim appid of a token",
    "client-ipv4": "the address in the vault's refusal, or curl https://api.ipify.org where that is allowed",
    "cluster": "az aks list --output table",
    "compute": "CI_NAME on the compute, or az ml compute list --resource-group <resource-group>"
    " --workspace-name <workspace>",
    "connection": "the name that stands in the list of the vault's connections",
    "container-group": "az container list --output table",
    "credential-name": _TYPICAL,
    "deny-url": "the vault's Access control page, tab Deny assignments",
    "deployment": "kubectl get deployments, the one that this pod's name begins with",
    "dns-resource-group": "az network private-dns zone list --output table",
    "endpoint-address": "the endpoint's host and port, as the Source pane shows them",
    "endpoint-host": "the endpoint's host, as the Source pane shows it",
    "expected-audience": "the vault's suffix, such as https://vault.azure.net",
    "health-url": "the vault's address, with /healthstatus",
    "identity-name": "az identity list --output table",
    "identity-resource-group": "az identity list --output table",
    "identity-resource-id": "az identity list --query '[].id' --output tsv",
    "interface": "ip -brief address, the one with the VM's primary address",
    "issuer": "the claim iss of the pod's token, or az aks show --resource-group <resource-group> --name <cluster>"
    " --query oidcIssuerProfile.issuerUrl",
    "issuer-discovery": "the issuer, with /.well-known/openid-configuration",
    "job": "az containerapp job list --output table",
    "link-name": _TYPICAL,
    "location": "az connectedmachine list --output table, or the region that the server's resource was in",
    "machine": "az connectedmachine list --output table, or hostname",
    "namespace": "kubectl get pods --all-namespaces, the one of this pod",
    "near-resource": "the audience that the service's documentation names",
    "network-resource-group": "az network vnet list --output table",
    "object": "the name of the secret, key or certificate",
    "oid": "the claim oid of a token, or az identity list --query '[].principalId'",
    "own-resource": "the audience that the service's documentation names for this cloud",
    "perimeter": "az network perimeter list --output table",
    "perimeter-resource-group": "az network perimeter list --output table",
    "plain-resource": "the audience that the program asks for",
    "pod": "HOSTNAME in the pod, or kubectl get pods --all-namespaces",
    "policy-word-0": "every permission of that kind that the identity needs, such as get list",
    "process-id": "pgrep -f with a part of the service's command line",
    "profile": "az network perimeter profile list --resource-group <perimeter-resource-group>"
    " --perimeter-name <perimeter>",
    "resource-group": _OVERVIEW,
    "revision": "CONTAINER_APP_REVISION in the container, or az containerapp revision list"
    " --resource-group <resource-group> --name <app>",
    "role-id": "az role definition list --name '<role-name>' --query '[].name' --output tsv",
    "role-name": "the role that the remedy names",
    "service-account": "kubectl get pod <pod> --namespace <namespace> --output jsonpath='{.spec.serviceAccountName}'",
    "singular": "secret, key or certificate",
    "site": "WEBSITE_SITE_NAME in the app, or az webapp list --output table",
    "slashed-resource": "the audience that the program asks for, with a slash at its end",
    "subject": "the claim sub of the pod's token, system:serviceaccount:<namespace>:<service account>",
    "subnet": f"{_SUBNETS} --output table",
    "subnet-id": f"{_SUBNETS} --query '[].id' --output tsv",
    "subscription": "az account list --output table, the one that this resource is in",
    "tenant": "the identity's tenant, the claim tid of a token of it",
    "token-file": "AZURE_FEDERATED_TOKEN_FILE in the pod",
    "user": "id --user --name, in the process that asks for tokens",
    "vault": "the first part of the vault's host name",
    "vault-address": "the vault's host name, with :443",
    "vault-host": "the vault's host name",
    "vault-id": "az keyvault show --name <vault> --query id --output tsv",
    "vault-resource-group": "az keyvault list --output table",
    "vault-subscription": "az account list --output table",
    "virtual-network": "az network vnet list --output table",
    "vm": "hostname, or az vm list --output table",
    "vmss": "az vmss list --output table",
    "workspace": "az ml workspace list, or az synapse workspace list",
}
"""By the placeholder's name: a command that lists it, or the place where it stands, with ", or" between several. Such
a command may have placeholders itself."""

FROM_ABOVE: Final = "fill it from what the look-up above prints"


def where_to_find(commands: Iterable[str], found_above: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Each placeholder that stands in these commands, once, with where to find what belongs there; those that stand
    in the commands to find it with come after all others. ``found_above`` are those that an earlier command finds.
    """
    found: dict[str, str] = {}
    texts = list(commands)
    while texts:
        named = dict.fromkeys(name for text in texts for name in _PLACEHOLDER.findall(text))
        ways = {name: FROM_ABOVE if name in found_above else WHERE[name] for name in named if name in WHERE}
        new = {name: way for name, way in ways.items() if name not in found}
        found |= new
        texts = list(new.values())
    return tuple(found.items())


def beside(
    groups: Iterable[tuple[str, tuple[str, ...]]], found_above: Collection[str] = ()
) -> Iterator[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Each group of commands under its label, with where to find the placeholders that stand in it first."""
    told: set[str] = set()
    for label, commands in groups:
        found = tuple(each for each in where_to_find(commands, found_above) if each[0] not in told)
        told |= {name for name, _ in found}
        yield label, commands, found


def can_be_filled(command: str) -> bool:
    """Whether every placeholder in it, if there is one, has a place where its value is found."""
    return all(name in WHERE for name in _PLACEHOLDER.findall(command))
