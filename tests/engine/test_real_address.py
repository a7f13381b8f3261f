"""The well-known address itself, in a network namespace where nothing but the simulator can answer on it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import asyncio, json, sys, time
from contextlib import nullcontext
from mitui.clock import SystemClock
from mitui.engine.detection import detect
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.lookup import host_facts
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.engine.asking.health_check import probe_imds
from mitui.engine.token_engine import TokenEngine
from mitui.http import GuardedClient
from mitui.simulator.host import SimulatedHost, default_identities

async def main():
    clock = SystemClock()
    environment = HostEnvironment({})
    client = GuardedClient(clock)
    engine = TokenEngine(environment, detect(environment), client, clock)
    started = time.monotonic()
    probe = await probe_imds(environment, client, clock)
    probed = time.monotonic() - started
    facts = await host_facts(environment, detect(environment), client, clock)
    web = ClientId(default_identities()[0].client_id)
    tokens = [await engine.acquire(one, "https://vault.azure.net") for one in (SystemAssigned(), web)]
    shown = [getattr(one, "kind", None) or one.actual.kind for one in tokens]
    seen = {"probe": probe.answerer, "message": probe.message, "seconds": probed, "name": facts.name, "got": shown}
    print(json.dumps(seen))
    await engine.aclose()
    await client.aclose()

with SimulatedHost("imds", host="169.254.169.254", port=80) if sys.argv[1] == "azure" else nullcontext():
    asyncio.run(main())
"""


def _in_namespace(setup: str, argument: str) -> dict[str, Any]:
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None:
        pytest.skip("unshare or ip is not installed")
    if subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("the kernel gives no network namespace")
    done = subprocess.run(
        [unshare, "-rn", "sh", "-c", f'{setup}exec "$0" -c "$1" "$2"', sys.executable, PROGRAM, argument],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_imds_at_its_own_address() -> None:
    seen = _in_namespace("ip link set lo up && ip addr add 169.254.169.254/32 dev lo && ", "azure")
    assert seen["probe"] == "imds"
    assert seen["name"] == "vm-web-01"
    assert seen["got"] == ["system-assigned", "user-assigned"]


def test_a_host_with_no_network_at_all() -> None:
    seen = _in_namespace("", "nothing")
    assert seen["probe"] == "nobody"
    assert "no route" in seen["message"]
    assert seen["seconds"] < 3
    assert seen["got"] == ["unreachable", "unreachable"]
