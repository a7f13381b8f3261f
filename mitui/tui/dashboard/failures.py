"""Where the failures are: the places that the key for the next one goes to, and what an event told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mitui.tui.scene import Scene

if TYPE_CHECKING:
    from mitui.monitor.event import Event
    from mitui.monitor.identity_view import IdentityView, TokenView, VaultView
    from mitui.monitor.snapshot import Snapshot


class Spot(NamedTuple):
    """A pane, and the number of the identity, token or vault in it."""

    pane: str
    at: int


def failures(scene: Scene) -> tuple[Spot, ...]:
    """The source where it failed, what failed of the selected identity, then the other identities that are critical."""
    snapshot = scene.snapshot
    found = [Spot("source", 0)] if snapshot.source.failure is not None else []
    found += [
        Spot("tokens", at)
        for at, each in enumerate(scene.tokens)
        if each.failure is not None or each.status in ("failed", "expired")
    ]
    found += [Spot("vault", at) for at, each in enumerate(scene.vaults) if each.status in ("failed", "critical")]
    found += [
        Spot("identity", at)
        for at, each in enumerate(snapshot.identities)
        if at != snapshot.selected and each.status == "critical"
    ]
    return tuple(found)


def told_by(event: Event, snapshot: Snapshot) -> tuple[IdentityView, TokenView | VaultView] | None:
    """Whose failure the event told of, where it is still as it was then."""
    for identity in snapshot.identities:
        parts: tuple[TokenView | VaultView, ...] = (*identity.tokens, *identity.vaults)
        for part in parts:
            failed = part.failure is not None and part.failure.message == event.message
            if failed and event.subject.startswith(identity.name):
                return identity, part
    return None
