"""Workload identity on Kubernetes: is the pod set up for it, and would its projected token be accepted.

The exchange itself is no managed identity endpoint and mitui does not make it; the variables and the token's own
claims show most of what goes wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mitui.claims import Claims, decode
from mitui.diagnosis.advice import HealthWarning
from mitui.durations import in_words
from mitui.engine.host.environment import HostEnvironment
from mitui.secret import Secret

VARIABLES: Final = ("AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID")
_TRIO: Final = VARIABLES[:3]
_AUDIENCE: Final = "api://AzureADTokenExchange"
_LARGEST: Final = 65536


def workload_warnings(environment: HostEnvironment, now: float) -> Iterator[HealthWarning]:
    """What can be told about workload identity from the variables and the token file at ``now``, in epoch seconds."""
    if not environment.get("AZURE_FEDERATED_TOKEN_FILE"):
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
    else:
        yield HealthWarning(
            "workload_identity",
            "This pod has workload identity: azure-identity uses it, while the MSAL libraries and mitui ask the node's "
            "IMDS.",
            "Compare the identities before granting roles; the node's is shared by every pod on it.",
        )
    yield from _token_file(environment, now)


def _token_file(environment: HostEnvironment, now: float) -> Iterator[HealthWarning]:
    name = environment.get("AZURE_FEDERATED_TOKEN_FILE")
    try:
        place = environment.path(name)
        if not place.is_file():  # a FIFO would hold up everything until somebody writes to it
            raise FileNotFoundError(name)
        with place.open("rb") as file:
            text = file.read(_LARGEST).decode("ascii").strip()
    except (OSError, ValueError):
        yield HealthWarning(
            "federated_token_unreadable",
            "The file that AZURE_FEDERATED_TOKEN_FILE names can't be read.",
            "Check that the token volume is mounted and that this user may read it.",
        )
        return
    claims = decode(Secret(text))
    if not claims:
        yield HealthWarning(
            "federated_token_invalid",
            "The federated token file holds no JWT.",
            "Check what writes the file; the webhook's projected volume holds one.",
        )
        return
    yield from _validity(claims, now)
    audience = _audiences(claims)
    if _AUDIENCE not in audience:
        yield HealthWarning(
            "federated_token_audience",
            f"The federated token is for {' '.join(audience) or 'nobody'}, and Entra ID expects {_AUDIENCE}.",
            "Give the projected token that audience, or the federated credential the token's.",
        )
    yield HealthWarning(
        "federated_token",
        f"The federated token has issuer {claims.text('iss') or 'none'} and subject {claims.text('sub') or 'none'}.",
        "A federated credential of the identity must name exactly these, letter by letter.",
    )


def _validity(claims: Claims, now: float) -> Iterator[HealthWarning]:
    expires, starts = (claims.payload().get(name) for name in ("exp", "nbf"))
    if isinstance(expires, int) and expires <= now:
        yield HealthWarning(
            "federated_token_expired",
            f"The federated token expired {in_words(now - expires)} ago, and Entra ID refuses it.",
            "The kubelet renews a projected token by itself: see whether the file is still that volume or a copy, and "
            "whether this host's clock is right.",
        )
    elif isinstance(starts, int) and starts > now:
        yield HealthWarning(
            "federated_token_early",
            f"The federated token is valid only in {in_words(starts - now)}, and Entra ID refuses it until then.",
            "Compare this host's clock with the real time.",
        )


def _audiences(claims: Claims) -> tuple[str, ...]:
    value = claims.payload().get("aud")
    return tuple(str(each) for each in value) if isinstance(value, list) else (str(value),) if value else ()
