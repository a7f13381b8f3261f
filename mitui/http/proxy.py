"""Which proxy the environment asks for, as the SDKs read it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit


def proxy_for(url: str, variables: Mapping[str, str], *, even_loopback: bool = False) -> str:
    """The proxy's URL for this URL, or "" for none.

    Reads HTTPS_PROXY or HTTP_PROXY by the URL's scheme, then ALL_PROXY, lower case first, and NO_PROXY. A loopback host
    is not proxied, unless ``even_loopback`` says so: Python's requests does that.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    if not host or (is_loopback(host) and not even_loopback) or _is_exempt(host, port, _either(variables, "no_proxy")):
        return ""
    proxy = _either(variables, f"{parts.scheme}_proxy") or _either(variables, "all_proxy")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def proxy_label(proxy: str) -> str:
    """The proxy's host and port, without the credentials that its URL may hold."""
    try:
        return urlsplit(proxy).netloc.rpartition("@")[2]
    except ValueError:
        return "(no URL)" if proxy else ""


def _either(variables: Mapping[str, str], name: str) -> str:
    return (variables.get(name) or variables.get(name.upper()) or "").strip()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: localhost, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # From Python 3.13 on, ::ffff:127.0.0.1 is loopback for the library as well.
    return address == ipaddress.IPv6Address("::1") or (address.version == 4 and address.is_loopback)


def _is_exempt(host: str, port: int, no_proxy: str) -> bool:
    for entry in (part.strip().lower() for part in no_proxy.split(",")):
        name, colon, entry_port = entry.rpartition(":")
        if colon and entry_port.isdigit() and "/" not in entry and name.count(":") == 0:
            if int(entry_port) != port:
                continue
            entry = name
        if entry == "*" or _matches(host, entry):
            return True
    return False


def _matches(host: str, entry: str) -> bool:
    if not entry:
        return False
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        suffix = entry.removeprefix("*").lstrip(".")
        return host == suffix or host.endswith(f".{suffix}")
