"""What is asked of the refresher, as intents; nothing here waits for an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import failure_word

if TYPE_CHECKING:
    from mitui.monitor.intents import Intent
    from mitui.tui.dashboard.screen import Dashboard

INTERVALS: Final = (2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""The seconds between checks that + and - step through."""

_LASTING: Final = frozenset(
    ("wrong_tenant", "wrong_audience", "challenge_mismatch", "not_a_vault", "managed_hsm", "vault_address_refused")
)
"""The failures of a vault that a grant doesn't end, however long one waits."""


class Requests:
    """Each method but ``send`` is an action of the table of keys."""

    def __init__(self, dashboard: Dashboard, send: Callable[[Intent], None]) -> None:
        self._dashboard = dashboard
        self._stage = dashboard.stage
        self._send = send

    def send(self, intent: Intent | None, words: str = "") -> None:
        """Send an intent, and say so; None, a dialog's answer when it was left, does nothing."""
        if intent is None:
            return
        if self._stage.actual.paused and _asks(intent):
            self._dashboard.flash("paused: nothing is asked until p goes on", "warn")
            return
        self._send(intent)
        self._dashboard.flash(words)

    def refresh(self) -> None:
        from mitui.monitor.intents import Refresh

        self.send(Refresh(None), "asking for new tokens")

    def refresh_one(self) -> None:
        from mitui.monitor.intents import Refresh

        token = self._stage.token
        if token is not None and token.is_federated:
            self._dashboard.flash("the kubelet renews this one; its file is read at each check", "warn")
        elif token is not None:
            self.send(Refresh(token.resource), "asking for a new token")

    def pause(self) -> None:
        from mitui.monitor.intents import SetPaused

        paused = not self._stage.actual.paused
        words = "paused: nothing is asked, and countdowns stand still" if paused else "going on"
        self.send(SetPaused(paused), words)

    def interval(self, step: int) -> None:
        from mitui.monitor.intents import SetInterval

        now = self._stage.actual.interval
        further = [each for each in INTERVALS if (each < now if step > 0 else each > now)]
        seconds = now if not further else further[-1] if step > 0 else further[0]
        self.send(SetInterval(seconds), f"checking every {seconds:.0f} s")

    def probe(self) -> None:
        """Probe the vault that is looked at, or ask for one."""
        from mitui.monitor.intents import Probe

        vault = self._stage.vault
        if vault is None:
            self._dashboard.dialogs.add_vault()
            return
        self.send(Probe(vault.vault, "read"), "probing")
        self._dashboard.arranger.focus("vault")

    def watch(self) -> None:
        from mitui.monitor.intents import WatchVault

        vault = self._stage.vault
        if vault is None:
            self._dashboard.flash("there is no vault to watch; a adds one", "warn")
            return
        on = not vault.is_watched
        failure = vault.failure
        if on and failure is not None and failure.kind in _LASTING:
            words = f"{failure_word(failure)}: no grant comes by waiting; {glyphs.ENTER} says what to do"
            self._dashboard.flash(words, "warn")
            return
        if on and not vault.lacks:
            self._dashboard.flash("nothing that is wanted is denied, so there is nothing to wait for", "warn")
            return
        until = "what is wanted is granted" if vault.wanted_missing else "what is denied is granted"
        words = f"probing every 30 s until {until}; w stops" if on else "no longer watching"
        self.send(WatchVault(vault.vault, on), words)


def _asks(intent: Intent) -> bool:
    """Whether it is a question to the host or a vault, which the refresher leaves alone while it is paused."""
    from mitui.monitor.intents import ListAssigned, LookAs, Probe, Refresh, WatchVault

    match intent:
        case WatchVault(_, on):
            return on
        case Refresh() | Probe() | LookAs() | ListAssigned():
            return True
    return False
