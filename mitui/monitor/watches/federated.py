"""The pod's own token beside the access tokens that it is exchanged for: its claims, its times, and what is wrong."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.workload_identity import federated_warnings, renewal_due
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import TokenFailure
from mitui.engine.federation.token_file import read_federated_token
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.source_kind import SourceKind
from mitui.monitor.identity_view import FailureView, TokenView

NAME: Final = "the pod's token"


def federated_view(environment: HostEnvironment, host: HostFacts, now: float) -> TokenView:
    """The token in the pod's file as it is at ``now``, in epoch seconds; nothing is sent."""
    token = read_federated_token(environment)
    warnings = tuple(federated_warnings(environment, token, now))
    if isinstance(token, Refusal):
        return TokenView(
            "", NAME, "failed", warnings=warnings, failure=_failure(token, environment, host, now), is_federated=True
        )
    issued, expires = token.moment("iat"), token.moment("exp")
    return TokenView(
        resource=token.audiences[0] if token.audiences else "",
        name=NAME,
        status="ok",
        acquired_at=token.modified_at,
        expires_at=expires,
        refresh_at=renewal_due(expires, issued) if expires is not None and issued is not None else None,
        claims=token.claims,
        warnings=warnings,
        is_federated=True,
    )


def _failure(refusal: Refusal, environment: HostEnvironment, host: HostFacts, now: float) -> FailureView:
    from mitui.monitor.watches.failure_views import token_failure_view  # late: it brings the whole catalogue

    source = str(SourceKind.WORKLOAD_IDENTITY)
    failure = TokenFailure(refusal.kind, refusal.message, source, "", "", failed_at=now, facts=refusal.facts)
    return token_failure_view(failure, host, environment)
