"""What can be set on the simulated vault, and how it answers where real vaults differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from mitui.simulator.identities import GROUP, SUBSCRIPTION, TENANT

PUBLIC_SUFFIX: Final = "vault.azure.net"
Model = Literal["rbac", "access_policy"]


@dataclass(slots=True)
class VaultSettings:
    """The state of one vault. Each field can be assigned at any time; a fault overrides some of them for a while."""

    model: Model = "rbac"
    tenant_id: str = TENANT
    subscription_id: str = SUBSCRIPTION
    resource_group: str = GROUP
    location: str = "westeurope"
    service_version: str = "1.9.2784.1"

    purge_protection: bool = False
    soft_delete: bool = True  # False as on old vaults: a delete is final and purge is a 400
    soft_deleted: bool = False  # the vault itself
    firewall: bool = False
    public_access: bool = True  # False: 403 ForbiddenByConnection
    perimeter_wording: bool = False  # the other sentence that ForbiddenByConnection comes with
    source_address: str = "203.0.113.7"

    rbac_headers: bool = True
    inner_error: Literal["innererror", "innerError", ""] = "innererror"
    policy_code: Literal["AccessDenied", "ForbiddenByPolicy"] = "AccessDenied"
    decision_reason: str | None = "DeniedWithNoValidRBAC"  # None: null; "": the line is absent
    numgroups: int | None = None
    network_info: bool = True
    issuer: str = ""  # of the tokens that are accepted; "" is sts.windows.net/<tenant_id>/
    login_host: str = "login.microsoftonline.com"

    challenge: str = "standard"  # one of vault_challenge.VARIANTS
    challenge_resource: str = ""  # "" is the vault's own cloud
    secrets_disabled: bool = False  # every secret, as if its enabled attribute were false
    refusal: str = ""  # one of vault_refusals.REFUSALS, which then answers in place of the vault
    retry_after: str = ""  # of a 429 or 503
    elsewhere: str = "https://evil.example.com"  # where a redirect points
    next_link_base: str = ""  # where nextLink points, in every list, instead of to this vault
    canary: str = "canary-7f0e-do-not-read"
    size: int = 100 * 1024 * 1024  # of an endless body, in bytes
    pace: float = 0.25  # seconds between the bytes of a slow drip
    wire: str = ""  # what meets a new connection: a name of vault_tls.GREETINGS, or "expired"
