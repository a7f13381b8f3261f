"""A token that was acquired: what is known of it, and the token itself out of sight."""

from __future__ import annotations

from dataclasses import dataclass, field

from mitui.claims import ActualIdentity, Claims
from mitui.engine.identity import Identity
from mitui.engine.token.notice import Notice
from mitui.exchange import Exchange
from mitui.secret import Secret


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token with its times in epoch seconds. ``claims`` is empty for an opaque token.

    ``refresh_at`` is when a new one should be asked for; ``attempts`` and ``latency_ms`` describe the acquisition that
    brought it, ``from_cache`` whether this very call did. ``from_stand_in`` says that what answered was dialled on this
    machine, in place of the endpoint's own address.
    """

    secret: Secret
    identity: Identity
    resource: str
    source: str
    token_type: str
    acquired_at: float
    expires_at: float
    refresh_at: float
    claims: Claims
    actual: ActualIdentity
    attempts: int = 1
    latency_ms: float = 0.0
    from_cache: bool = False
    from_stand_in: bool = False
    notices: tuple[Notice, ...] = ()
    exchanges: tuple[Exchange, ...] = field(default=(), compare=False)
