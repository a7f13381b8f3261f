"""Which token endpoints may be called: whoever sets a variable must not choose where secrets and tokens go."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mitui.clock import Clock
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.sources.source import Endpoint
from mitui.http import HttpFailure, resolve
from mitui.safe_text import without_credentials

if TYPE_CHECKING:
    from mitui.http.httpx_without_its_cli import httpx

_NEAR: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8",
        "169.254.0.0/16",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fe80::/10",
        "fc00::/7",
    )
)


@dataclass(frozen=True, slots=True)
class Approved:
    """An endpoint that may be called. ``dial`` is the address to connect to, the very one that was judged.

    ``is_lasting`` says that no name was looked up: the same URL would be judged the same again.
    """

    dial: str
    is_loopback: bool
    is_lasting: bool = False


async def judge(
    endpoint: Endpoint, allowed: frozenset[str], clock: Clock, *, timeout: float
) -> Approved | Refusal | HttpFailure:
    """Whether this endpoint may be called: its host is loopback, link-local or private, or named in ``allowed``.

    A host name is resolved, within ``timeout`` seconds, and every address it has must be near. HttpFailure means that
    it could not be resolved. An outward endpoint is called over TLS only, at the hosts that it names itself.
    """
    from mitui.http.httpx_without_its_cli import httpx

    named = endpoint.variable or "the endpoint"
    facts = (("variable", endpoint.variable), ("endpoint", without_credentials(endpoint.url)[:300]))
    host = ""
    try:
        url = httpx.URL(endpoint.url)
        problem = _url_problem(endpoint, url)
        host = url.raw_host.decode("ascii").lower()  # raises for what httpx takes within brackets
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        problem = str(error)
    if problem:
        return Refusal(FailureKind.ENDPOINT_INVALID, f"{named} holds no usable URL: {problem}", facts=facts)
    is_named = host in allowed or url.host.lower() in allowed
    if endpoint.outward is not None and (is_named or host in endpoint.outward.hosts):
        return Approved("", False, True)
    if endpoint.outward is not None and not endpoint.outward.near:
        return Refusal(
            FailureKind.ENDPOINT_NOT_ALLOWED,
            f"{named} points to {host}, {_STRANGER}: the pod's token is not sent there unless allowed",
            facts=(*facts, ("host", host)),
        )
    if host == "localhost":
        return Approved("", True, True)
    found = await resolve(host, url.port or 80, timeout=timeout, clock=clock)
    if isinstance(found, HttpFailure):
        return found
    addresses = [_address(text) for text in found]
    if is_named or not endpoint.variable or all(map(_is_near, addresses)):
        is_lasting = found == (host,)
        return Approved(found[0], all(address.is_loopback for address in addresses), is_lasting)
    return Refusal(
        FailureKind.ENDPOINT_NOT_ALLOWED,
        f"{named} points to {host}, which is neither this machine nor in a private network: not called unless allowed",
        facts=(*facts, ("host", host)),
    )


_STRANGER: Final = "which is not Entra ID in any known cloud"


def _url_problem(endpoint: Endpoint, url: httpx.URL) -> str:
    text = endpoint.url
    if endpoint.outward is not None and url.scheme != "https":
        return "it must start with https://, so that the pod's token is not sent in the clear"
    if url.scheme not in ("http", "https"):
        return "it must start with http:// or https://"
    if not url.host:
        return "it names no host"
    if url.userinfo:
        return "it holds a user name"
    if "#" in text:
        return "it holds a fragment (#)"
    if text != text.strip() or " " in text or "\\" in text:
        return "it holds a space or a backslash"
    if url.port is not None and not 0 < url.port < 65536:
        return f"{url.port} is no port"
    return ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_near(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address.version == network.version and address in network for network in _NEAR)
