"""Probes vaults on request, at the start, at an interval, or every 30 s until what was denied is granted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mitui.clock import Clock
from mitui.defect import describe
from mitui.diagnosis.stale_permissions import token_age_note
from mitui.diagnosis.token.elsewhere import NOTHING
from mitui.diagnosis.vault.advice import advise_permission
from mitui.durations import in_words
from mitui.engine.failure import TokenFailure
from mitui.engine.identity import Identity
from mitui.engine.token.access_token import AccessToken
from mitui.keyvault.address import parse_vault
from mitui.keyvault.probe import probe_vault
from mitui.keyvault.probe_result import ProbeResult, Stage, VaultFailure, VaultFailureKind
from mitui.keyvault.role_guess import power_notes
from mitui.keyvault.tally import tally
from mitui.keyvault.verdict import ProbeDepth, Verdict
from mitui.keyvault.wanted import beyond, missing, unverified
from mitui.monitor.events import EventLog
from mitui.monitor.identity_view import Activity, FailureView, WatchView
from mitui.monitor.plan import PlannedVault
from mitui.monitor.scheduling.due_items import Due, VaultDue
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.session import Session
from mitui.monitor.watch_state import IdentityState, VaultState, WatchedVault, WatchState
from mitui.monitor.watches.also_tried import about_name
from mitui.monitor.watches.elsewhere import elsewhere
from mitui.monitor.watches.failure_views import vault_failure_view
from mitui.wording import counted

WATCH_EVERY: Final = 30.0
PATIENCE: Final = 10.0  # seconds for one exchange where nothing else was said
_REFUSED: Final = (Verdict.DENIED, Verdict.BLOCKED)
_HELD: Final = (Verdict.GRANTED, Verdict.LIKELY)


class VaultWatch:
    """Keeps the vault states of the board current."""

    def __init__(
        self,
        watched: WatchState,
        schedule: Schedule[Due],
        log: EventLog,
        clock: Clock,
        timeout: float | None,
        changed: Callable[[], None],
    ) -> None:
        self._watched = watched
        self._schedule = schedule
        self._log = log
        self._clock = clock
        self._timeout = timeout or PATIENCE
        self._changed = changed

    def watched(self, planned: PlannedVault) -> WatchedVault:
        """The vault with its address read in the host's cloud."""
        cloud = self._watched.source.host.cloud or "AzurePublicCloud"
        found = parse_vault(planned.vault, cloud=cloud, allow_loopback=planned.allow_loopback)
        return WatchedVault(planned, refusal=found) if isinstance(found, VaultFailure) else WatchedVault(planned, found)

    async def probe(self, session: Session, identity: Identity, vault: WatchedVault, depth: ProbeDepth) -> None:
        """Probe once and note what was found; the earlier result stays until then."""
        person, state = self._states(identity, vault)
        if person is None or state is None:
            return
        if vault.address is None:
            self.refuse(vault)
            return
        address, planned = vault.address, vault.planned
        refused: list[TokenFailure] = []

        async def get_token(resource: str) -> AccessToken | TokenFailure:
            outcome = await session.engine.acquire(identity, resource)
            if isinstance(outcome, TokenFailure):
                refused.append(outcome)
            else:
                state.claims = outcome.claims
            return outcome

        started = self._clock.now()

        def show(stage: Stage) -> None:
            state.activity = Activity(f"probing: {stage.stage} {stage.status}", started)
            self._changed()

        state.activity = Activity("probing", started)
        try:
            result = await probe_vault(
                address,
                get_token,
                session.vault_client(planned, address),
                self._clock,
                depth=depth,
                secret=planned.secret,
                prefix=planned.prefix,
                timeout=self._timeout,
                on_stage=show,
            )
        finally:
            state.activity = None
        if self._states(identity, vault)[1] is not state:
            return
        before, state.result = state.result, result
        state.refusal, state.no_token = None, refused[-1] if refused else None
        await self._ask_further(session, state, before, result)
        if self._states(identity, vault)[1] is not state:
            return
        self.dress(person, vault, state)
        self._tell(person, vault, before, result)
        self._follow(identity, vault, state)

    async def _ask_further(
        self, session: Session, state: VaultState, before: ProbeResult | None, result: ProbeResult
    ) -> None:
        """Ask the second question that settles this failure, if there is one, where it is another than before.

        On a simulated host, which has no names but its own, there is none.
        """
        kind = result.failure.kind if result.failure is not None else None
        if kind is not VaultFailureKind.NAME_NOT_RESOLVED or session.environment.enclosed:
            state.also_tried, state.dns_works = (), None
        elif before is None or before.failure is None or before.failure.kind is not kind:
            state.dns_works, words = await about_name(self._watched.source.host.cloud, self._clock)
            state.also_tried = (words,)

    def refuse(self, vault: WatchedVault) -> None:
        """Note, for every identity, that this is no address to send a token to."""
        failure, now = vault.refusal, self._clock.now()
        if failure is None:
            return
        result = ProbeResult(vault.url, vault.planned.vault, "read", now, now, (), failure=failure)
        for person in self._watched.identities:
            state = person.vaults.get(vault.planned.vault)
            if state is not None:
                state.refusal, state.no_token = failure, None
                state.result = None
                source = self._watched.source
                state.failure_view = vault_failure_view(
                    failure, result, source.host, source.environment, person.actual, None
                )

    def break_down(self, identity: Identity, name: str, error: BaseException) -> None:
        """Note that probing this vault ended in a defect of ours."""
        person = self._watched.identity(identity)
        state = person.vaults.get(name) if person is not None else None
        if state is None:
            return
        message = describe(error)
        self._log.add("error", name, message)
        state.refusal = VaultFailure(VaultFailureKind.DEFECT, message, "permissions")
        state.failure_view = FailureView(str(VaultFailureKind.DEFECT), message, self._clock.now())
        vault = self._watched.vault(name)
        if vault is None:
            return
        if state.watch is not None and state.watch.granted_at is None:
            state.watch = replace(state.watch, next_probe_at=self._clock.now() + WATCH_EVERY)
            self._schedule.put(VaultDue(identity, name), self._clock.now() + WATCH_EVERY)
        else:
            self._plan_next(identity, vault)

    def watch(self, identity: Identity, vault: WatchedVault, *, on: bool) -> bool:
        """Begin (or end) the propagation watch; True if a probe is to be sent now."""
        person, state = self._states(identity, vault)
        if person is None or state is None:
            return False
        if not on:
            state.watch = None
            self._schedule.drop(VaultDue(identity, vault.planned.vault))
            self._plan_next(identity, vault)
            return False
        if state.watch is not None and state.watch.granted_at is None:
            return False
        state.watch = WatchView(self._clock.now())
        state.baseline = _words(state.result, _REFUSED)
        state.awaited = state.result is not None and not self._is_granted(vault, state)
        return True

    def dress(self, person: IdentityState, vault: WatchedVault, state: VaultState) -> None:
        """Make the texts that depend on the host's facts anew."""
        result, source = state.result, self._watched.source
        if result is None:
            return
        planned, actual = vault.planned, person.actual
        state.missing = missing(result, planned.want)
        state.notes = _notes(result, planned.want)
        if _words(result, _REFUSED):
            note = token_age_note(state.claims, result.finished_at)
            state.notes += (note,) if note else ()
        state.advice = {
            each: advise_permission(each, result, source.host, actual)
            for each in result.permissions
            if each.verdict in _REFUSED
        }
        state.failure_view = None
        if result.failure is not None:
            state.failure_view = vault_failure_view(
                result.failure,
                result,
                source.host,
                source.environment,
                actual,
                state.no_token,
                state.also_tried,
                elsewhere(self._watched, state.no_token) if state.no_token is not None else NOTHING,
                state.dns_works,
            )

    def dress_all(self) -> None:
        """The same for every vault on the board."""
        for person in self._watched.identities:
            for vault in self._watched.vaults:
                if vault.planned.vault in person.vaults:
                    self.dress(person, vault, person.vaults[vault.planned.vault])

    def _follow(self, identity: Identity, vault: WatchedVault, state: VaultState) -> None:
        """Count the probe for a watch, which ends once what was denied is granted, and plan the next one."""
        watch, now = state.watch, self._clock.now()
        if watch is None or watch.granted_at is not None:
            self._plan_next(identity, vault)
            return
        watch = replace(watch, probes=watch.probes + 1)
        if watch.probes == 1 and not state.baseline:
            state.baseline = _words(state.result, _REFUSED)
        if self._is_granted(vault, state):
            waited = state.awaited or watch.probes > 1
            state.watch = replace(watch, granted_at=now, next_probe_at=None) if waited else None
            self._log.add("ok" if waited else "info", vault.url, _ending(watch, now) if waited else _NOTHING_LACKS)
            self._plan_next(identity, vault)
        else:
            state.watch = replace(watch, next_probe_at=now + WATCH_EVERY)
            self._schedule.put(VaultDue(identity, vault.planned.vault), now + WATCH_EVERY)

    def _is_granted(self, vault: WatchedVault, state: VaultState) -> bool:
        if state.result is None or state.result.failure is not None:
            return False
        if vault.planned.want:
            return not state.missing
        refused = _words(state.result, _REFUSED)
        return not refused or bool(state.baseline & _words(state.result, _HELD))

    def _plan_next(self, identity: Identity, vault: WatchedVault) -> None:
        if vault.planned.probe_every is not None:
            due = VaultDue(identity, vault.planned.vault)
            self._schedule.put(due, self._clock.now() + vault.planned.probe_every)

    def _tell(self, person: IdentityState, vault: WatchedVault, before: ProbeResult | None, after: ProbeResult) -> None:
        subject = f"{person.name} · {vault.url.removeprefix('https://')}"
        if after.failure is not None:
            self._log.add("error", subject, after.failure.message)
            return
        changes = _changes(before, after) if before is not None and before.failure is None else []
        for change in changes:
            self._log.add("warning", subject, change)
        if not changes:
            words = f"probed with {after.requests_sent} requests: {tally(after.permissions)}"
            self._log.add("info", subject, words)

    def _states(self, identity: Identity, vault: WatchedVault) -> tuple[IdentityState | None, VaultState | None]:
        person = self._watched.identity(identity)
        return person, person.vaults.get(vault.planned.vault) if person is not None else None


_NOTHING_LACKS: Final = "nothing that is wanted is denied, so there is nothing to wait for: the watch ends"


def _ending(watch: WatchView, now: float) -> str:
    return f"granted after {in_words(now - watch.started_at)} and {counted(watch.probes, 'probe')}: the watch ends"


def _words(result: ProbeResult | None, verdicts: tuple[Verdict, ...]) -> frozenset[str]:
    found = result.permissions if result is not None else ()
    return frozenset(each.word for each in found if each.verdict in verdicts)


def _changes(before: ProbeResult, after: ProbeResult) -> list[str]:
    known = {(each.object_type, each.permission, each.target): each.verdict for each in before.permissions}
    changes = []
    for each in after.permissions:
        was = known.get((each.object_type, each.permission, each.target))
        if was is not None and was is not each.verdict and Verdict.UNTESTED not in (was, each.verdict):
            changes.append(f"{each.label} was {was} and is now {each.verdict}")
    return changes


def _notes(result: ProbeResult, want: tuple[str, ...]) -> tuple[str, ...]:
    notes = list(result.notes)
    if result.failure is None:
        untold = unverified(result, want)
        if untold:
            notes.append(f"the probe could not tell, or did not test at this depth: {', '.join(untold)}")
        notes += [note for note in (beyond(result, want), *power_notes(result)) if note]
    return tuple(dict.fromkeys(notes))
