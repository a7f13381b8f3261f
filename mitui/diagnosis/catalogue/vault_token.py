"""Why a vault refuses the token it is shown, or fails by itself.

What a vault needs that moved to another tenant is in MicrosoftDocs/azure-docs,
``articles/key-vault/general/move-subscription.md``: every access policy goes, and then its tenant's ID is set anew.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ANYONE_HERE,
    DEVELOPER,
    LINK_TOKEN,
    LINK_VAULT_ERRORS,
    LINK_VAULT_THROTTLING,
    NETWORK,
    ROOT_HERE,
    VAULT_OWNER,
)
from mitui.diagnosis.cause import Cause, certain, likely, possible
from mitui.diagnosis.commands import Way, looks, mends
from mitui.diagnosis.vault.case import VaultCase, stopped
from mitui.keyvault.probe_result import VaultFailureKind as Kind

VAULT_TOKEN_CAUSES: Final[tuple[Cause[VaultCase], ...]] = (
    certain(
        "vault_without_token",
        (stopped(Kind.NO_TOKEN),),
        "There was no token for {expected_audience} to show to the vault.",
        "Repair the token first; its own failure says how.",
        ANYONE_HERE,
        (looks("mitui check --resource {expected_audience}"),),
    ),
    certain(
        "vault_wrong_audience",
        (stopped(Kind.WRONG_AUDIENCE), stopped(code="AKV10022")),
        "The token is for another audience than {expected_audience}; a trailing slash is enough to differ.",
        "Ask for the resource {expected_audience}, exactly so.",
        DEVELOPER,
        (looks("mitui check --resource {expected_audience}"),),
        link=LINK_TOKEN,
    ),
    certain(
        "vault_wrong_tenant",
        (stopped(Kind.WRONG_TENANT), stopped(code="AKV10032")),
        "The vault belongs to tenant {vault_tenant} and the identity to {tenant}; a managed identity works in its own "
        "tenant only.",
        "Use a vault in the identity's tenant; give this one another tenant only if it was moved itself, with its "
        "subscription, because everybody in its present tenant is then locked out.",
        VAULT_OWNER,
        (
            looks("az keyvault list --query '[].properties.vaultUri' --output tsv"),
            looks(
                "az keyvault show --name {vault} --query"
                " '[id,properties.tenantId,properties.accessPolicies[].objectId]'"
            ),
            Way(
                "but only if the vault itself was moved to the identity's tenant",
                (
                    mends(
                        "az keyvault update --name {vault} --remove properties.accessPolicies",
                        cost="it deletes every access policy of the vault",
                    ),
                    mends(
                        "az keyvault update --name {vault} --set properties.tenantId={tenant}",
                        cost="it takes the vault from the tenant that it has now, and all callers of that are refused",
                    ),
                ),
            ),
        ),
        link=LINK_VAULT_ERRORS,
    ),
    likely(
        "token_stripped",
        (stopped(Kind.TOKEN_REJECTED, code="AKV10000"),),
        "The vault saw no token although one was sent: a proxy on the way takes the Authorization header off.",
        "Reach the vault without that proxy.",
        NETWORK,
        (mends('export NO_PROXY="${NO_PROXY:+$NO_PROXY,}"{vault_host}'),),
        link=LINK_VAULT_ERRORS,
    ),
    likely(
        "vault_lacks_signing_keys",
        (stopped(code="AKV10046"),),
        "The vault could not fetch Entra ID's signing keys, which is a passing fault of the service.",
        "Try again in a few minutes, and look at the region's status if it stays.",
        VAULT_OWNER,
        link=LINK_VAULT_ERRORS,
    ),
    certain(
        "session_revoked",
        (stopped(Kind.TOKEN_REJECTED, words="insufficient_claims"),),
        "The token was revoked: the vault asks for a new one with the claims it names.",
        "Refresh the token; restart processes whose SDK does not handle claims challenges.",
        DEVELOPER,
        link=LINK_VAULT_ERRORS,
    ),
    likely(
        "token_time_wrong",
        (stopped(Kind.TOKEN_REJECTED, words=("expired", "not yet valid", "lifetime", "nbf")),),
        "The vault finds the token expired or not yet valid: a clock is wrong, or an old token was kept.",
        "Compare this host's clock with the real time, then refresh the token.",
        ROOT_HERE,
        (looks("timedatectl status"),),
        link=LINK_VAULT_ERRORS,
    ),
    possible(
        "token_rejected",
        (stopped(Kind.TOKEN_REJECTED),),
        "The vault refused the token: {message}.",
        "Refresh the token and probe again; compare its aud, iss and exp with what the vault expects.",
        ANYONE_HERE,
        (looks("timedatectl status"),),
        link=LINK_VAULT_ERRORS,
    ),
    certain(
        "vault_throttled",
        (stopped(Kind.THROTTLED),),
        "The vault is asked too often: it serves 4,000 transactions in 10 seconds, for all callers together.",
        "Cache secrets in the processes that poll, or spread them over several vaults.",
        DEVELOPER,
        link=LINK_VAULT_THROTTLING,
    ),
    likely(
        "vault_fault",
        (stopped(Kind.SERVER_ERROR),),
        "The vault's service failed: {message}.",
        "Probe again, and look at Azure's status if it stays.",
        VAULT_OWNER,
        link=LINK_VAULT_ERRORS,
    ),
    possible(
        "vault_reply_strange",
        (stopped(),),
        "The answer is not one that a vault gives: {message}.",
        "Check what stands between this host and the vault.",
        NETWORK,
        (looks("curl --silent --show-error --include --max-time 5 {health_url}"),),
        link=LINK_VAULT_ERRORS,
    ),
)
