"""The engine on a simulated host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, Final, TypeVar

from mitui.clock import Clock, ManualClock, SystemClock
from mitui.engine.detection import detect
from mitui.engine.engine_event import EngineEvent
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId, Identity, ObjectId, ResourceId, SystemAssigned
from mitui.engine.token.access_token import AccessToken
from mitui.engine.token_engine import TokenEngine
from mitui.http import GuardedClient
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SimulatedIdentity

VAULT: Final = "https://vault.azure.net"
ARM: Final = "https://management.azure.com"
SYSTEM: Final = SystemAssigned()
Outcome = TypeVar("Outcome")


def environment_on(host: SimulatedHost, variables: Mapping[str, str] | None = None) -> HostEnvironment:
    """The view of a process on this host; ``variables`` come on top of the host's own."""
    return HostEnvironment(MappingProxyType({**host.variables, **(variables or {})}), host.root)


@asynccontextmanager
async def engine_on(
    host: SimulatedHost,
    *,
    clock: Clock | None = None,
    variables: Mapping[str, str] | None = None,
    timeout: float | None = 5.0,
    allow_endpoints: frozenset[str] = frozenset(),
    observer: Callable[[EngineEvent], None] | None = None,
) -> AsyncIterator[TokenEngine]:
    """An engine with a client of its own, both closed in the end."""
    environment = environment_on(host, variables)
    async with engine_in(environment, clock, timeout, allow_endpoints, observer) as engine:
        yield engine


@asynccontextmanager
async def engine_in(
    environment: HostEnvironment,
    clock: Clock | None = None,
    timeout: float | None = 5.0,
    allow_endpoints: frozenset[str] = frozenset(),
    observer: Callable[[EngineEvent], None] | None = None,
    ca_file: str = "",
) -> AsyncIterator[TokenEngine]:
    """An engine in this environment."""
    clock = clock or SystemClock()
    client = GuardedClient(clock)
    engine = TokenEngine(
        environment,
        detect(environment),
        client,
        clock,
        timeout=timeout,
        allow_endpoints=allow_endpoints,
        ca_file=ca_file,
        observer=observer,
    )
    try:
        yield engine
    finally:
        await engine.aclose()
        await client.aclose()


def selected(selector: str, identity: SimulatedIdentity) -> Identity:
    """How ``selector`` asks for this identity."""
    if selector == "client_id":
        return ClientId(identity.client_id)
    if selector == "object_id":
        return ObjectId(identity.object_id)
    return ResourceId(identity.resource_id) if selector == "resource_id" else SYSTEM


def token(outcome: AccessToken | TokenFailure) -> AccessToken:
    """The token that it must be."""
    assert isinstance(outcome, AccessToken), outcome
    return outcome


def failure(outcome: AccessToken | TokenFailure) -> TokenFailure:
    """The failure that it must be."""
    assert isinstance(outcome, TokenFailure), outcome
    return outcome


async def driven(clock: ManualClock, work: Coroutine[Any, Any, Outcome], step: float = 0.5) -> Outcome:
    """The outcome of ``work`` with the clock moved on whenever someone sleeps; sockets run at their own pace."""
    task = asyncio.ensure_future(work)
    while not task.done():
        if clock.sleeping:
            await clock.advance(step)
        else:
            await asyncio.sleep(0.001)
    return task.result()


async def until(condition: Callable[[], object]) -> None:
    """Return once the condition holds; what it watches happens on a thread or behind a socket."""
    while not condition():  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.001)
