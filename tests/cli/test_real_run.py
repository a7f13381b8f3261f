"""The real address, in a network namespace of its own: IMDS at 169.254.169.254 port 80, and nothing at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from functools import cache

import pytest

from tests.cli.commands import TIMEOUT

WEB = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
# What runs inside: an optional simulated IMDS at the real address, then mitui with no identity variable set.
_INSIDE = """
import contextlib, json, subprocess, sys
from mitui.simulator.host import SimulatedHost
serve, *arguments = sys.argv[1:]
host = SimulatedHost("imds", host="169.254.169.254", port=80) if serve == "imds" else contextlib.nullcontext()
with host:
    done = subprocess.run([sys.executable, "-m", "mitui", *arguments], capture_output=True, text=True)
print(json.dumps([done.returncode, done.stdout, done.stderr]))
"""
_SETUP = {
    "imds": "ip link set lo up && ip address add 169.254.169.254/32 dev lo",
    "nothing": "ip link set lo up",
    "vpn": "ip link set lo up && ip link add tun0 type veth peer name far && ip address add 10.8.0.2/24 dev tun0 && "
    "ip link set tun0 up && ip link set far up && ip route add default via 10.8.0.1 dev tun0",
}


@cache
def why_no_namespace() -> str:
    """Why there can be no network namespace here, or ""."""
    try:
        tried = subprocess.run(
            ["unshare", "-rn", "sh", "-c", _SETUP["imds"]],
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
    except OSError as error:
        return f"unshare can't be run: {error.strerror}"
    return "" if tried.returncode == 0 else f"the kernel refuses a network namespace: {tried.stderr.strip()}"


@pytest.fixture(autouse=True)
def namespaces() -> None:
    if why_no_namespace():
        pytest.skip(why_no_namespace())


def in_a_namespace(serve: str, command: list[str]) -> list[str]:
    """The command, in a network namespace where ``serve`` says which addresses there are."""
    return ["unshare", "-rn", "sh", "-c", f'{_SETUP[serve]} && exec "$@"', "sh", *command]


def inside(serve: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of mitui in a namespace of its own."""
    hidden = ("AZURE_", "IDENTITY_", "IMDS_", "MSI_", "HTTP_PROXY", "http_proxy")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    done = subprocess.run(
        in_a_namespace(serve, [sys.executable, "-c", _INSIDE, serve, *arguments]),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        env=variables,
    )
    assert done.returncode == 0, done.stderr
    code, out, err = json.loads(done.stdout)
    return code, out, err


def test_imds_at_its_real_address() -> None:
    code, out, err = inside("imds", "check", "--json", "--identity", "system", "--identity", f"client:{WEB}")
    assert err == ""
    document = json.loads(out)
    assert (code, document["status"], document["source"]["kind"]) == (0, "ok", "imds")
    assert document["source"]["endpoint"].startswith("http://169.254.169.254/")
    assert [each["actual"]["kind"] for each in document["identities"]] == ["system-assigned", "user-assigned"]


def test_nothing_at_all_is_a_verdict_within_three_seconds() -> None:
    started = time.monotonic()
    code, out, err = inside("nothing", "check")
    assert time.monotonic() - started < 3.0
    assert (code, err) == (3, "")
    assert out.startswith("unknown: no managed identity endpoint")
    assert "169.254.169.254" in out


def test_a_tunnel_that_swallows_packets_for_imds_is_named() -> None:
    code, out, err = inside("vpn", "check", "--json")
    failure = json.loads(out)["source"]["failure"]
    assert (code, err, failure["kind"]) == (3, "", "no_endpoint")
    assert failure["also_tried"][0] == (
        "routing table: the default route leads to 169.254.169.254 by 10.8.0.1 on tun0, which is a tunnel (a VPN)"
    )
