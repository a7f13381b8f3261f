"""Every kind of warning, with when it is given: for looking one up. Its own words, on a host, are more exact.

Here, too, is which of them only say how things are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mitui.diagnosis.advice import HealthWarning

WARNING_KINDS: Final = {
    "arc_variables_missing": "The Arc agent is installed, and this process lacks the variables that name its endpoint.",
    "automation_identity_first": "An Automation job: SDKs take the Automation account's identity and not the VM's.",
    "client_id_not_a_guid": "AZURE_CLIENT_ID holds something else than a client ID.",
    "client_id_not_supported": "AZURE_CLIENT_ID is set on a host whose source takes no client ID.",
    "client_id_readers": "AZURE_CLIENT_ID is set, which some SDKs read and others don't.",
    "clock_skew": "This host's clock is off against the Date header of the endpoint.",
    "defect": "mitui itself failed while it looked at the source; it looks again.",
    "empty_variable": "A variable that names a source is set to nothing, which SDKs read in different ways.",
    "endpoint_slow": "The endpoint takes connections and is slow to answer.",
    "expiry_disagrees": "The reply's expiry and the token's own differ.",
    "expiry_format": "The reply spells its expiry as a date that some SDKs can't read.",
    "federated_token_audience": "The pod's federated token is for another audience than Entra ID expects.",
    "federated_token_early": "The pod's federated token is not valid yet.",
    "federated_token_expired": "The pod's federated token has expired.",
    "federated_token_issuer": "The pod's federated token names an issuer that Entra ID can't look up.",
    "federated_token_lifetime": "The pod's federated token lives longer than Entra ID takes.",
    "federated_token_not_renewed": "The pod's federated token is older than the kubelet lets one become.",
    "federated_token_invalid": "The file of the federated token holds no JWT.",
    "federated_token_unreadable": "The file of the federated token can't be read.",
    "identity_binding_opt_in": "The pod has an AKS identity binding, which a program has to turn on.",
    "identity_disabled_by_setting": "WEBSITE_DISABLE_MSI turns the app's identity off.",
    "identity_not_pinned": "The host has one user-assigned identity only, and the request named none.",
    "identity_substituted": "A token of another identity came than the one that was asked for.",
    "leftover_variable": "A variable of another kind of host is set here.",
    "ml_client_id_missing": "DEFAULT_IDENTITY_CLIENT_ID is not set on this ML compute.",
    "ml_client_id_not_a_guid": "DEFAULT_IDENTITY_CLIENT_ID holds something else than a client ID.",
    "ml_no_identity": "No identity is attached to this ML compute.",
    "node_identity": "A pod without workload identity: a token from IMDS is the node's.",
    "node_identity_beside": "IMDS answers in a pod with workload identity: its tokens are the node's.",
    "opaque_token": "The token does not show whose it is.",
    "proxy_for_endpoint": "A proxy of the environment would take the requests to the token endpoint.",
    "proxy_for_imds": "A proxy of the environment would take the requests to IMDS.",
    "renewal_overdue": "A token should have been renewed by now, and the endpoint does not answer.",
    "resource_is_scope": "A scope, with /.default, is asked for where a resource belongs.",
    "resource_trailing_slash": "A resource ends with a slash, which is part of its name.",
    "same_token": "A new token was asked for and the same came again: what it may do is as old as it is.",
    "sdk_fault": "The process carries a release of an SDK with a known fault on hosts like this one.",
    "tenant_id_not_a_guid": "AZURE_TENANT_ID holds something else than a tenant's ID.",
    "user_token": "The token is a user's and not a managed identity's.",
    "workload_identity_incomplete": "Workload identity is only half set up.",
}
QUIET_WARNINGS: Final = frozenset(
    {
        "arc_variables_missing",
        "client_id_readers",
        "identity_binding_opt_in",
        "node_identity_beside",
        "opaque_token",
        "same_token",
        "tenant_id_not_a_guid",
    }
)
"""Warnings that are shown but do not lower the status: they say how things are, not that something is wrong."""


def raised(warnings: Iterable[HealthWarning]) -> bool:
    """Whether one of them says that something is wrong."""
    return any(warning.kind not in QUIET_WARNINGS for warning in warnings)
