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

from mitui.clock import SystemClock
from mitui.engine.host.environment import HostEnvironment
from mitui.simulator.host import SimulatedHost
from tests.benchmarks.separate_host import separate_host
from tests.engine.support import ARM, SYSTEM, VAULT, engine_in, engine_on, token

ROUNDS = 300


class HurriedClock(SystemClock):
    """The machine's clock, but for waits: they are over at once, and the time has moved on by as much."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return super().now() + self._ahead

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        self._ahead += max(0.0, seconds)


def _report(what: str, ours: float, theirs: float, limit: float) -> None:
    ratio = ours / theirs
    sys.stdout.write(
        f"\n{what}: {ours * 1e6:,.1f} µs against {theirs * 1e6:,.1f} µs, ratio {ratio:.2f} (limit {limit})\n"
    )
    assert ratio <= limit


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def _msal_client(session: requests.Session) -> Any:
    return msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)


async def test_cached_token_against_msal(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("imds") as host, requests.Session() as session:
        for name, value in host.variables.items():
            monkeypatch.setenv(name, value)
        theirs = _msal_client(session)
        assert "access_token" in theirs.acquire_token_for_client(resource=VAULT)
        async with engine_on(host) as engine:
            token(await engine.acquire(SYSTEM, VAULT))
            mine, other = [], []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                for _ in range(20):
                    await engine.acquire(SYSTEM, VAULT)
                mine.append((time.perf_counter() - started) / 20)
                started = time.perf_counter()
                assert theirs.acquire_token_for_client(resource=VAULT)["token_source"] == "cache"
                other.append(time.perf_counter() - started)
        assert len(host.requests) == 2
    _report("cached acquire, MSAL Python", statistics.median(mine), statistics.median(other), 0.5)


async def test_cold_token_against_httpx_and_msal(monkeypatch: pytest.MonkeyPatch) -> None:
    with separate_host() as variables, requests.Session() as session:
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
    _report("cold acquire, bare httpx GET", ours, statistics.median(times["httpx"]), 1.3)
    _report("cold acquire, MSAL Python", ours, statistics.median(times["msal"]), 1.4)


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
