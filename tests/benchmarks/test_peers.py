"""The engine against MSAL Python and azure-identity, on the same simulated host in the same run."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests.benchmarks.peers import OURS, Client, clients
from tests.benchmarks.separate_host import separate_host
from tests.benchmarks.table import compare
from tests.engine.support import ARM, VAULT

CACHED, COLD, MANY, CALLERS = 400, 60, 1000, 100
CACHED_LIMITS = {"MSAL Python": 0.5}
COLD_LIMITS = {"MSAL Python": 1.4}


@pytest.fixture
def everyone(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Client]]:
    with separate_host() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield clients(variables)


async def test_a_cached_token(everyone: dict[str, Client]) -> None:
    async with AsyncExitStack() as stack:
        asks = {name: await client(stack) for name, client in everyone.items()}
        taken: dict[str, list[float]] = {name: [] for name in asks}
        for _ in range(CACHED):
            for name in random.sample(sorted(asks), len(asks)):
                started = time.perf_counter()
                await asks[name](VAULT)
                taken[name].append(time.perf_counter() - started)
    _tell("a cached token", taken, CACHED_LIMITS)


async def test_a_cold_token(everyone: dict[str, Client]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in everyone}
    for _ in range(COLD):
        for name in random.sample(sorted(everyone), len(everyone)):
            async with AsyncExitStack() as stack:
                ask = await everyone[name](stack)
                started = time.perf_counter()
                await ask(VAULT)
                taken[name].append(time.perf_counter() - started)
    _tell("a first token, with a new client", taken, {})


async def test_callers_at_the_same_time(everyone: dict[str, Client]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in everyone}
    for _ in range(10):
        for name in random.sample(sorted(everyone), len(everyone)):
            async with AsyncExitStack() as stack:
                ask = await everyone[name](stack)
                started = time.perf_counter()
                await asyncio.gather(*(ask(VAULT) for _ in range(CALLERS)))
                taken[name].append(time.perf_counter() - started)
    _tell(f"{CALLERS} callers of one token at once", taken, {})


async def test_a_thousand_tokens(everyone: dict[str, Client]) -> None:
    taken: dict[str, list[float]] = {}
    for name, client in everyone.items():
        async with AsyncExitStack() as stack:
            ask = await client(stack)
            started = time.perf_counter()
            for number in range(MANY):
                await ask(f"{ARM}/{number}")
            taken[name] = [time.perf_counter() - started]
    _tell("1,000 tokens, one after the other", taken, {})


def _tell(what: str, taken: dict[str, list[float]], limits: dict[str, float]) -> None:
    medians = {name: statistics.median(each) for name, each in taken.items()}
    ours = medians.pop(OURS)
    for name, theirs in medians.items():
        compare(what, ours, name, theirs, limit=limits.get(name))
