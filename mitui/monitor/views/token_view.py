"""One token's state -> its view."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, NamedTuple

from mitui.claims import Claims
from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.source_warnings import overdue_renewal_warning
from mitui.engine.failure import TokenFailure
from mitui.engine.token.access_token import AccessToken
from mitui.monitor.identity_view import Activity, FailureView, TokenView
from mitui.monitor.plan import Plan, PlannedResource
from mitui.monitor.views.status import expiring_from, token_status

OF_THE_IDENTITY: Final = frozenset({"identity_not_pinned", "identity_substituted", "user_token"})
"""Warnings that a token brings but that are about its identity."""
GRACE: Final = 60.0
"""Seconds after which a renewal that nothing asks for is overdue."""


class TokenInputs(NamedTuple):
    """Everything that a token's view depends on besides the time: its state, its next request, and the host's silence.

    ``silence`` is the failure of a host whose endpoint does not answer, None where it does.
    """

    planned: PlannedResource
    token: AccessToken | None
    failure: TokenFailure | None
    failure_view: FailureView | None
    claims_before: Claims
    warnings: tuple[HealthWarning, ...]
    stale: HealthWarning | None
    activity: Activity | None
    next_attempt_at: float | None
    silence: FailureView | None
    paused: bool


def next_turn(token: AccessToken | None, now: float, plan: Plan) -> float:
    """When the token is next due for renewal, overdue, expiring, critical or expired; infinity if it never is."""
    if token is None:
        return math.inf
    due, end = token.refresh_at, token.expires_at
    turns = (due, due + GRACE, expiring_from(token, plan.expiring_below), end - plan.critical_below, end)
    return min((moment for moment in turns if moment > now), default=math.inf)


def token_view(inputs: TokenInputs, now: float, plan: Plan) -> TokenView:
    """The view at ``now``; with the same inputs it is the same until the token's next turn."""
    token, failure, silence, view_of_failure = inputs.token, inputs.failure, inputs.silence, inputs.failure_view
    own = tuple(warning for warning in inputs.warnings if warning.kind not in OF_THE_IDENTITY)
    status = token_status(token, failure, now, plan.expiring_below)
    if failure is None and token is not None and token.refresh_at <= now:
        waits = inputs.next_attempt_at is not None or inputs.activity is not None
        forgotten = not waits and token.refresh_at <= now - GRACE
        if silence is not None:
            own = (overdue_renewal_warning(token.refresh_at, silence.message, inputs.next_attempt_at), *own)
            if token.expires_at - now <= plan.expiring_below:
                status, view_of_failure = "failed", silence
        elif forgotten and not inputs.paused:
            own = (overdue_renewal_warning(token.refresh_at, "nothing has asked for it since", None), *own)
    view = TokenView(
        resource=inputs.planned.resource,
        name=inputs.planned.name,
        status=status,
        next_attempt_at=inputs.next_attempt_at,
        attempts=failure.attempts if failure is not None else token.attempts if token is not None else 0,
        claims_before=inputs.claims_before,
        warnings=own if inputs.stale is None else (*own, inputs.stale),
        failure=view_of_failure,
        activity=inputs.activity,
        origin=inputs.planned.origin,
    )
    return view if token is None else _with_token(view, token)


def _with_token(view: TokenView, token: AccessToken) -> TokenView:
    return replace(
        view,
        acquired_at=token.acquired_at,
        expires_at=token.expires_at,
        refresh_at=token.refresh_at,
        latency_ms=token.latency_ms,
        from_cache=token.from_cache,
        claims=token.claims,
        exchanges=token.exchanges,
    )
