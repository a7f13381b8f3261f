"""The engine against MSAL Python and a bare httpx GET, on the same simulated host in the same run."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Any

import httpx
import msal
import pytest
import requests

from mitui.engine.host.environment import HostEnvironment
from mitui.simulator.host import SimulatedHost
from tests.benchmarks.hurried_clock import HurriedClock
from tests.benchmarks.separate_host import separate_host
from tests.benchmarks.table import compare
from tests.engine.support import ARM, SYSTEM, VAULT, engine_in, engine_on, token

ROUNDS = 300


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def _msal_client(session: requests.Session) -> Any:
    return msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)


@pytest.mark.parametrize("again", [True, False], ids=["again", "new"])
async def test_cold_token_against_httpx_and_msal(again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with separate_host(hands_out_again=again) as variables, requests.Session() as session:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        base = variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"]
        url = f"{base}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={VAULT}"
        environment = HostEnvironment(MappingProxyType(variables))
        async with httpx.AsyncClient(trust_env=False) as bare, engine_in(environment, HurriedClock()) as engine:

            async def by_httpx() -> None:
                reply = await bare.get(url, headers={"Metadata": "true"})
                assert reply.status_code == 200

            async def by_engine() -> None:
                token(await engine.acquire(SYSTEM, VAULT, force=True))

            async def by_msal() -> None:
                assert "access_token" in _msal_client(session).acquire_token_for_client(resource=VAULT)

            ways = [("engine", by_engine), ("httpx", by_httpx), ("msal", by_msal)]
            times: dict[str, list[float]] = {name: [] for name, _ in ways}
            for _ in range(ROUNDS):
                random.shuffle(ways)  # what runs after its like finds the caches warm
                for name, way in ways:
                    times[name].append(await _timed(way))
    ours = statistics.median(times["engine"])
    what = "asked for again, the same token" if again else "asked for, a new token"
    compare(what, ours, "a bare httpx GET", statistics.median(times["httpx"]), limit=1.3)
    compare(what, ours, "MSAL Python", statistics.median(times["msal"]), limit=1.4)


async def test_a_thousand_callers() -> None:
    with SimulatedHost("imds") as host:
        async with engine_on(host) as engine:
            started = time.perf_counter()
            await asyncio.gather(*(engine.acquire(SYSTEM, VAULT) for _ in range(1000)))
            elapsed = time.perf_counter() - started
        sys.stdout.write(f"\n1,000 callers of one token: {len(host.requests)} request, {elapsed * 1000:.1f} ms\n")
        assert len(host.requests) == 1


async def test_memory_of_a_thousand_tokens() -> None:
    with SimulatedHost("imds") as host:
        async with engine_on(host, clock=HurriedClock(), timeout=None) as engine:
            text = len(token(await engine.acquire(SYSTEM, ARM)).secret)
            host.requests.clear()
            gc.collect()
            tracemalloc.start()
            try:
                for number in range(1000):
                    token(await engine.acquire(SYSTEM, f"{ARM}/{number}"))
                    host.requests.clear()
                gc.collect()
                snapshot = tracemalloc.take_snapshot()
            finally:
                tracemalloc.stop()
            kept = sum(
                trace.size
                for trace in snapshot.filter_traces(
                    [tracemalloc.Filter(False, "*/simulator/*"), tracemalloc.Filter(False, "*/socket*.py")]
                ).traces
            )
    each = kept / 1000 - text
    sys.stdout.write(f"\n1,000 tokens: {each:,.0f} B each beyond the token's own {text:,} characters\n")
    assert each < 6000
