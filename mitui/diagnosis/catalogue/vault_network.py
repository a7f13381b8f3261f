"""Why a vault can't be reached: its name, the network, its firewall, or that it was deleted.

``az network vnet subnet update --service-endpoints`` sets the whole list, as its maintainers say
(Azure/azure-cli#8204).
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ANYONE_HERE,
    HSM_OWNER,
    LINK_VAULT_NETWORK,
    LINK_VAULT_PERIMETER,
    LINK_VAULT_PRIVATE,
    LINK_VAULT_RECOVERY,
    NETWORK,
    ROOT_HERE,
    VAULT_AND_SUBNET_OWNER,
    VAULT_FINDER,
    VAULT_OWNER,
)
from mitui.diagnosis.cause import Cause, certain, likely, possible
from mitui.diagnosis.commands import Way, WhenKnown, looks, mends
from mitui.diagnosis.vault.case import VaultCase, all_of, none_of, stopped
from mitui.keyvault.probe_result import VaultFailureKind as Kind

_SHOW: Final = looks("az keyvault show --name {vault}")
_LOOK_UP: Final = looks("getent ahosts {vault_host}")
_HEALTH: Final = looks("curl --silent --show-error --include --max-time 5 {health_url}")
_ZONE: Final = "privatelink.vaultcore.azure.net"
_LINK_ZONE: Final = mends(
    f"az network private-dns link vnet create --resource-group {{dns_resource_group}} --zone-name {_ZONE}"
    " --name {link_name} --virtual-network {virtual_network} --registration-enabled false"
)
_PERIMETER_RULES: Final = looks(
    "az network perimeter profile access-rule list --resource-group {perimeter_resource_group}"
    " --perimeter-name {perimeter} --profile-name {profile} --output table"
)
_ADD_ADDRESS: Final = WhenKnown(mends("az keyvault network-rule add --name {vault} --ip-address {client_ipv4}/32"))
_SUBNET: Final = "--resource-group {network_resource_group} --vnet-name {virtual_network} --name {subnet}"
_SHOW_ENDPOINTS: Final = looks(
    f"az network vnet subnet show {_SUBNET} --query 'serviceEndpoints[].service' --output tsv"
)
_ADD_SUBNET: Final = mends(
    f"az network vnet subnet update {_SUBNET} --service-endpoints Microsoft.KeyVault",
    cost="it takes away every service endpoint of the subnet that it does not name; add those that the look-up shows",
)
_ADD_SUBNET_RULE: Final = mends("az keyvault network-rule add --name {vault} --subnet {subnet_id}")
# `az keyvault private-endpoint-connection list` is for a managed HSM only (azure-cli 2.91.0).
_LIST_CONNECTIONS: Final = looks(
    "az network private-endpoint-connection list --id {vault_id} --output table", "connection"
)
_APPROVE: Final = mends("az keyvault private-endpoint-connection approve --vault-name {vault} --name {connection}")
_SHOW_ACCESS: Final = looks(
    "az keyvault show --name {vault} --query '[properties.publicNetworkAccess,properties.networkAcls]'"
)
_OPEN: Final = mends(
    "az keyvault update --name {vault} --public-network-access Enabled",
    cost="it opens the vault to the internet as far as its firewall admits it, and to all of it where the default "
    "action is Allow",
)
_BY_SUBNET: Final = Way("by a rule for its subnet", (_SHOW_ENDPOINTS, _ADD_SUBNET, _ADD_SUBNET_RULE))
_UNREACHED: Final = (Kind.CONNECTION_FAILED, Kind.TIMEOUT)


def _private(case: VaultCase) -> bool:
    return case.private


def _public(case: VaultCase) -> bool:
    return bool(case.addresses) and not case.private and not case.misdirected


def _proxied(case: VaultCase) -> bool:
    return bool(case.fact("proxy"))


def _nothing_resolves(case: VaultCase) -> bool:
    """Another name that Azure needs can't be resolved either."""
    return case.dns_works is False


def _of_another_name(case: VaultCase) -> bool:
    """It is not this name: none can be resolved, or it was the proxy's."""
    return _nothing_resolves(case) or _proxied(case)


def _public_with_alias(case: VaultCase) -> bool:
    return case.has_private_alias and _public(case)


def _misdirected(case: VaultCase) -> bool:
    """The name resolves to an address that no vault has."""
    return case.misdirected


def _by_public_address(case: VaultCase) -> bool:
    """The vault's name does not resolve to a private address."""
    return not case.private


def _from_private_to_public(case: VaultCase) -> bool:
    """The request came from a private address, to a public one of the vault."""
    return case.from_private and not case.private


VAULT_NETWORK_CAUSES: Final[tuple[Cause[VaultCase], ...]] = (
    certain(
        "vault_address_refused",
        (stopped(Kind.ADDRESS_REFUSED),),
        "This is not the address of a Key Vault: {message}.",
        "Write https://<name>.vault.azure.net, or the bare name.",
        ANYONE_HERE,
        (looks("az keyvault list --query '[].properties.vaultUri' --output tsv"),),
    ),
    certain(
        "managed_hsm",
        (stopped(Kind.MANAGED_HSM),),
        "This is a Managed HSM, which has roles of its own and is not probed.",
        "List the identity's local roles with the HSM's own command.",
        HSM_OWNER,
        (looks("az keyvault role assignment list --hsm-name {vault} --assignee {oid}"),),
    ),
    likely(
        "dns_does_not_work",
        (stopped(Kind.NAME_NOT_RESOLVED, also=all_of(_nothing_resolves, none_of(_proxied))),),
        "Name resolution does not work on this host: no other name that Azure needs can be resolved either.",
        "See which DNS server it asks and whether that answers; a virtual network without one of its own has "
        "168.63.129.16.",
        NETWORK,
        (looks("grep '^nameserver' /etc/resolv.conf"), looks("getent ahosts management.azure.com"), _LOOK_UP),
    ),
    likely(
        "vault_name_unknown",
        (stopped(Kind.NAME_NOT_RESOLVED),),
        "No vault of the name {vault} exists: it is misspelled, in another cloud, or was purged.",
        "Check the name, and whether the vault is among the deleted ones.",
        VAULT_FINDER,
        (_SHOW, looks("az keyvault list-deleted --output table")),
        link=LINK_VAULT_RECOVERY,
        refuted=_of_another_name,
    ),
    possible(
        "private_zone_without_record",
        (stopped(Kind.NAME_NOT_RESOLVED),),
        "The private DNS zone may be linked to this network without a record for this vault, which hides its public "
        "address.",
        f"Add the vault's record to the zone {_ZONE}, or unlink the zone.",
        NETWORK,
        (
            looks(
                f"az network private-dns record-set a list --resource-group {{dns_resource_group}} --zone-name {_ZONE}"
            ),
            _LOOK_UP,
        ),
        link=LINK_VAULT_PRIVATE,
        refuted=_of_another_name,
    ),
    certain(
        "vault_name_misdirected",
        (stopped(*_UNREACHED, Kind.TLS_FAILED, Kind.NOT_A_VAULT, also=_misdirected),),
        "The vault's name resolves to {addresses}, which is no vault's address: a hosts file or a DNS server says so.",
        "Remove the entry from the hosts file, or repair the DNS server's record.",
        ROOT_HERE,
        (looks("grep --ignore-case {vault_host} /etc/hosts"), _LOOK_UP),
    ),
    likely(
        "vault_proxy_failed",
        (stopped(*_UNREACHED, Kind.NAME_NOT_RESOLVED, Kind.TLS_FAILED, Kind.REPLY_INVALID, also=_proxied),),
        "The vault was tried through the proxy {proxy}, as the SDKs do, and that failed.",
        "Have the proxy let the vault through, or except it in NO_PROXY.",
        NETWORK,
        (mends('export NO_PROXY="${NO_PROXY:+$NO_PROXY,}"{vault_host}'),),
    ),
    likely(
        "private_endpoint_unreachable",
        (stopped(*_UNREACHED, also=_private),),
        "The vault's private endpoint at {addresses} does not answer: routing or a network security group stops it.",
        "Let this subnet reach the private endpoint on port 443.",
        NETWORK,
        (looks("nc -vz -w 3 {vault_host} 443"),),
        link=LINK_VAULT_PRIVATE,
    ),
    likely(
        "egress_blocked",
        (stopped(*_UNREACHED),),
        "The vault can't be reached on port 443: outgoing traffic is blocked or must go through a proxy.",
        "Allow HTTPS to the vault, for instance by the service tag AzureKeyVault.",
        NETWORK,
        (looks("nc -vz -w 3 {vault_host} 443"), _HEALTH),
        link=LINK_VAULT_NETWORK,
    ),
    likely(
        "tls_intercepted",
        (stopped(Kind.TLS_FAILED),),
        "The vault's certificate is not trusted: a proxy intercepts TLS, or this host's authorities are out of date.",
        "Except the vault from interception, or trust the proxy's authority with --ca-file.",
        NETWORK,
        (looks("openssl s_client -connect {vault_address} -servername {vault_host} </dev/null"),),
    ),
    likely(
        "not_a_vault",
        (stopped(Kind.NOT_A_VAULT, Kind.CHALLENGE_MISMATCH),),
        "What answers at {vault_url} is not this vault, so no token was sent: {message}.",
        "Find out what intercepts the connection, for instance a proxy that inspects TLS.",
        NETWORK,
        (_HEALTH, _LOOK_UP),
    ),
    likely(
        "firewall_wrong_endpoint",
        (stopped(Kind.FORBIDDEN_BY_FIREWALL, also=_private),),
        "The vault's name has a private address here, yet the request came by the public way: the record points to a "
        "rejected or foreign endpoint, or a proxy carries the request.",
        "Check the A record against the vault's approved private endpoints.",
        NETWORK,
        (
            _LIST_CONNECTIONS,
            _LOOK_UP,
        ),
        link=LINK_VAULT_PRIVATE,
    ),
    certain(
        "firewall_subnet",
        (stopped(Kind.FORBIDDEN_BY_FIREWALL, also=_from_private_to_public),),
        "The vault's firewall does not admit this subnet; the vault saw the private address {client_address}.",
        "Enable the service endpoint on the subnet and add a rule for it, or use a private endpoint.",
        VAULT_AND_SUBNET_OWNER,
        (_SHOW_ENDPOINTS, _ADD_SUBNET, _ADD_SUBNET_RULE),
        link=LINK_VAULT_NETWORK,
    ),
    certain(
        "firewall_address",
        (stopped(Kind.FORBIDDEN_BY_FIREWALL, also=_by_public_address),),
        "The vault's firewall does not admit {client_address}, and the identities of VMs and apps are no trusted "
        "services.",
        "Add the address or the subnet to the vault's network rules, or use a private endpoint.",
        VAULT_AND_SUBNET_OWNER,
        (Way("by a rule for this address", (_ADD_ADDRESS,)), _BY_SUBNET),
        link=LINK_VAULT_NETWORK,
    ),
    certain(
        "private_zone_not_linked",
        (stopped(Kind.FORBIDDEN_BY_CONNECTION, also=_public_with_alias),),
        "The vault has a private endpoint, but this host resolves its public address {addresses}.",
        f"Link the zone {_ZONE} to this network, or forward it from the DNS server to 168.63.129.16.",
        NETWORK,
        (_LINK_ZONE, _LOOK_UP),
        link=LINK_VAULT_PRIVATE,
    ),
    certain(
        "forbidden_by_perimeter",
        (stopped(Kind.FORBIDDEN_BY_PERIMETER),),
        "The vault is in a network security perimeter, and no rule of that admits this request.",
        "Add an inbound rule for this address or subscription to the perimeter's profile, or reach the vault by a "
        "private endpoint, which perimeters let through.",
        NETWORK,
        (
            looks("az network perimeter list --output table", "perimeter", "perimeter_resource_group"),
            _PERIMETER_RULES,
        ),
        link=LINK_VAULT_PERIMETER,
    ),
    certain(
        "private_link_not_approved",
        (stopped(Kind.FORBIDDEN_BY_CONNECTION, also=_private),),
        "The request came to the vault's private address {addresses}, and that private link is not approved for it.",
        "Approve the private endpoint's connection on the vault, or point the DNS record at one that is approved.",
        VAULT_OWNER,
        (
            _LIST_CONNECTIONS,
            _APPROVE,
            _LOOK_UP,
        ),
        link=LINK_VAULT_PRIVATE,
    ),
    certain(
        "public_access_disabled",
        (stopped(Kind.FORBIDDEN_BY_CONNECTION, also=_by_public_address),),
        "The vault admits only approved private links, and this request did not come by one.",
        "Approve the private endpoint and let this network resolve it, or enable public access.",
        VAULT_OWNER,
        (
            _LIST_CONNECTIONS,
            Way("by the private endpoint", (_APPROVE,)),
            Way("by the public address", (_SHOW_ACCESS, _OPEN)),
        ),
        link=LINK_VAULT_PRIVATE,
    ),
    certain(
        "vault_soft_deleted",
        (stopped(Kind.VAULT_SOFT_DELETED),),
        "The vault {vault} was deleted and waits for recovery.",
        "Recover it and grant roles again, because they were lost with the deletion.",
        VAULT_OWNER,
        (looks("az keyvault list-deleted --output table"), mends("az keyvault recover --name {vault}")),
        link=LINK_VAULT_RECOVERY,
    ),
)
