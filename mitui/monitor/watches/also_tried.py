"""A second question where one settles a failure: asked once, without side effects, and told as "also tried"."""

from __future__ import annotations

from typing import Final

from mitui.clock import Clock
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.routes import neighbour_words, route_to
from mitui.engine.identity import Identity, SystemAssigned
from mitui.engine.resources import default_resources
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.imds import BASE, OVERRIDE
from mitui.engine.token.access_token import AccessToken
from mitui.http.name_lookup import resolve
from mitui.monitor.session import Session

_ABOUT_THE_AUDIENCE: Final = frozenset(
    {
        FailureKind.RESOURCE_NOT_FOUND,
        FailureKind.AUDIENCE_NOT_SUPPORTED,
        FailureKind.BAD_REQUEST,
        FailureKind.UNAUTHORIZED,
        FailureKind.FORBIDDEN,
    }
)
_ABOUT_THE_IDENTITY: Final = frozenset({FailureKind.IDENTITY_NOT_FOUND, FailureKind.MULTIPLE_IDENTITIES})
_SILENT: Final = frozenset({FailureKind.NO_ENDPOINT, FailureKind.UNREACHABLE, FailureKind.TIMEOUT})
_WITH_A_SYSTEM_IDENTITY: Final = frozenset({SourceKind.IMDS, SourceKind.APP_SERVICE, SourceKind.AZURE_ML})
_LOOK_UP: Final = 3.0  # seconds


async def about_token(
    failure: TokenFailure, identity: Identity, resource: str, session: Session, cloud: str
) -> tuple[str, ...]:
    """Whether Resource Manager's audience works where this one does not, or the system-assigned identity does where
    this identity does not: what tells an audience from an identity, and an identity from its host.

    A token that comes of it stays in the engine's cache, where the board may ask for it as well.
    """
    engine, source, manager = session.engine, session.detection.source, default_resources(cloud)[0]
    if failure.kind in _ABOUT_THE_AUDIENCE and resource.rstrip("/").lower() != manager:
        other = await engine.acquire(identity, manager)
        if not isinstance(other, TokenFailure):
            return (f"{manager} as the same identity: works, so it is about this audience and not about the identity",)
        if other.kind is failure.kind and other.code == failure.code:
            return (f"{manager} as the same identity: fails in the same way, so it is not about this audience",)
        return (f"{manager} as the same identity: fails too, {_said(other)}",)
    if failure.kind in _ABOUT_THE_IDENTITY and identity.selector != "system" and source in _WITH_A_SYSTEM_IDENTITY:
        return (f"no selector: {_without_a_selector(await engine.acquire(SystemAssigned(), resource))}",)
    return ()


def _without_a_selector(outcome: AccessToken | TokenFailure) -> str:
    """Whom the host has: IMDS answers with the system-assigned identity, else with the only user-assigned one."""
    if isinstance(outcome, TokenFailure):
        if outcome.kind is FailureKind.IDENTITY_NOT_FOUND:
            return "this host has no identity at all"
        if outcome.kind is FailureKind.MULTIPLE_IDENTITIES:
            return "this host has user-assigned identities, but not this one, and no system-assigned one"
        return f"fails too, {_said(outcome)}"
    if outcome.actual.kind == "user-assigned":
        return f"this host's only identity answers, client ID {outcome.actual.client_id}"
    return "the system-assigned identity works, so the endpoint and this audience are in order"


def about_silence(failure: TokenFailure, environment: HostEnvironment) -> tuple[str, ...]:
    """Where packets for IMDS would go by the routing table, and whether the next hop has a known hardware address.

    Read from files (/proc/net/route, /proc/net/arp); nothing is sent. Empty where there are none.
    """
    if failure.kind not in _SILENT or environment.get(OVERRIDE):
        return ()  # it was another address that kept silent
    route = route_to(environment, BASE.removeprefix("http://"))
    if route is None:
        return ()
    found = [f"routing table: {route.words}"]
    neighbour = neighbour_words(environment, route)
    if neighbour:
        found.append(f"neighbour table: {neighbour}")
    if environment.get("KUBERNETES_SERVICE_HOST"):
        found.append("pod: a NetworkPolicy, or the cluster's restriction of IMDS, shows in no table here")
    return tuple(found)


async def about_name(cloud: str, clock: Clock) -> tuple[bool, str]:
    """Whether another name that every Azure host needs can be resolved, and that in words: what tells one name from
    DNS as a whole.
    """
    other = default_resources(cloud)[0].removeprefix("https://")
    answer = await resolve(other, 443, timeout=_LOOK_UP, clock=clock)
    if isinstance(answer, tuple):
        return True, f"{other}: resolves, so DNS works here and it is about this name"
    return False, f"{other}: does not resolve either, so DNS as a whole does not work here"


def _said(failure: TokenFailure) -> str:
    return f"{failure.kind}{f' ({failure.code})' if failure.code else ''}"
