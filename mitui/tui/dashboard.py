"""What each key does: moving about, and asking the refresher for things."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mitui.diagnosis.advice import choices_agree
from mitui.tui.dialogs import BoardWithDialogs
from mitui.tui.keys.actions import bindings
from mitui.tui.panes.advice_items import CAUSE, FAILURE
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.vault import ADD as ADD_VAULT
from mitui.tui.panes.vault import PROBE
from mitui.tui.settings import TIME_FORMATS

INTERVALS = (2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""The seconds between checks that + and - step through."""
_TIMES = {"utc": "times in UTC", "local": "times in this machine's zone", "epoch": "times in epoch seconds"}


class Dashboard(BoardWithDialogs):
    """The board with all its actions; the table in ``actions.py`` says which key calls which."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    # Moving

    def action_focus_pane(self, name: str) -> None:
        self.focus_pane(name)

    def action_next_pane(self, step: int) -> None:
        self.next_pane(step)

    def action_move(self, direction: str) -> None:
        if self.pane.move(direction) or direction not in ("left", "right"):
            return
        tabs = next((place.tabs for name, place in self.shown_panes.items() if name == self.pane.name_id), ())
        if tabs:
            at = tabs.index(self.pane.name_id) + (1 if direction == "right" else -1)
            self.focus_pane(tabs[at % len(tabs)])

    def action_zoom(self) -> None:
        self.wish(zoomed="" if self.zoomed else self.pane.name_id)

    def action_back(self) -> None:
        if self.pane.filter:
            self.set_filter("")
        elif self.zoomed:
            self.wish(zoomed="")
        else:
            self.flash("")

    def action_next_vault(self, step: int) -> None:
        count = len(self.scene.vaults)
        if count > 1:
            self.look(vault=(min(self.scene.vault, count - 1) + step) % count)

    def action_times(self) -> None:
        times = TIME_FORMATS[(TIME_FORMATS.index(self.scene.times) + 1) % len(TIME_FORMATS)]
        self.look(times=times)
        self.flash(_TIMES[times])

    # Asking

    def action_refresh(self) -> None:
        from mitui.monitor.intents import Refresh

        self.ask(Refresh(None), "asking for new tokens")

    def action_refresh_one(self) -> None:
        from mitui.monitor.intents import Refresh

        if self.token is not None:
            self.ask(Refresh(self.token.resource), "asking for a new token")

    def action_pause(self) -> None:
        from mitui.monitor.intents import SetPaused

        paused = not self.actual.paused
        words = "paused: nothing is asked, and countdowns stand still" if paused else "going on"
        self.ask(SetPaused(paused), words)

    def action_interval(self, step: int) -> None:
        from mitui.monitor.intents import SetInterval

        now = self.actual.interval
        further = [each for each in INTERVALS if (each < now if step > 0 else each > now)]
        seconds = now if not further else further[-1] if step > 0 else further[0]
        self.ask(SetInterval(seconds), f"checking every {seconds:.0f} s")

    def action_probe(self) -> None:
        from mitui.monitor.intents import Probe

        if self.vault is None:
            self.action_add_vault()
            return
        self.ask(Probe(self.vault.vault, "read"), "probing")
        self.focus_pane("vault")

    def action_watch(self) -> None:
        from mitui.monitor.intents import WatchVault

        vault = self.vault
        if vault is None:
            self.flash("there is no vault to watch; a adds one", "warn")
            return
        on = vault.watch is None or vault.watch.granted_at is not None
        words = "probing every 30 s until what is denied is granted; w stops" if on else "no longer watching"
        self.ask(WatchVault(vault.vault, on), words)

    def action_add(self) -> None:
        match self.pane.name_id:
            case "tokens" | "claims":
                self.action_add_resource()
            case "vault":
                self.action_add_vault()
            case _:
                self.action_add_identity()

    # Enter

    def action_act(self) -> None:
        self.pane.act()

    def on_pane_acted(self, event: Pane.Acted) -> None:
        match event.pane.name_id:
            case "identity":
                self._act_on_identity()
            case "tokens" if not self.scene.tokens:
                self.action_add_resource()
            case "tokens":
                if not self.why_token():
                    self.focus_pane("claims")
            case "vault":
                self._act_on_vault(event.key)
            case "source":
                self._act_on_source(event.key)
            case "guide":
                self.why_source()
            case "claims" if not self.scene.the_token or not self.scene.the_token.claims:
                self.why_token()
            case name:
                item = event.pane.item
                self.show_text(name.capitalize(), item.copy if item is not None else "")

    def _act_on_identity(self) -> None:
        from mitui.monitor.intents import SelectIdentity

        identity, at = self.identity, self.panes["identity"].at
        if identity is None:
            self.action_add_identity()
        elif identity.unsupported:
            self.flash(identity.unsupported, "warn")
        elif at != self.actual.selected:
            self.panes["tokens"].go_to(0)
            self.look(token=0, vault=0)
            self.ask(SelectIdentity(identity.identity))
        elif not self.why_identity(at):
            self.focus_pane("tokens")

    def _act_on_source(self, key: str) -> None:
        kind, _, name = key.partition(":")
        if kind == "warning":
            self.why_warning(int(name))
        elif kind == "sdk" or (kind == "source" and not choices_agree(self.scene.snapshot.source.sdk_choices)):
            self.open_sdk_choices()
        elif kind == "host":
            self.show_text(name.capitalize(), self.pane.item.copy if self.pane.item is not None else "")
        else:
            self.why_source()

    def _act_on_vault(self, key: str) -> None:
        if key == ADD_VAULT:
            self.action_add_vault()
        elif key == PROBE:
            self.action_probe()
        elif key == FAILURE or key.startswith(CAUSE):
            self.why_vault()
        else:
            self.why_permission(key)

    # The shell

    def action_suspend(self) -> None:
        self.app.action_suspend_process()

    async def action_quit(self) -> None:
        self.app.exit(return_code=0)
