"""Starts the work that is due: the arrival on a host, health checks, tokens and probes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from mitui.clock import Clock
from mitui.defect import describe
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import Identity
from mitui.monitor.defaults import in_another_view, needs_cloud, planned_identities, planned_resources
from mitui.monitor.due_items import Arrival, Due, HealthCheck, ProcessAsked, TokenDue, VaultDue
from mitui.monitor.events import EventLog
from mitui.monitor.jobs import Jobs
from mitui.monitor.plan import Plan
from mitui.monitor.schedule import Schedule
from mitui.monitor.session import Session
from mitui.monitor.watch_state import IdentityState, SourceState, WatchedVault, WatchState
from mitui.monitor.watches.host import HostWatch
from mitui.monitor.watches.set_clock import ClockWatch
from mitui.monitor.watches.token import TokenWatch

if TYPE_CHECKING:
    from mitui.keyvault.verdict import ProbeDepth
    from mitui.monitor.watches.vault import VaultWatch


class Scheduler:
    """Turns what is due into jobs. ``changed`` is called whenever the board may look different.

    ``session`` is None until there is a view of the host.
    """

    def __init__(self, plan: Plan, environment: HostEnvironment, clock: Clock, changed: Callable[[], None]) -> None:
        self.plan = plan
        self.clock = clock
        self.watched = WatchState(SourceState(environment), interval=plan.interval)
        self.schedule: Schedule[Due] = Schedule()
        self.log = EventLog(clock)
        self.jobs = Jobs(changed, self._break_down)
        self.broken_arrivals = 0
        self.session: Session | None = None
        self.host = HostWatch(plan, self.watched, self.log, clock, environment)
        self._vaults: VaultWatch | None = None
        self.tokens = TokenWatch(self.watched, self.schedule, self.log, clock, changed)
        self._changed = changed
        self._wall_clock = ClockWatch(self.watched, self.schedule, self.log, clock)
        self._restart_wanted = False

    @property
    def vaults(self) -> VaultWatch:
        """The watch over vaults, loaded once there is one."""
        if self._vaults is None:
            from mitui.monitor.watches.vault import VaultWatch

            self._vaults = VaultWatch(
                self.watched, self.schedule, self.log, self.clock, self.plan.timeout, self._changed
            )
        return self._vaults

    def begin(self) -> None:
        """Put on the board what the plan names, detect the source, and set out."""
        plan, watched = self.plan, self.watched
        refusal = self.host.look_as(plan.process_id) if plan.process_id is not None else ""
        identities, assumptions = planned_identities(plan, watched.source.environment)
        watched.identities = [IdentityState(each) for each in identities]
        watched.selected = next((index for index, each in enumerate(identities) if each.identity == plan.selected), 0)
        watched.assumptions = (*plan.assumptions, *assumptions)
        watched.vaults = [self.vaults.watched(each) for each in plan.vaults]
        if refusal and plan.process_id is not None:
            self.host.unreadable(plan.process_id, refusal)
            watched.ready = True
        else:
            self._set_out()

    async def restart(self) -> None:
        """Set out anew in the environment that is on the board, keeping what is watched."""
        await self.close()
        watched = self.watched
        self.schedule.clear()
        watched.source = SourceState(watched.source.environment, process_note=watched.source.process_note)
        watched.ready = False
        self.host.silence = None
        kept = in_another_view([each.planned for each in watched.identities], watched.source.environment)
        watched.identities = [IdentityState(each) for each in kept]
        watched.selected = min(watched.selected, max(0, len(kept) - 1))
        self._set_out()

    async def close(self) -> None:
        """Cancel everything that is under way, and close every connection."""
        await self.jobs.cancel_all()
        if self.session is not None:
            await self.session.aclose()
            self.session = None

    async def resume(self) -> None:
        """Catch up after a pause: what was cut short is done again, and what fell due meanwhile is done now."""
        if self.session is None:
            return
        if not self.watched.ready:
            await self.restart()
            return
        self.schedule.put(HealthCheck(), self.clock.now())
        self._ask_process()
        for person in self.watched.identities:
            for resource, state in person.tokens.items():
                if not state.settled or self.schedule.at(TokenDue(person.planned.identity, resource)) is None:
                    self.acquire(person.planned.identity, resource)
            for name, vault in person.vaults.items():
                due = VaultDue(person.planned.identity, name)
                if vault.watch is not None and vault.watch.granted_at is None and self.schedule.at(due) is None:
                    self.schedule.put(due, self.clock.now())

    def settle_board(self) -> None:
        """Give everything on the board its state, after something was added or removed."""
        self.host.judge_identities()
        self.watched.fill()

    def acquire(self, identity: Identity, resource: str, *, force: bool = False) -> None:
        """Ask for one token in the background, unless that is under way already.

        Past the cache with ``force``, and after a failure: only the endpoint can tell that it is over.
        """
        key = TokenDue(identity, resource)
        state = self.watched.token(identity, resource)
        force = force or (state is not None and state.failure is not None)
        if self.session is None or self.jobs.running(key) or self.host.silence is not None:
            return
        self.schedule.drop(key)
        self.jobs.start(key, self.tokens.acquire(self.session, identity, resource, force=force))

    def acquire_all(self) -> None:
        """Ask for every token on the board, those of the selected identity first."""
        chosen = self.watched.chosen
        for each in sorted(self.watched.identities, key=lambda state: state is not chosen):
            for resource in each.tokens:
                self.acquire(each.planned.identity, resource)

    def probe(self, identity: Identity, vault: WatchedVault, depth: ProbeDepth) -> None:
        """Probe a vault in the background, unless that is under way already."""
        key = VaultDue(identity, vault.planned.vault)
        if self.session is None or self.jobs.running(key):
            return
        self.schedule.drop(key)
        self.jobs.start(key, self.vaults.probe(self.session, identity, vault, depth))

    def check_host(self) -> None:
        """Look at the source again in the background."""
        if self.session is not None and not self.jobs.running(HealthCheck()):
            self.jobs.start(HealthCheck(), self._check_host(self.session))

    async def run_due(self) -> None:
        """Start everything that is due by now."""
        if self._restart_wanted:
            self._restart_wanted = False
            await self.restart()
        if self._wall_clock.was_set():
            self._look_again()
        for due in self.schedule.take_due(self.clock.now()):
            match due:
                case HealthCheck():
                    self.check_host()
                case TokenDue(identity, resource):
                    self.acquire(identity, resource)
                case VaultDue(identity, name):
                    self._probe_due(identity, name)
                case Arrival():
                    self._restart_wanted = True
                    self._changed()
                case _:  # a turn: the Snapshot changes by itself
                    pass

    def _look_again(self) -> None:
        """After the clock was set: look at the source, and ask anew for what was measured by another time."""
        if self.session is None or not self.watched.ready:
            return
        self.schedule.put(HealthCheck(), self.clock.now())
        for person in self.watched.identities:
            for resource, state in person.tokens.items():
                if self._wall_clock.is_suspect(state):
                    self.acquire(person.planned.identity, resource, force=True)

    def _break_down(self, key: Hashable, error: BaseException) -> None:
        from mitui.monitor.broken_jobs import note_defect

        note_defect(self, key, error)

    @property
    def is_complete(self) -> bool:
        """Whether every token has settled, the process is known, and no probe is under way."""
        watched = self.watched
        if self.jobs.running(ProcessAsked()):
            return False
        if not watched.ready or watched.source.failure is not None:
            return watched.ready
        return watched.settled and not any(
            self.jobs.running(VaultDue(person.planned.identity, name))
            for person in watched.identities
            for name in person.vaults
        )

    def _set_out(self) -> None:
        watched = self.watched
        detection = self.host.detect()
        self.session = Session(watched.source.environment, detection, self.clock, self.plan, self.tokens.observe)
        if not needs_cloud(self.plan):
            self._choose_resources()
        watched.fill()
        self.schedule.put(HealthCheck(), self.clock.now() + watched.interval)
        self.jobs.start(Arrival(), self._arrive(self.session))
        self._ask_process()

    def _ask_process(self) -> None:
        source = self.watched.source
        if source.environment.process_id is not None and source.process is None:
            self.jobs.start(ProcessAsked(), self.host.learn_process())

    async def _arrive(self, session: Session) -> None:
        """From nothing to tokens under way. The host's facts are waited for only where they decide what is asked."""
        facts = asyncio.create_task(self._learn_host(session))
        try:
            if not await self.host.probe(session):
                self._choose_resources()
                self.tokens.share_silence(self.host.silence)
                self.watched.ready = True
                return
            self._changed()
            if self.watched.resources is None or self.watched.vaults:
                await facts
            self._use_facts()
            self.acquire_all()
            self._probe_at_start()
            await facts
            self._use_facts()
            await self.host.look_beside(session)
        finally:
            facts.cancel()
        self.broken_arrivals = 0
        self.watched.ready = True

    async def _learn_host(self, session: Session) -> None:
        """Learn who the host is; where that breaks, the facts are missing and nothing else."""
        try:
            await self.host.learn_host(session)
        except Exception as error:  # noqa: BLE001 - a defect here must not take the tokens down
            self.log.add("error", "mitui", describe(error))
            self.watched.source.host_known = True

    async def _check_host(self, session: Session) -> None:
        was_silent = self.host.silence is not None
        if self.host.detect().source is not session.detection.source:
            self._restart_wanted = True
            self.schedule.put(HealthCheck(), self.clock.now() + self.watched.interval)
            return
        if not await self.host.probe(session):
            self.tokens.share_silence(self.host.silence)
        elif was_silent:
            self.acquire_all()
            self.schedule.put(HealthCheck(), self.clock.now() + self.watched.interval)
            await self._learn_host(session)
            self._use_facts()
            return
        self.schedule.put(HealthCheck(), self.clock.now() + self.watched.interval)

    def _use_facts(self) -> None:
        """Whatever depends on who the host is: default resources, bare vault names, commands in remedies."""
        watched = self.watched
        if not watched.source.host_known:
            return
        self._choose_resources()
        watched.vaults = [self.vaults.watched(each.planned) for each in watched.vaults]
        watched.fill()
        self.host.lint()
        self.host.dress()
        self.tokens.dress_all()
        if watched.vaults:
            self.vaults.dress_all()

    def _choose_resources(self) -> None:
        watched = self.watched
        if watched.resources is None:
            watched.resources, assumptions = planned_resources(self.plan, watched.source.host.cloud)
            watched.assumptions = (*watched.assumptions, *assumptions)
            watched.fill()

    def _probe_at_start(self) -> None:
        for vault in self.watched.vaults:
            for person in self.watched.identities:
                if vault.planned.vault in person.vaults and (self.plan.probe_at_start or vault.planned.probe_every):
                    self.probe(person.planned.identity, vault, vault.planned.depth)

    def _probe_due(self, identity: Identity, name: str) -> None:
        person, vault = self.watched.identity(identity), self.watched.vault(name)
        if person is None or vault is None or name not in person.vaults:
            return
        watch = person.vaults[name].watch
        watching = watch is not None and watch.granted_at is None
        # The deepest tier is for one confirmed probe, not for one every 30 s.
        self.probe(identity, vault, "read" if watching and vault.planned.depth == "deep" else vault.planned.depth)
