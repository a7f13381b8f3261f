"""One token asked for by the engine, against a simulated host or a plain listener."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mitui.clock import SystemClock
from mitui.engine.detection import detect
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import Identity, SystemAssigned
from mitui.engine.token.access_token import AccessToken
from mitui.engine.token_engine import TokenEngine
from mitui.http import GuardedClient
from mitui.simulator.host import SimulatedHost

VAULT = "https://vault.azure.net"


def environment_of(host: SimulatedHost, more: Mapping[str, str] | None = None, *, user: str = "web") -> HostEnvironment:
    """The view of a process on the simulated host."""
    return HostEnvironment({**host.variables, "USER": user, **(more or {})}, host.root)


async def ask(
    environment: HostEnvironment, identity: Identity | None = None, resource: str = VAULT, *, timeout: float = 0.6
) -> AccessToken | TokenFailure:
    """What the engine gets, within ``timeout`` seconds and its retries included."""
    clock = SystemClock()
    client = GuardedClient(clock)
    engine = TokenEngine(environment, detect(environment), client, clock, timeout=timeout)
    try:
        return await engine.acquire(identity or SystemAssigned(), resource)
    finally:
        await engine.aclose()
        await client.aclose()


async def fail(
    environment: HostEnvironment, identity: Identity | None = None, resource: str = VAULT, *, timeout: float = 0.6
) -> TokenFailure:
    """The same, where nothing but a failure will do."""
    outcome = await ask(environment, identity, resource, timeout=timeout)
    assert isinstance(outcome, TokenFailure)
    return outcome


def himds(root: Path) -> None:
    """Make the Arc agent seem installed."""
    agent = root / "opt/azcmagent/bin/himds"
    agent.parent.mkdir(parents=True, exist_ok=True)
    agent.touch(mode=0o755)
