"""Follows a refresher in the background, the way the dashboard does, and waits for what a test expects to see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from types import MappingProxyType

from mitui.clock import ManualClock
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.identity_view import IdentityView, TokenView, VaultView
from mitui.monitor.intents import Intent
from mitui.monitor.plan import Plan
from mitui.monitor.refresher import Refresher
from mitui.monitor.snapshot import Snapshot
from mitui.simulator.host import SimulatedHost

ARM = "https://management.azure.com"
VAULT = "https://vault.azure.net"
PATIENCE = 5.0


class Follower:
    """Every Snapshot that a refresher has yielded."""

    def __init__(self, refresher: Refresher, clock: ManualClock) -> None:
        self.refresher = refresher
        self.clock = clock
        self.seen: list[Snapshot] = []
        self.closed = False
        self._more = asyncio.Condition()

    async def run(self) -> None:
        async with aclosing(self.refresher.snapshots()) as snapshots:
            async for snapshot in snapshots:
                async with self._more:
                    self.seen.append(snapshot)
                    self._more.notify_all()

    @property
    def last(self) -> Snapshot:
        return self.seen[-1]

    @property
    def token(self) -> TokenView:
        """The first token of the selected identity."""
        return self.identity.tokens[0]

    @property
    def identity(self) -> IdentityView:
        identity = self.last.identity
        assert identity is not None
        return identity

    @property
    def vault(self) -> VaultView:
        return self.identity.vaults[0]

    def send(self, intent: Intent) -> None:
        self.refresher.send(intent)

    async def until(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        """The first Snapshot from the last one on for which it holds."""
        async with self._more:
            await asyncio.wait_for(
                self._more.wait_for(lambda: bool(self.seen) and holds(self.seen[-1])), timeout=PATIENCE
            )
            return self.seen[-1]

    async def complete(self) -> Snapshot:
        return await self.until(lambda snapshot: snapshot.complete)


@asynccontextmanager
async def following(
    plan: Plan, environment: HostEnvironment, clock: ManualClock, refresher: Refresher | None = None
) -> AsyncIterator[Follower]:
    """A follower that runs until the block ends."""
    follower = Follower(refresher or Refresher(plan, environment, clock), clock)
    task = asyncio.create_task(follower.run())
    try:
        yield follower
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def environment_of_host(host: SimulatedHost, **variables: str) -> HostEnvironment:
    """The environment of a process on a simulated host."""
    return HostEnvironment(MappingProxyType({**host.variables, **variables}), host.root)
