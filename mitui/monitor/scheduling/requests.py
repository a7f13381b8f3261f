"""Starts token requests and probes in the background, each at most once at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mitui.engine.identity import Identity
from mitui.monitor.plan import Plan
from mitui.monitor.scheduling.due_items import Due, TokenDue, VaultDue
from mitui.monitor.scheduling.jobs import Jobs
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.session import Session
from mitui.monitor.watch_state import WatchedVault, WatchState
from mitui.monitor.watches.host import HostWatch
from mitui.monitor.watches.token import TokenWatch

if TYPE_CHECKING:
    from mitui.keyvault.verdict import ProbeDepth
    from mitui.monitor.watches.vault import VaultWatch


class Requests:
    """What is asked of endpoints and vaults. ``session`` is None until there is a view of the host.

    ``vaults`` is called for the watch over vaults, which is loaded once there is one.
    """

    def __init__(
        self,
        plan: Plan,
        watched: WatchState,
        schedule: Schedule[Due],
        jobs: Jobs,
        host: HostWatch,
        tokens: TokenWatch,
        vaults: Callable[[], VaultWatch],
    ) -> None:
        self.session: Session | None = None
        self._plan = plan
        self._watched = watched
        self._schedule = schedule
        self._jobs = jobs
        self._host = host
        self._tokens = tokens
        self._vaults = vaults

    def acquire(self, identity: Identity, resource: str, *, force: bool = False) -> None:
        """Ask for one token, unless that is under way already.

        Past the cache with ``force``, and after a failure: only the endpoint can tell that it is over.
        """
        key = TokenDue(identity, resource)
        state = self._watched.token(identity, resource)
        force = force or (state is not None and state.failure is not None)
        if self.session is None or self._jobs.running(key) or self._host.silence is not None:
            return
        self._schedule.drop(key)
        self._jobs.start(key, self._tokens.acquire(self.session, identity, resource, force=force))

    def acquire_all(self) -> None:
        """Ask for every token on the board, those of the selected identity first."""
        chosen = self._watched.chosen
        for each in sorted(self._watched.identities, key=lambda state: state is not chosen):
            for resource in each.tokens:
                self.acquire(each.planned.identity, resource)

    def probe(self, identity: Identity, vault: WatchedVault, depth: ProbeDepth) -> None:
        """Probe a vault, unless that is under way already."""
        key = VaultDue(identity, vault.planned.vault)
        if self.session is None or self._jobs.running(key):
            return
        self._schedule.drop(key)
        self._jobs.start(key, self._vaults().probe(self.session, identity, vault, depth))

    def probe_due(self, identity: Identity, name: str) -> None:
        """Probe the vault that was given as ``name`` as deep as is planned for it."""
        person, vault = self._watched.identity(identity), self._watched.vault(name)
        if person is None or vault is None or name not in person.vaults:
            return
        watch = person.vaults[name].watch
        watching = watch is not None and watch.granted_at is None
        # The deepest tier is for one confirmed probe, not for one every 30 s.
        self.probe(identity, vault, "read" if watching and vault.planned.depth == "deep" else vault.planned.depth)

    def probe_at_start(self) -> None:
        """Probe the vaults that are to be probed without being asked."""
        for vault in self._watched.vaults:
            for person in self._watched.identities:
                if vault.planned.vault in person.vaults and (self._plan.probe_at_start or vault.planned.probe_every):
                    self.probe(person.planned.identity, vault, vault.planned.depth)
