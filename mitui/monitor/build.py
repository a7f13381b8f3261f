"""Board -> Snapshot, as pure functions. The raw token stays behind."""

from __future__ import annotations

from dataclasses import replace

from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.overdue_renewal import overdue_renewal_warning
from mitui.engine.evidence import SourceKind
from mitui.engine.failure import FailureKind
from mitui.engine.token.access_token import AccessToken
from mitui.monitor.plan import Plan, PlannedResource
from mitui.monitor.snapshot import (
    Event,
    IdentityView,
    PermissionView,
    Snapshot,
    SourceView,
    TokenView,
    VaultView,
)
from mitui.monitor.watch_state import IdentityState, SourceState, TokenState, VaultState, WatchedVault, WatchState
from mitui.monitor.watches.status import identity_status, overall_status, token_status, vault_status

OF_THE_IDENTITY = frozenset({"identity_not_pinned", "identity_substituted", "user_token"})
"""Warnings that a token brings but that are about its identity."""
GRACE = 60.0
"""Seconds after which a renewal that nothing asks for is overdue."""


def build_snapshot(
    watched: WatchState,
    events: tuple[Event, ...],
    now: float,
    plan: Plan,
    *,
    next_check_at: float | None,
    next_attempts: dict[tuple[str, str], float],
    next_probes: dict[tuple[str, str], float],
    complete: bool,
) -> Snapshot:
    """The whole tree at ``now``.

    ``next_attempts`` and ``next_probes`` say when each token (identity, resource) and vault (identity, vault) is due.
    """
    source = _source(watched.source)
    identities = tuple(
        _identity(watched, each, now, plan, next_check_at, next_attempts, next_probes) for each in watched.identities
    )
    slow = watched.source.slow
    warnings = (*([slow] if slow is not None else []), *watched.source.faults, *watched.source.warnings)
    return Snapshot(
        generated_at=now,
        phase="ready" if watched.ready else "starting",
        status=overall_status(source, identities, warnings),
        host=watched.source.host,
        process=watched.source.process,
        source=source,
        warnings=warnings,
        identities=identities,
        selected=watched.selected,
        events=events,
        assumptions=watched.assumptions,
        assigned=watched.assigned,
        paused=watched.paused,
        interval=watched.interval,
        next_check_at=None if watched.paused else next_check_at,
        complete=complete,
    )


def next_turn(watched: WatchState, now: float, plan: Plan) -> float | None:
    """When the next token is due for renewal, expiring, critical or expired, None if none is."""
    turns = [
        moment
        for identity in watched.identities
        for state in identity.tokens.values()
        if state.token is not None
        for moment in _turns(state.token, plan)
        if moment > now
    ]
    return min(turns, default=None)


def _turns(token: AccessToken, plan: Plan) -> tuple[float, ...]:
    due, end = token.refresh_at, token.expires_at
    return due, due + GRACE, end - plan.expiring_below, end - plan.critical_below, end


def _source(state: SourceState) -> SourceView:
    return SourceView(
        kind=SourceKind.NONE if _is_nowhere(state) else state.detection.source,
        label=state.detection.label,
        endpoint=state.detection.endpoint,
        evidence=(*state.detection.evidence, *state.probe_evidence),
        verdicts=state.detection.verdicts,
        sdk_choices=state.sdk_choices,
        selectors=state.selectors,
        selector_reason=state.selector_reason,
        answered_ms=state.answered_ms,
        answered_at=state.answered_at,
        checked_at=state.checked_at,
        failure=state.failure,
        process_id=state.environment.process_id,
        process_note=state.process_note,
    )


def _is_nowhere(state: SourceState) -> bool:
    """IMDS is what is left when nothing else matches: if it never answered either, there is no source.

    So it is for a process that can't be looked into; a defect of ours says nothing of the host.
    """
    failure = state.failure
    return failure is not None and state.answered_at is None and failure.kind != FailureKind.DEFECT


def _identity(
    watched: WatchState,
    state: IdentityState,
    now: float,
    plan: Plan,
    next_check_at: float | None,
    next_attempts: dict[tuple[str, str], float],
    next_probes: dict[tuple[str, str], float],
) -> IdentityView:
    spec, source = str(state.planned.identity), watched.source
    tokens = tuple(
        _token(
            each,
            state.tokens[each.resource],
            source,
            now,
            plan.expiring_below,
            # Nothing is asked for while the endpoint is silent: its next check decides.
            next_check_at if source.failure is not None else next_attempts.get((spec, each.resource)),
            paused=watched.paused,
        )
        for each in watched.resources or ()
        if each.resource in state.tokens
    )
    vaults = tuple(
        _vault(each, state.vaults[each.planned.vault], next_probes.get((spec, each.planned.vault)))
        for each in watched.vaults
        if each.planned.vault in state.vaults
    )
    warnings: dict[HealthWarning, None] = dict.fromkeys(
        warning for each in state.tokens.values() for warning in each.warnings if warning.kind in OF_THE_IDENTITY
    )
    never_answered = source.failure is not None and source.answered_at is None
    status = identity_status(
        tokens, vaults, warnings, unsupported=bool(state.unsupported), critical_until=now + plan.critical_below
    )
    return IdentityView(
        identity=state.planned.identity,
        name=state.name,
        status="unknown" if never_answered and not _has_token(state) else status,
        unsupported=state.unsupported,
        actual=state.actual,
        tokens=tokens,
        vaults=vaults,
        warnings=tuple(warnings),
        origin=state.planned.origin,
    )


def _has_token(state: IdentityState) -> bool:
    return any(each.token is not None for each in state.tokens.values())


def _token(
    planned: PlannedResource,
    state: TokenState,
    source: SourceState,
    now: float,
    expiring_below: float,
    next_attempt_at: float | None,
    *,
    paused: bool,
) -> TokenView:
    token, failure, view_of_failure = state.token, state.failure, state.failure_view
    own = tuple(warning for warning in state.warnings if warning.kind not in OF_THE_IDENTITY)
    status = token_status(state, now, expiring_below)
    silence = source.failure
    if failure is None and token is not None and token.refresh_at <= now:
        forgotten = next_attempt_at is None and state.activity is None and token.refresh_at <= now - GRACE
        if silence is not None:
            own = (overdue_renewal_warning(token.refresh_at, silence.message, next_attempt_at), *own)
            if token.expires_at - now <= expiring_below:
                status, view_of_failure = "failed", silence
        elif forgotten and not paused:
            own = (overdue_renewal_warning(token.refresh_at, "nothing has asked for it since", None), *own)
    view = TokenView(
        resource=planned.resource,
        name=planned.name,
        status=status,
        next_attempt_at=next_attempt_at,
        attempts=failure.attempts if failure is not None else token.attempts if token is not None else 0,
        claims_before=state.claims_before,
        warnings=own if state.stale is None else (*own, state.stale),
        failure=view_of_failure,
        activity=state.activity,
        origin=planned.origin,
    )
    return _with_token(view, state)


def _with_token(view: TokenView, state: TokenState) -> TokenView:
    token = state.token
    if token is None:
        return view
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


def _vault(vault: WatchedVault, state: VaultState, next_probe_at: float | None) -> VaultView:
    address, result, planned = vault.address, state.result, vault.planned
    name = planned.name or (planned.vault if address is None else address.name)
    status = vault_status(state)
    if result is None:
        return VaultView(
            vault.url,
            name,
            status,
            depth=planned.depth,
            next_probe_at=next_probe_at,
            failure=state.failure_view,
            activity=state.activity,
            watch=state.watch,
            origin=planned.origin,
        )
    wanted = frozenset(planned.want)
    return VaultView(
        vault=vault.url,
        name=name,
        status=status,
        model=result.model,
        depth=result.depth,
        tenant_id=result.tenant_id,
        token_tenant_id=result.token_tenant_id,
        probed_at=result.finished_at,
        next_probe_at=next_probe_at,
        stages=result.stages,
        permissions=tuple(
            PermissionView(each, f"{each.object_type}/{each.permission}" in wanted, state.advice.get(each, ()))
            for each in result.permissions
        ),
        wanted_missing=state.missing,
        notes=state.notes,
        facts=result.facts,
        requests_sent=result.requests_sent,
        client_request_id=result.client_request_id,
        failure=state.failure_view,
        activity=state.activity,
        watch=state.watch,
        origin=planned.origin,
    )
