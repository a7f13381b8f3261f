"""However the address of a token endpoint is spelled, no connection leaves for a stranger."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given

from mitui.clock import ManualClock
from mitui.engine.asking.endpoint_rule import Approved, judge
from mitui.engine.sources.source import Endpoint
from tests.hostility.mutations import changed
from tests.hostility.script import Script, scripted
from tests.hostility.texts import SOME

NEAR = [
    ipaddress.ip_network(each)
    for each in (
        *("127.0.0.0/8", "169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fe80::/10", "fc00::/7"),
    )
]


EDGES = ((127,), (169, 254), (10,), (172, 16), (172, 31), (192, 168), (8, 8), (172, 32), (100, 64), (0,), (168, 63))


def _spelled(script: Script) -> tuple[str, str, str]:
    """A scheme, one address as inet_aton, IPv6 and careless readers spell it, and a port."""
    octets = tuple(script.raw(4)) if script.number(2) else (*script.pick(EDGES), *script.raw(4))[:4]
    number = int.from_bytes(bytes(octets))
    dotted = ".".join(map(str, octets))
    host = script.pick(
        (
            dotted,
            f"{dotted}.",
            str(number),
            f"0x{number:08x}",
            ".".join(f"0{octet:o}" for octet in octets),
            ".".join(f"0x{octet:x}" for octet in octets),
            f"{octets[0]}.{number & 0xFFFFFF}",
            f"[::ffff:{dotted}]",
            f"[::{dotted}]",
            f"[64:ff9b::{dotted}]",
            f"[2002:{octets[0]:02x}{octets[1]:02x}:{octets[2]:02x}{octets[3]:02x}::1]",
            "".join(chr(0xFF10 + int(each)) if each.isdigit() else "\u3002" for each in dotted),
            f"{dotted}%2eexample",
            f"127.0.0.1@{dotted}",
            f"{dotted}\\@127.0.0.1",
            f"127.0.0.1%00.{dotted}",
            f"localhost.{dotted}",
            f"{dotted}#@127.0.0.1",
        )
    )
    if script.number(4) == 0:
        host = changed(script, host.encode()).decode("utf-8", "replace")
    return script.pick(("http", "https", "HTTP")), host, script.pick(("", ":80", ":1", ":65535", ":０"))


def _numeric_only(host: Any, *_: Any, **__: Any) -> Any:
    """What the resolver says of numbers in every spelling that the C library knows; names are asked of nobody."""
    return _REAL(host, 80, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


_REAL = socket.getaddrinfo


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all examples; to make one takes longer than to judge."""
    with asyncio.Runner() as runner:
        yield runner


@SOME
@example(spelled=("http", "localhost", ""))
@example(spelled=("HTTP", "[::%05\ufffdfff:127.0.0.0]", ""))
@given(spelled=scripted(_spelled))
def test_only_a_near_address_is_dialled(runner: asyncio.Runner, spelled: tuple[str, str, str]) -> None:
    scheme, host, port = spelled
    endpoint = Endpoint(f"{scheme}://{host}{port}/msi/token", "IDENTITY_ENDPOINT")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", _numeric_only)
        found = runner.run(judge(endpoint, frozenset(), ManualClock(), timeout=2))
    if isinstance(found, Approved) and host.lower() != "localhost":
        address = ipaddress.ip_address(found.dial.partition("%")[0])
        plain = getattr(address, "ipv4_mapped", None) or address
        assert any(plain.version == network.version and plain in network for network in NEAR), (host, found)
