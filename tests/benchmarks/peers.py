"""Each peer as its users call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import MappingProxyType
from typing import Final

import msal
import requests
from azure.identity import ManagedIdentityCredential
from azure.identity.aio import ManagedIdentityCredential as AsyncCredential

from mitui.engine.host.environment import HostEnvironment
from tests.benchmarks.hurried_clock import HurriedClock
from tests.engine.support import SYSTEM, engine_in, token

Ask = Callable[[str], Awaitable[None]]
Client = Callable[[AsyncExitStack], Awaitable[Ask]]
"""Makes a client that has no token yet; the stack closes it."""


def clients(variables: dict[str, str]) -> dict[str, Client]:
    """mitui's engine and its peers, by name. Those that block run on this thread, as a script would have them."""
    environment = HostEnvironment(MappingProxyType(variables))
    session = requests.Session()

    async def ours(stack: AsyncExitStack) -> Ask:
        engine = await stack.enter_async_context(engine_in(environment, HurriedClock()))

        async def ask(resource: str) -> None:
            token(await engine.acquire(SYSTEM, resource))

        return ask

    async def by_msal(stack: AsyncExitStack) -> Ask:
        client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)

        async def ask(resource: str) -> None:
            assert "access_token" in client.acquire_token_for_client(resource=resource)

        return ask

    async def by_azure(stack: AsyncExitStack) -> Ask:
        credential = stack.enter_context(ManagedIdentityCredential())

        async def ask(resource: str) -> None:
            assert credential.get_token(f"{resource}/.default").token

        return ask

    async def by_azure_async(stack: AsyncExitStack) -> Ask:
        credential = await stack.enter_async_context(AsyncCredential())

        async def ask(resource: str) -> None:
            assert (await credential.get_token(f"{resource}/.default")).token

        return ask

    return {
        OURS: ours,
        "MSAL Python": by_msal,
        "azure-identity": by_azure,
        "azure-identity, async": by_azure_async,
    }


OURS: Final = "mitui"
