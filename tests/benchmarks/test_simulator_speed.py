"""How many token requests a second the simulated host serves on loopback, on one core of its own."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

_PROJECT = Path(__file__).parents[2]
_TARGET = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net"
_LEAST = 1_000
_REQUESTS = 4_000


def _served_per_second(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Metadata": "true"}
    started = 0.0
    for index in range(_REQUESTS + 100):
        if index == 100:
            started = time.perf_counter()
        connection.request("GET", _TARGET, headers=headers)
        reply = connection.getresponse()
        assert reply.status == 200
        reply.read()
    connection.close()
    return _REQUESTS / (time.perf_counter() - started)


@pytest.mark.parametrize("log", ["none", "text"])
def test_a_thousand_token_requests_a_second(log: str) -> None:
    serving = [sys.executable, "-m", "mitui", "simulate", "imds", "--log", log]
    with subprocess.Popen(
        serving, cwd=_PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
            assert process.stdout is not None
            port = urlsplit(process.stdout.readline().strip().partition("=")[2]).port
            assert port is not None
            rate = max(_served_per_second(port) for _ in range(3))
        finally:
            process.kill()
    sys.stdout.write(f"\nlog {log}: {rate:,.0f} token requests a second, one after another (at least {_LEAST:,})\n")
    assert rate >= _LEAST
