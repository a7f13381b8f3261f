"""The 401 challenge of a vault: read it in every spelling, and judge whether it is that of the vault we mean.

The challenge decides nothing but whether to go on: the resource to ask for comes from the table of clouds. A host that
names another resource is not the vault we mean, and it gets no token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from urllib.request import parse_http_list

from mitui.engine.identity import is_guid
from mitui.http.proxy import is_loopback
from mitui.keyvault.address import VaultAddress
from mitui.safe_text import visible_line

_HEADER_LIMIT: Final = 8192


@dataclass(frozen=True, slots=True)
class Challenge:
    """One Bearer challenge. Texts come from outside. ``problem`` is a sentence if it contradicts itself, else ""."""

    tenant: str = ""
    authority: str = ""  # the host that the vault says issues its tokens
    resource: str = ""
    claims: str = ""
    error: str = ""
    problem: str = ""


def parse_challenges(headers: Iterable[str]) -> tuple[Challenge, ...]:
    """Every distinct Bearer challenge in the values of ``WWW-Authenticate``; other schemes are passed over.

    Values stand in quotes or not, separated by commas with or without spaces; the authority is called
    ``authorization`` or ``authorization_uri``; the audience ``resource``, or ``scope`` with ``/.default`` after it.
    Never raises.
    """
    found: list[Challenge] = []
    for header in headers:
        for scheme, pairs in _split(header[:_HEADER_LIMIT]):
            if scheme.lower() == "bearer" and pairs:
                challenge = _read(pairs)
                if challenge not in found:
                    found.append(challenge)
    return tuple(found)


def judge(challenges: tuple[Challenge, ...], address: VaultAddress) -> str:
    """ "" if the challenge is that of this vault, else one sentence that says why no token is sent there."""
    if not challenges:
        return "the 401 carries no Bearer challenge, so this is not a Key Vault"
    if len(challenges) > 1:
        return "the 401 carries several challenges that disagree, so it is not clear which vault answers"
    challenge = challenges[0]
    if challenge.problem:
        return challenge.problem
    if not challenge.resource:
        return "the challenge names no resource, so this is not a Key Vault"
    if challenge.resource == address.resource:
        return ""
    if address.loopback and is_loopback(_host(challenge.resource)):
        return ""  # emulators name themselves
    return (
        f"the challenge asks for a token for {visible_line(challenge.resource, 120)!r}, but tokens for this vault are "
        f"for {address.resource}"
    )


def _split(header: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    scheme, pairs = "", list[tuple[str, str]]()
    for part in parse_http_list(header):
        left, equals, value = part.partition("=")
        *before, name = left.split() or [""]
        if before or (name and not equals):  # a word without "=" opens a challenge
            yield scheme, pairs
            scheme, pairs = before[-1] if before else name, []
        if equals:
            pairs.append((name.lower(), value.strip().strip('"').strip()))
    yield scheme, pairs


def _read(pairs: list[tuple[str, str]]) -> Challenge:
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if parameters.setdefault(name, value) != value:
            return Challenge(problem=f"the challenge names {visible_line(name, 40)!r} twice with different values")
    authorities = {parameters[name] for name in ("authorization", "authorization_uri") if parameters.get(name)}
    resources = {_audience(parameters[name]) for name in ("resource", "scope") if parameters.get(name)}
    if len(authorities) > 1 or len(resources) > 1:
        return Challenge(problem="the challenge contradicts itself: it names two authorities or two resources")
    authority, tenant = _authority(authorities.pop() if authorities else "")
    return Challenge(
        tenant=tenant,
        authority=authority,
        resource=resources.pop() if resources else "",
        claims=parameters.get("claims", ""),
        error=parameters.get("error", ""),
    )


def _audience(value: str) -> str:
    return value.strip().removesuffix("/.default").rstrip("/").lower()


def _authority(uri: str) -> tuple[str, str]:
    """Host and tenant of the authority; the tenant is its first path segment, and "" unless it is a GUID."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    tenant = parts.path.lstrip("/").partition("/")[0]
    return host, tenant.lower() if is_guid(tenant) else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
