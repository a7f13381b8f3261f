"""Where this host would send a packet: Linux's routing table and its neighbours, read from files, nothing sent.

The formats are those of fib_trie.c and arp.c in Linux's net/ipv4: addresses in /proc/net/route are 32-bit numbers in
the machine's byte order, flags are hexadecimal (RTF_UP 0x1, RTF_GATEWAY 0x2, RTF_REJECT 0x200); in /proc/net/arp the
flag 0x2 (ATF_COM) stands for an entry that is complete.
"""

from __future__ import annotations

import ipaddress
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.regular_file import FileContent, read_regular_file

_UP: Final = 0x1
_GATEWAY: Final = 0x2
_REJECT: Final = 0x200
_COMPLETE: Final = 0x2
_TUNNELS: Final = ("tun", "tap", "wg", "ppp", "utun", "tailscale", "zt", "nordlynx", "gpd", "cscotun")
_LARGEST: Final = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Route:
    """The way to an address. ``next_hop`` is the address that has to answer on the link; "" where there is no way."""

    words: str
    device: str = ""
    next_hop: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    network: ipaddress.IPv4Network
    gateway: str
    device: str
    flags: int
    metric: int


def route_to(environment: HostEnvironment, address: str) -> Route | None:
    """The route to an IPv4 address in words; None where there is no table to read."""
    text = _table(environment, "route")
    if text is None:
        return None
    target = ipaddress.IPv4Address(address)
    rows = [row for line in text.splitlines()[1:] if (row := _row(line)) is not None]
    fitting = [row for row in rows if row.flags & _UP and target in row.network]
    if not fitting:
        return Route(f"no entry leads to {address}, and there is no default route")
    row = max(fitting, key=lambda each: (each.network.prefixlen, -each.metric))
    entry = "the default route" if row.network.prefixlen == 0 else f"the entry {row.network}"
    if row.flags & _REJECT:
        return Route(f"{entry} refuses packets for {address}", row.device)
    by_gateway = bool(row.flags & _GATEWAY)
    way = f"by {row.gateway} on {row.device}" if by_gateway else f"directly on {row.device}"
    tunnel = ", which is a tunnel (a VPN)" if row.device.lower().startswith(_TUNNELS) else ""
    return Route(f"{entry} leads to {address} {way}{tunnel}", row.device, row.gateway if by_gateway else address)


def neighbour_words(environment: HostEnvironment, route: Route) -> str:
    """Whether the next hop answers on its link; "" where the table has no entry for it."""
    text = _table(environment, "arp") if route.next_hop else None
    for line in (text or "").splitlines()[1:]:
        fields = line.split()
        if len(fields) >= 6 and fields[0] == route.next_hop and fields[5] == route.device:
            known = bool(_number(fields[2], 16) & _COMPLETE)
            if known:
                return f"{route.next_hop} answers on {route.device}, so the link is in order"
            return f"{route.next_hop} does not answer on {route.device}: no machine there, or the link is cut"
    return ""


def _row(line: str) -> _Row | None:
    fields = line.split()
    if len(fields) < 8:
        return None
    try:
        network = ipaddress.IPv4Network((_address(fields[1]), _address(fields[7])), strict=False)
        return _Row(network, _address(fields[2]), fields[0], int(fields[3], 16), int(fields[6]))
    except ValueError:
        return None


def _address(text: str) -> str:
    number = int(text, 16)
    if not 0 <= number < 1 << 32:
        raise ValueError(text)
    return str(ipaddress.IPv4Address(number.to_bytes(4, sys.byteorder)))


def _number(text: str, base: int) -> int:
    try:
        return int(text, base)
    except ValueError:
        return 0


def _table(environment: HostEnvironment, name: str) -> str | None:
    """The text of one table of the process whose view this is; None where it can't be read."""
    process = environment.process_id
    path = environment.path(f"/proc/net/{name}") if process is None else Path(f"/proc/{process}/net/{name}")
    found = read_regular_file(path, _LARGEST, follow_links=True, cut=True)
    return found.content.decode("ascii", "replace") if isinstance(found, FileContent) else None
