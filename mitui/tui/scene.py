"""What every pane draws from: a snapshot, the time, and the few choices that concern more than one pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mitui.monitor.snapshot import Snapshot
from mitui.tui.settings import TimeFormat

if TYPE_CHECKING:
    from mitui.monitor.identity_view import IdentityView, TokenView, VaultView


@dataclass(frozen=True, slots=True)
class Scene:
    """``token`` and ``vault`` are the positions of those that are looked at; ``now`` is in epoch seconds.

    ``live`` is False for a saved file, to which nothing can be added and of which nothing can be asked. ``add_key`` is
    the key that adds to a pane, as it is shown; "" where nothing can be added. ``watch_key`` is the one that begins and
    ends the wait for a grant.
    """

    snapshot: Snapshot
    now: float
    times: TimeFormat = "utc"
    token: int = 0
    vault: int = 0
    live: bool = True
    add_key: str = ""
    watch_key: str = ""

    @property
    def identity(self) -> IdentityView | None:
        return self.snapshot.identity

    @property
    def tokens(self) -> tuple[TokenView, ...]:
        """Those of the selected identity, and below them the pod's own, which they are exchanged for."""
        identity, federated = self.snapshot.identity, self.snapshot.source.federated
        if identity is None:
            return ()
        return identity.tokens if federated is None else (*identity.tokens, federated)

    @property
    def vaults(self) -> tuple[VaultView, ...]:
        identity = self.snapshot.identity
        return identity.vaults if identity else ()

    @property
    def the_token(self) -> TokenView | None:
        """The token that is looked at; the last one where there are fewer by now."""
        return self.tokens[min(self.token, len(self.tokens) - 1)] if self.tokens else None

    @property
    def shows_claims(self) -> bool:
        """Whether the token that is looked at has claims, rather than a failure in their place."""
        return self.the_token is not None and bool(self.the_token.claims)

    @property
    def the_vault(self) -> VaultView | None:
        """The vault that is looked at."""
        return self.vaults[min(self.vault, len(self.vaults) - 1)] if self.vaults else None
