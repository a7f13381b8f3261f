"""What each intent does. None of it waits for the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mitui.engine.identity import Identity
from mitui.engine.resources import normalise_resource
from mitui.monitor import intents, remembering
from mitui.monitor.plan import PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.remembered import Remembered
from mitui.monitor.scheduling.due_items import AssignedAsked, HealthCheck, TokenDue, VaultDue
from mitui.monitor.scheduling.scheduler import Scheduler
from mitui.monitor.watch_state import IdentityState
from mitui.monitor.watches.assigned import ask_assigned

SHORTEST_INTERVAL = 2.0
LONGEST_INTERVAL = 86_400.0


class IntentHandler:
    """Carries intents out on the scheduler's board."""

    def __init__(self, scheduler: Scheduler, remember: Callable[[Callable[[Remembered], Remembered]], None]) -> None:
        self._scheduler = scheduler
        self._watched = scheduler.watched
        self._log = scheduler.log
        self._remember = remember

    async def take(self, intent: intents.Intent) -> None:
        """Carry one intent out."""
        match intent:
            case intents.SelectIdentity(identity):
                self._select(identity)
            case intents.AddIdentity(identity, name):
                self._add_identity(identity, name)
            case intents.RenameIdentity(identity, name):
                self._rename(identity, name)
            case intents.RemoveIdentity(identity):
                self._remove_identity(identity)
            case intents.AddResource(resource, name):
                self._add_resource(normalise_resource(resource), name)
            case intents.RemoveResource(resource):
                self._remove_resource(resource)
            case intents.AddVault(vault):
                self._add_vault(vault.strip())
            case intents.RemoveVault(vault):
                self._remove_vault(vault)
            case _:
                await self._act(intent)

    async def _act(self, intent: intents.Intent) -> None:
        match intent:
            case intents.Refresh(resource):
                self._refresh(resource)
            case intents.Probe():
                self._probe(intent)
            case intents.WatchVault(vault, on):
                self._watch(vault, on)
            case intents.SetPaused(paused):
                await self._pause(paused)
            case intents.SetInterval(seconds):
                self._set_interval(seconds)
            case intents.LookAs(process_id):
                await self._look_as(process_id)
            case intents.ListAssigned():
                self._list_assigned()

    def _select(self, identity: Identity) -> None:
        state = self._watched.identity(identity)
        if state is None:
            return
        watched = self._watched
        shown = watched.identities[watched.selected].planned.identity
        if shown != identity:
            watched.wanted_before = [*(each for each in watched.wanted_before if each not in (shown, identity)), shown]
        watched.wanted, watched.of_view = identity, None
        self._remember(lambda known: remembering.with_selected(known, identity))
        self._freshen(state)

    def _freshen(self, state: IdentityState) -> None:
        """Ask for what is missing or failed; a token that is good needs nothing."""
        if self._watched.paused:
            return
        for resource, token in state.tokens.items():
            if token.token is None or token.failure is not None:
                self._scheduler.requests.acquire(state.planned.identity, resource)

    def _add_identity(self, identity: Identity, name: str) -> None:
        self._watched.removed.discard(str(identity))
        if self._watched.identity(identity) is None:
            self._watched.identities.append(IdentityState(PlannedIdentity(identity, name or str(identity), "state")))
            self._scheduler.settle_board()
            self._remember(lambda known: remembering.with_identity(known, identity, name))
            self._log.add("info", name or str(identity), "added")
        self._select(identity)

    def _rename(self, identity: Identity, name: str) -> None:
        state = self._watched.identity(identity)
        if state is not None and name:
            state.planned = replace(state.planned, name=name)
            self._watched.names[str(identity)] = name
            self._remember(lambda known: remembering.with_name(known, identity, name))

    def _remove_identity(self, identity: Identity) -> None:
        state = self._watched.identity(identity)
        if state is None:
            return
        for resource in state.tokens:
            self._forget(TokenDue(identity, resource))
        for vault in state.vaults:
            self._forget(VaultDue(identity, vault))
        self._watched.removed.add(str(identity))
        place, was_selected = self._watched.selected, self._watched.chosen is state
        self._watched.identities.remove(state)
        if was_selected:
            self._watched.wanted, self._watched.of_view = self._after(place), None
        self._remember(lambda known: remembering.without_identity(known, identity))
        self._log.add("info", state.name, "removed")

    def _after(self, place: int) -> Identity | None:
        """What is looked at once the identity at this place is gone: what was looked at before it, else the next."""
        rest = [each.planned.identity for each in self._watched.identities]
        before = [each for each in self._watched.wanted_before if each in rest]
        return before[-1] if before else rest[min(place, len(rest) - 1)] if rest else None

    def _add_resource(self, resource: str, name: str) -> None:
        watched = self._watched
        if watched.resources is None or not resource or any(each.resource == resource for each in watched.resources):
            return
        watched.resources.append(PlannedResource(resource, name, "state"))
        self._scheduler.settle_board()
        self._remember(lambda known: remembering.with_resource(known, resource, name))
        if not watched.paused:
            for person in watched.identities:
                if resource in person.tokens:
                    self._scheduler.requests.acquire(person.planned.identity, resource)

    def _remove_resource(self, resource: str) -> None:
        watched = self._watched
        if watched.resources is None:
            return
        watched.resources = [each for each in watched.resources if each.resource != resource]
        for person in watched.identities:
            self._forget(TokenDue(person.planned.identity, resource))
        watched.fill()
        self._remember(lambda known: remembering.without_resource(known, resource))

    def _add_vault(self, text: str) -> None:
        vault = self._scheduler.vaults.watched(PlannedVault(text, origin="state"))
        if vault.refusal is not None:
            self._log.add("error", text, vault.refusal.message)
            return
        if self._watched.vault(vault.url) is None:
            self._watched.vaults.append(vault)
            self._watched.fill()
            self._remember(lambda known: remembering.with_vault(known, text))

    def _remove_vault(self, name: str) -> None:
        vault = self._watched.vault(name)
        if vault is None:
            return
        self._watched.vaults.remove(vault)
        given = vault.planned.vault
        for person in self._watched.identities:
            self._forget(VaultDue(person.planned.identity, given))
        self._watched.fill()
        self._remember(lambda known: remembering.without_vault(known, given))

    def _refresh(self, resource: str | None) -> None:
        state = self._watched.chosen
        if self._is_paused("a refresh") or state is None:
            return
        if self._watched.source.failure is not None:
            self._scheduler.check_host()
            return
        for each in state.tokens:
            if resource in (None, each):
                self._scheduler.requests.acquire(state.planned.identity, each, force=True)

    def _probe(self, intent: intents.Probe) -> None:
        state, vault = self._watched.chosen, self._watched.vault(intent.vault)
        if self._is_paused("a probe") or state is None:
            return
        if vault is None:
            self._log.add("warning", "vault", "there is no vault to probe: add one first")
            return
        self._scheduler.requests.probe(state.planned.identity, vault, intent.depth)

    def _watch(self, name: str, on: bool) -> None:
        state, vault = self._watched.chosen, self._watched.vault(name)
        if state is None or vault is None or (on and self._is_paused("a watch")):
            return
        if self._scheduler.vaults.watch(state.planned.identity, vault, on=on):
            self._scheduler.requests.probe_due(state.planned.identity, vault.planned.vault)

    async def _pause(self, paused: bool) -> None:
        watched = self._watched
        if paused == watched.paused:
            return
        watched.paused = paused
        self._log.add("info", "refresher", "paused: nothing is sent" if paused else "resumed")
        if paused:
            await self._scheduler.jobs.cancel_all()
        else:
            await self._scheduler.resume()

    def _set_interval(self, seconds: float) -> None:
        watched, scheduler = self._watched, self._scheduler
        watched.interval = min(max(seconds, SHORTEST_INTERVAL), LONGEST_INTERVAL)
        scheduler.schedule.put(HealthCheck(), scheduler.clock.now() + watched.interval)

    async def _look_as(self, process_id: int | None) -> None:
        if self._is_paused("another view"):
            return
        refusal = self._scheduler.host.look_as(process_id)
        if refusal:
            self._log.add("error", f"process {process_id}", refusal)
            return
        self._watched.select_by_view()
        whose = "this shell" if process_id is None else f"process {process_id}"
        self._log.add("info", "source", f"looking as {whose} does")
        await self._scheduler.restart()

    def _list_assigned(self) -> None:
        scheduler, state = self._scheduler, self._watched.chosen
        if self._is_paused("the question") or scheduler.requests.session is None or state is None:
            return
        identity = state.planned.identity
        work = ask_assigned(
            self._watched, scheduler.requests.session, identity, scheduler.clock, scheduler.plan.arm_endpoint
        )
        scheduler.jobs.start(AssignedAsked(), work)

    def _forget(self, due: TokenDue | VaultDue) -> None:
        self._scheduler.jobs.cancel(due)
        self._scheduler.schedule.drop(due)

    def _is_paused(self, what: str) -> bool:
        if self._watched.paused:
            self._log.add("warning", "refresher", f"paused: resume before {what}")
        return self._watched.paused
