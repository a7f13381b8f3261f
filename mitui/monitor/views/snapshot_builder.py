"""Board -> Snapshot. The raw token stays behind.

What has not changed since the last Snapshot is not built again: one token that arrives among a thousand costs the view
of one token, and a look at the thousand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from mitui.claims import ActualIdentity
from mitui.diagnosis.advice import HealthWarning
from mitui.engine.failure import FailureKind
from mitui.engine.source_kind import SourceKind
from mitui.monitor.event import Event
from mitui.monitor.identity_view import IdentityView, TokenView, VaultView
from mitui.monitor.plan import Plan, PlannedIdentity
from mitui.monitor.scheduling.due_items import Due, HealthCheck, TokenDue, VaultDue
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.snapshot import Snapshot, SourceView
from mitui.monitor.views.kept import Kept
from mitui.monitor.views.source_trouble import source_trouble
from mitui.monitor.views.status import identity_status, overall_status, vault_status
from mitui.monitor.views.token_view import OF_THE_IDENTITY, TokenInputs, next_turn, token_view
from mitui.monitor.views.vault_view import VaultInputs, vault_view
from mitui.monitor.watch_state import IdentityState, SourceState, WatchState

_IdentityInputs = tuple[
    PlannedIdentity,
    str,
    ActualIdentity,
    tuple[TokenView, ...],
    tuple[VaultView, ...],
    tuple[HealthWarning, ...],
    bool,
]


@dataclass(slots=True)
class _TokenEntry:
    """A token by which it is due, and its view as it was last built."""

    due: TokenDue
    kept: Kept[TokenInputs, TokenView] | None = None


@dataclass(slots=True)
class _IdentityEntry:
    """What was last built of one identity: its view, those of its tokens by resource, and of its vaults by name."""

    tokens: dict[str, _TokenEntry] = field(default_factory=dict)
    vaults: dict[str, Kept[VaultInputs, VaultView]] = field(default_factory=dict)
    kept: Kept[_IdentityInputs, IdentityView] | None = None


class SnapshotBuilder:
    """Builds each Snapshot from the board and from the one before.

    ``turn`` is when the next token is due, overdue, expiring, critical or expired, None if none is: until then, and
    until the board changes, the Snapshot stays what it is.
    """

    def __init__(self, plan: Plan, schedule: Schedule[Due]) -> None:
        self._plan = plan
        self._schedule = schedule
        self._entries: dict[str, _IdentityEntry] = {}
        self._next_check_at: float | None = None
        self.turn: float | None = None

    def build(self, watched: WatchState, events: tuple[Event, ...], now: float, *, complete: bool) -> Snapshot:
        """The whole tree at ``now``."""
        self._next_check_at, self.turn = self._schedule.at(HealthCheck()), None
        source = _source(watched.source, now, self._plan.expiring_below)
        # What is no longer watched is not remembered either: its inputs hold tokens.
        known = self._entries
        self._entries = {spec: known.get(spec) or _IdentityEntry() for spec in map(_spec, watched.identities)}
        identities = tuple(self._identity(watched, each, now) for each in watched.identities)
        if source.kind is not SourceKind.NONE and source.failure is None:
            source = replace(source, trouble=source_trouble(identities, stranger=watched.source.stranger))
        extra = (watched.source.slow, watched.source.clock, watched.source.beside)
        warnings = (*(each for each in extra if each is not None), *watched.source.faults, *watched.source.warnings)
        self._turn_of_the_pods_token(watched.source, now)
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
            assumptions=(*watched.assumed, *watched.assumptions),
            assigned=watched.assigned,
            paused=watched.paused,
            interval=watched.interval,
            next_check_at=None if watched.paused else self._next_check_at,
            complete=complete,
        )

    def _turn_of_the_pods_token(self, source: SourceState, now: float) -> None:
        federated = source.federated
        if federated is None or federated.expires_at is None:
            return
        turns = (federated.expires_at - self._plan.expiring_below, federated.expires_at)
        ahead = [each for each in (*turns, self.turn) if each is not None and each > now]
        self.turn = min(ahead, default=None)

    def _identity(self, watched: WatchState, state: IdentityState, now: float) -> IdentityView:
        entry, source = self._entries[_spec(state)], watched.source
        tokens, until = self._token_views(watched, state, entry, now)
        vaults = self._vault_views(watched, state, entry)
        raised = [each.warnings for each in state.tokens.values() if each.warnings]
        warnings = tuple(
            dict.fromkeys(warning for several in raised for warning in several if warning.kind in OF_THE_IDENTITY)
        )
        never_answered = source.failure is not None and source.answered_at is None
        unknown = never_answered and all(each.token is None for each in state.tokens.values())
        inputs = (state.planned, state.unsupported, state.actual, tokens, vaults, warnings, unknown)
        kept = entry.kept
        if kept is None or not kept.holds(inputs, now):
            view = self._identity_view(state, inputs, now)
            kept = entry.kept = Kept(inputs, view, now, until)
        return kept.view

    def _identity_view(self, state: IdentityState, inputs: _IdentityInputs, now: float) -> IdentityView:
        planned, unsupported, actual, tokens, vaults, warnings, unknown = inputs
        critical_until = now + self._plan.critical_below
        status = identity_status(tokens, vaults, warnings, unsupported=bool(unsupported), critical_until=critical_until)
        return IdentityView(
            identity=planned.identity,
            name=state.name,
            status="unknown" if unknown else status,
            unsupported=unsupported,
            actual=actual,
            tokens=tokens,
            vaults=vaults,
            warnings=warnings,
            origin=planned.origin,
        )

    def _token_views(
        self, watched: WatchState, state: IdentityState, of_identity: _IdentityEntry, now: float
    ) -> tuple[tuple[TokenView, ...], float]:
        """The views of the identity's tokens, and until when they stay as they are."""
        silence, paused, until = watched.source.failure, watched.paused, math.inf
        known, of_identity.tokens = of_identity.tokens, {}
        views = []
        for planned in watched.resources or ():
            each = state.tokens.get(planned.resource)
            if each is None:
                continue
            entry = known.get(planned.resource) or _TokenEntry(TokenDue(state.planned.identity, planned.resource))
            of_identity.tokens[planned.resource] = entry
            inputs = TokenInputs(
                planned,
                each.token,
                each.failure,
                each.failure_view,
                each.claims_before,
                each.warnings,
                each.stale,
                each.activity,
                # Nothing is asked for while the endpoint is silent: its next check decides.
                None if paused else self._next_check_at if silence is not None else self._schedule.at(entry.due),
                silence,
                paused,
            )
            kept = entry.kept
            if kept is None or not kept.holds(inputs, now):
                view = token_view(inputs, now, self._plan)
                kept = entry.kept = Kept(inputs, view, now, next_turn(each.token, now, self._plan))
            until = min(until, kept.until)
            views.append(kept.view)
        if until < (math.inf if self.turn is None else self.turn):
            self.turn = until
        return tuple(views), until

    def _vault_views(
        self, watched: WatchState, state: IdentityState, of_identity: _IdentityEntry
    ) -> tuple[VaultView, ...]:
        known, of_identity.vaults = of_identity.vaults, {}
        views = []
        for vault in watched.vaults:
            name = vault.planned.vault
            each = state.vaults.get(name)
            if each is None:
                continue
            due = None if watched.paused else self._schedule.at(VaultDue(state.planned.identity, name))
            inputs = VaultInputs(
                vault,
                vault_status(each),
                each.result,
                each.advice,
                each.missing,
                each.notes,
                each.failure_view,
                each.activity,
                each.watch,
                due,
            )
            kept = known.get(name)
            if kept is None or not kept.holds(inputs, 0.0):
                kept = Kept(inputs, vault_view(inputs), 0.0, math.inf)
            of_identity.vaults[name] = kept
            views.append(kept.view)
        return tuple(views)


def _spec(state: IdentityState) -> str:
    return str(state.planned.identity)


def _source(state: SourceState, now: float, expiring_below: float) -> SourceView:
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
        federated=_federated(state.federated, now, expiring_below),
        process_id=state.environment.process_id,
        process_note=state.process_note,
        identity_note=state.identity_note,
    )


def _federated(view: TokenView | None, now: float, expiring_below: float) -> TokenView | None:
    """The pod's own token with its status at ``now``."""
    if view is None or view.failure is not None or view.expires_at is None:
        return view
    left = view.expires_at - now
    return replace(view, status="expired" if left <= 0 else "expiring" if left <= expiring_below else "ok")


def _is_nowhere(state: SourceState) -> bool:
    """IMDS is what is left when nothing else matches: if it never answered either, there is no source.

    So it is for a process that can't be looked into; a defect of ours says nothing of the host.
    """
    failure = state.failure
    return failure is not None and state.answered_at is None and failure.kind != FailureKind.DEFECT
