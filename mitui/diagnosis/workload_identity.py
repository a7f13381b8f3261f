"""Workload identity: is the pod set up for it, and would its token be taken; told before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.advice import HealthWarning
from mitui.durations import in_words
from mitui.engine.asking.refusal import Refusal
from mitui.engine.evidence import Detection
from mitui.engine.failure import FailureKind
from mitui.engine.federation.authorities import EXCHANGE_AUDIENCES, PUBLIC_AUDIENCE, authority_of
from mitui.engine.federation.token_file import TOKEN_FILE, FederatedToken, read_federated_token
from mitui.engine.federation.token_proxy import BINDING_AUDIENCE, TOKEN_PROXY
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import is_guid
from mitui.engine.source_kind import SourceKind

VARIABLES: Final = (TOKEN_FILE, "AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID")
_TRIO: Final = VARIABLES[:3]
_LONGEST_LIFE: Final = 25 * 3600
"""Seconds; Entra ID refuses an assertion that lives longer with AADSTS70023 (MicrosoftDocs/azure-docs#116275)."""
_RENEWED_AFTER: Final = 0.8
_RENEWED_AT_LEAST: Final = 24 * 3600
_LATE: Final = 300
"""Seconds after which a renewal by the kubelet is overdue: it looks at a volume every minute or two."""
_LONGEST_SHOWN: Final = 160
_PREVIEW: Final = "az extension add --upgrade --name aks-preview"
"""Brings what ``az aks`` alone has not, as azure-cli 2.91.0 lacks ``--enable-imds-restriction``
(Azure/azure-cli-extensions, ``src/aks-preview``).
"""
_INNER_ISSUER: Final = "kubernetes.default.svc"


def workload_warnings(environment: HostEnvironment, detection: Detection, now: float) -> Iterator[HealthWarning]:
    """What can be told from the variables and the token file at ``now``, in epoch seconds."""
    if not environment.get(TOKEN_FILE):
        if environment.get("KUBERNETES_SERVICE_HOST") and not any(environment.get(name) for name in _TRIO):
            yield HealthWarning(
                "node_identity",
                "This is a Kubernetes pod without workload identity: a token from IMDS is the node's, not the pod's.",
                "Label the pod, not only its service account, azure.workload.identity/use=true and start it again.",
            )
        return
    missing = [name for name in VARIABLES if not environment.get(name)]
    if missing:
        yield HealthWarning(
            "workload_identity_incomplete",
            f"Workload identity is only half set up, without {' and '.join(missing)}.",
            "Let the webhook set all four variables: label the pod itself azure.workload.identity/use=true.",
        )
    if detection.source is SourceKind.WORKLOAD_IDENTITY:
        yield from _tenant(environment)
        yield from _binding(environment)
    yield from federated_warnings(environment, read_federated_token(environment), now)


def federated_warnings(
    environment: HostEnvironment, token: FederatedToken | Refusal, now: float
) -> Iterator[HealthWarning]:
    """What is wrong with the pod's token at ``now``, before Entra ID is asked to take it."""
    if isinstance(token, Refusal):
        unreadable = token.kind is FailureKind.ASSERTION_UNREADABLE
        yield HealthWarning(
            "federated_token_unreadable" if unreadable else "federated_token_invalid",
            f"{token.message[0].upper()}{token.message[1:]}.",
            "Check that the token volume is mounted and that this user may read it."
            if unreadable
            else "Check what writes the file; the webhook's projected volume holds one.",
        )
        return
    yield from _validity(token, now)
    yield from _audience(environment, token)
    issuer = token.claims.text("iss")[:_LONGEST_SHOWN]
    if not issuer.startswith("https://") or _INNER_ISSUER in issuer:
        yield HealthWarning(
            "federated_token_issuer",
            f"The federated token names the issuer {issuer or 'nobody'}, which Entra ID can't look up.",
            "Turn the OIDC issuer of the cluster on; it must be an https address that is public.",
        )


def _validity(token: FederatedToken, now: float) -> Iterator[HealthWarning]:
    expires, starts, issued = (token.moment(name) for name in ("exp", "nbf", "iat"))
    if expires is not None and expires <= now:
        yield HealthWarning(
            "federated_token_expired",
            f"The federated token expired {in_words(now - expires)} ago, and Entra ID refuses it.",
            "The kubelet renews a projected token by itself: see whether the file is still that volume or a copy, and "
            "whether this host's clock is right.",
        )
    elif starts is not None and starts > now:
        yield HealthWarning(
            "federated_token_early",
            f"The federated token is valid only in {in_words(starts - now)}, and Entra ID refuses it until then.",
            "Compare this host's clock with the real time.",
        )
    elif expires is not None and issued is not None:
        yield from _rotation(expires, issued, now)


def _rotation(expires: float, issued: float, now: float) -> Iterator[HealthWarning]:
    life, due = expires - issued, renewal_due(expires, issued)
    if life > _LONGEST_LIFE:
        yield HealthWarning(
            "federated_token_lifetime",
            f"The federated token lives {in_words(life)}, and Entra ID takes none that lives longer than 25 h.",
            "Use the token of the webhook's own volume, and not the one that the pod has for the API server.",
        )
    elif now > due + _LATE:
        yield HealthWarning(
            "federated_token_not_renewed",
            f"The federated token should have been written anew {in_words(now - due)} ago, and the file still holds "
            f"the old one, good for {in_words(expires - now)}.",
            "See whether the file is the projected volume itself: a copy of it, or a subPath mount, is never renewed.",
        )


def renewal_due(expires: float, issued: float) -> float:
    """When the kubelet writes a new token, in epoch seconds: after 80 % of its life, or after a day."""
    return issued + min(_RENEWED_AFTER * (expires - issued), _RENEWED_AT_LEAST)


def _audience(environment: HostEnvironment, token: FederatedToken) -> Iterator[HealthWarning]:
    found, expected = token.audiences, expected_audience(environment)
    if expected in found or (not expected and EXCHANGE_AUDIENCES.intersection(found)):
        return
    if BINDING_AUDIENCE in found and not environment.get(TOKEN_PROXY):
        yield HealthWarning(
            "federated_token_audience",
            f"The federated token is for AKS identity bindings ({BINDING_AUDIENCE}), and {TOKEN_PROXY} names no proxy.",
            "Start the pod again, so that the webhook sets the variables of its identity binding.",
        )
        return
    yield HealthWarning(
        "federated_token_audience",
        f"The federated token is for {' '.join(found)[:_LONGEST_SHOWN] or 'nobody'}, and {_taker(environment)} expects "
        f"{expected or PUBLIC_AUDIENCE}.",
        "Give the projected token that audience, or the federated credential the token's.",
    )


def _taker(environment: HostEnvironment) -> str:
    return "the cluster's token proxy" if environment.get(TOKEN_PROXY) else "Entra ID"


def expected_audience(environment: HostEnvironment) -> str:
    """Whom the pod's token must be for, by the variables; "" where the authority is none of a known cloud."""
    if environment.get(TOKEN_PROXY):
        return BINDING_AUDIENCE
    authority = authority_of(environment)
    return authority.audience if authority is not None else ""


def _tenant(environment: HostEnvironment) -> Iterator[HealthWarning]:
    if not is_guid(environment.get("AZURE_TENANT_ID").strip()):
        yield HealthWarning(
            "tenant_id_not_a_guid",
            "AZURE_TENANT_ID holds no GUID, as the webhook would set it; Entra ID takes a domain name, too.",
            "Set it to the tenant's ID, in the annotation azure.workload.identity/tenant-id of the service account.",
        )


def _binding(environment: HostEnvironment) -> Iterator[HealthWarning]:
    if environment.get(TOKEN_PROXY):
        yield HealthWarning(
            "identity_binding_opt_in",
            "This pod has an identity binding, and a program uses it only where it says so: DefaultAzureCredential "
            "never does.",
            "Use WorkloadIdentityCredential with enable_azure_proxy=True, or what it is called in the program's "
            "language.",
        )


def node_identity_beside(kubelet_identity: str) -> HealthWarning:
    """IMDS answers in a pod that has an identity of its own; that of the node by its client ID, "" if not known."""
    named = f"; the node's client ID is {kubelet_identity}" if kubelet_identity else ""
    return HealthWarning(
        "node_identity_beside",
        "IMDS answers here, too, with the node's tokens: every pod on it can have them, and the MSAL libraries by "
        f"themselves ask nobody else{named}.",
        "Turn IMDS restriction on in the cluster, unless a pod needs the node's identity.",
        (
            "az aks show --resource-group <resource-group> --name <cluster> --query networkProfile.podLinkLocalAccess",
            _PREVIEW,
            "az aks update --resource-group <resource-group> --name <cluster> --enable-imds-restriction",
        ),
        ("look", "mend", "mend"),
        costs=("", "", "every pod that lives on the node's identity gets no token any more"),
    )
