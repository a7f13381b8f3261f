"""However the address of a token endpoint is spelled, no connection leaves for a stranger."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.clock import ManualClock
from mitui.engine.asking.endpoint_rule import Approved, judge
from mitui.engine.sources.source import Endpoint
from tests.hostility.texts import SOME

OCTETS = st.tuples(*[st.integers(0, 255)] * 4)
NEAR = [
    ipaddress.ip_network(each)
    for each in (
        *("127.0.0.0/8", "169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fe80::/10", "fc00::/7"),
    )
]


def _spellings(octets: tuple[int, ...]) -> st.SearchStrategy[str]:
    """One address as inet_aton, IPv6 and careless readers spell it."""
    number = int.from_bytes(bytes(octets))
    dotted = ".".join(map(str, octets))
    return st.sampled_from(
        [
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
        ]
    )


def _numeric_only(host: Any, *_: Any, **__: Any) -> Any:
    """What the resolver says of numbers in every spelling that the C library knows; names are asked of nobody."""
    return _REAL(host, 80, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


_REAL = socket.getaddrinfo


@SOME
@given(
    OCTETS.flatmap(_spellings),
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["", ":80", ":1", ":65535", ":０"]),
)
def test_only_a_near_address_is_dialled(host: str, scheme: str, port: str) -> None:
    async def ask() -> object:
        return await judge(
            Endpoint(f"{scheme}://{host}{port}/msi/token", "IDENTITY_ENDPOINT"), frozenset(), ManualClock(), timeout=2
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", _numeric_only)
        found = asyncio.run(ask())
    if isinstance(found, Approved):
        address = ipaddress.ip_address(found.dial.partition("%")[0])
        plain = getattr(address, "ipv4_mapped", None) or address
        assert any(plain.version == network.version and plain in network for network in NEAR), (host, found)
