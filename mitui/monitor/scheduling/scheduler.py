"""Starts the work that is due: the arrival on a host, health checks, tokens and probes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from mitui.clock import Clock
from mitui.defect import describe
from mitui.diagnosis.source_warnings import defect_warning
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.defaults import assumed, in_another_view, needs_cloud, planned_identities, planned_resources
from mitui.monitor.events import EventLog
from mitui.monitor.identity_view import FailureView
from mitui.monitor.plan import Plan
from mitui.monitor.scheduling.due_items import (
    Arrival,
    AssignedAsked,
    Due,
    HealthCheck,
    ProcessAsked,
    TokenDue,
    VaultDue,
)
from mitui.monitor.scheduling.jobs import Jobs
from mitui.monitor.scheduling.requests import Requests
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.session import Session
from mitui.monitor.watch_state import SourceState, WatchState
from mitui.monitor.watches.host import HostWatch
from mitui.monitor.watches.set_clock import ClockWatch
from mitui.monitor.watches.token import LONGEST_BACKOFF, TokenWatch

if TYPE_CHECKING:
    from mitui.monitor.watches.vault import VaultWatch


class Scheduler:
    """Turns what is due into jobs. ``changed`` is called whenever the board may look different."""

    def __init__(self, plan: Plan, environment: HostEnvironment, clock: Clock, changed: Callable[[], None]) -> None:
        self.plan = plan
        self.clock = clock
        self.watched = WatchState(SourceState(environment), interval=plan.interval)
        self.schedule: Schedule[Due] = Schedule()
        self.log = EventLog(clock)
        self.jobs = Jobs(changed, self._break_down)
        self._broken_arrivals = 0
        self.host = HostWatch(plan, self.watched, self.log, clock, environment)
        self._vaults: VaultWatch | None = None
        self.tokens = TokenWatch(self.watched, self.schedule, self.log, clock, changed)
        self.requests = Requests(
            plan, self.watched, self.schedule, self.jobs, self.host, self.tokens, lambda: self.vaults
        )
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
        watched.wanted, watched.names, watched.removed = plan.selected, dict(plan.names), set(plan.removed)
        watched.put(identities)
        watched.select_by_view()
        watched.assumptions, watched.assumed = plan.assumptions, tuple(assumptions)
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
        before = [each.planned for each in watched.identities]
        identities = in_another_view(before, watched.source.environment, watched.names, watched.removed)
        watched.put(identities)
        watched.assumed = tuple(assumed(identities, watched.source.environment))
        self._set_out()

    async def close(self) -> None:
        """Cancel everything that is under way, and close every connection."""
        await self.jobs.cancel_all()
        if self.requests.session is not None:
            await self.requests.session.aclose()
            self.requests.session = None

    async def resume(self) -> None:
        """Catch up after a pause: what was cut short is done again, and what fell due meanwhile is done now."""
        if self.requests.session is None:
            return
        if not self.watched.ready:
            await self.restart()
            return
        self.schedule.put(HealthCheck(), self.clock.now())
        self._ask_process()
        for person in self.watched.identities:
            for resource, state in person.tokens.items():
                if not state.settled or self.schedule.at(TokenDue(person.planned.identity, resource)) is None:
                    self.requests.acquire(person.planned.identity, resource)
            for name, vault in person.vaults.items():
                due = VaultDue(person.planned.identity, name)
                if vault.watch is not None and vault.watch.granted_at is None and self.schedule.at(due) is None:
                    self.schedule.put(due, self.clock.now())

    def settle_board(self) -> None:
        """Give everything on the board its state, after something was added or removed."""
        self.host.judge_identities()
        self.watched.fill()

    def check_host(self) -> None:
        """Look at the source again in the background.

        The next look is due from the start: one that meets an endpoint that says nothing takes a while, and meanwhile
        it is known when there will be another. One that never ends is not followed by any.
        """
        if self.requests.session is not None and not self.jobs.running(HealthCheck()):
            self.schedule.put(HealthCheck(), self.clock.now() + self.watched.interval)
            self.jobs.start(HealthCheck(), self._check_host(self.requests.session))

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
                    self.requests.acquire(identity, resource)
                case VaultDue(identity, name):
                    self.requests.probe_due(identity, name)
                case Arrival():
                    self._restart_wanted = True
                    self._changed()
                case _:  # a turn: the Snapshot changes by itself
                    pass

    def _look_again(self) -> None:
        """After the clock was set: look at the source, and ask anew for what was measured by another time."""
        if self.requests.session is None:
            return
        self.requests.session.engine.move(self._wall_clock.moved)
        if not self.watched.ready:
            return
        self.watched.source.clock = None  # what is known of it is of the time before
        self.schedule.put(HealthCheck(), self.clock.now())
        for person in self.watched.identities:
            for resource, state in person.tokens.items():
                if self._wall_clock.is_suspect(state):
                    self.requests.acquire(person.planned.identity, resource, force=True)

    def _break_down(self, key: Hashable, error: BaseException) -> None:
        """A job ended in a defect: what it was for says so, and is tried again later; the others go on."""
        now, watched = self.clock.now(), self.watched
        message = describe(error)
        match key:
            case TokenDue(identity, resource):
                self.tokens.break_down(identity, resource, error)
            case VaultDue(identity, name):
                self.vaults.break_down(identity, name, error)
            case AssignedAsked():
                watched.assigned = AssignedIdentities(now, refusal=message)
            case Arrival():
                self._broken_arrivals += 1
                wait = min(LONGEST_BACKOFF, 2.0**self._broken_arrivals)
                watched.source.failure = FailureView(str(FailureKind.DEFECT), message, now)
                watched.ready = True
                self.log.add("error", "mitui", message)
                self.schedule.put(Arrival(), now + wait)
            case _:
                self.log.add("error", "mitui", message)
                watched.source.slow = defect_warning(message)
                self.schedule.put(HealthCheck(), now + watched.interval)

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
        self.requests.session = Session(
            watched.source.environment, detection, self.clock, self.plan, self.tokens.observe
        )
        if not needs_cloud(self.plan):
            self._choose_resources()
        watched.fill()
        self.schedule.put(HealthCheck(), self.clock.now() + watched.interval)
        self.jobs.start(Arrival(), self._arrive(self.requests.session))
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
            self.requests.acquire_all()
            self.requests.probe_at_start()
            await facts
            self._use_facts()
            await self.host.look_beside(session)
        finally:
            facts.cancel()
        self._broken_arrivals = 0
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
            return
        answers = await self.host.probe(session)
        self.schedule.put(HealthCheck(), self.clock.now() + self.watched.interval)
        if not answers:
            self.tokens.share_silence(self.host.silence)
        elif was_silent:
            self.requests.acquire_all()
            await self._learn_host(session)
            self._use_facts()

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
