"""What enter does, by what it is pressed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.monitor.identity_view import VaultView
from mitui.tui.dashboard.failures import told_by
from mitui.tui.panes.advice_items import CAUSE, FAILURE
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.vault import PROBE
from mitui.tui.panes.view import ADD

if TYPE_CHECKING:
    from mitui.tui.dashboard.screen import Dashboard


class Enter:
    """``act`` is an action of the table of keys; the pane answers it by saying which item it was on."""

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        self._stage = dashboard.stage
        self._came: tuple[str, str] | None = None  # from which pane enter went to which

    def go_back(self) -> bool:
        """Go to the pane that enter came from; False where it came from none."""
        came, self._came = self._came, None
        if came is None or came[1] != self._dashboard.pane.name_id:
            return False
        self._dashboard.arranger.focus(came[0])
        return True

    def _go(self, name: str) -> None:
        """Go to another pane, where there is any to be seen."""
        if self._dashboard.arranger.is_too_small:
            self._dashboard.flash("nothing has failed here", "ok")
            return
        self._came = (self._dashboard.pane.name_id, name)
        self._dashboard.arranger.focus(name)

    def act(self) -> None:
        self._dashboard.pane.act()

    def on_item(self, pane: Pane, key: str) -> None:
        """Select it, open it, or say why it failed."""
        match pane.name_id:
            case "identity":
                self._act_on_identity()
            case "tokens" if not self._stage.scene.tokens:
                self._dashboard.action_do("add_resource")
            case "tokens":
                if not self._dashboard.pages.why_token():
                    self._go("claims")
            case "vault":
                self._act_on_vault(key)
            case "source":
                self._act_on_source(key)
            case "guide":
                self._dashboard.pages.why_source()
            case "claims" if not self._stage.scene.shows_claims:
                self._dashboard.pages.why_token()
            case "events" if self._why_event(pane):
                return
            case name:
                item = pane.item
                self._dashboard.pages.show_text(name.capitalize(), item.copy if item is not None else "")

    def _act_on_identity(self) -> None:
        from mitui.monitor.intents import SelectIdentity

        identity, at = self._stage.identity, self._dashboard.panes["identity"].at
        if identity is None:
            self._dashboard.action_do("add_identity")
        elif identity.unsupported:
            self._dashboard.flash(identity.unsupported, "warn")
        elif at != self._stage.actual.selected and self._dashboard.arranger.is_too_small:
            self._dashboard.flash("on a larger terminal this selects the identity", "warn")
        elif at != self._stage.actual.selected:
            self._dashboard.panes["tokens"].go_to(0)
            self._stage.look(token=0, vault=0)
            self._dashboard.requests.send(SelectIdentity(identity.identity))
        elif not self._dashboard.pages.why_identity(at):
            self._go("tokens")

    def _why_event(self, pane: Pane) -> bool:
        """Say why what this event tells of failed, where it still does; False where that is not known any more."""
        item, events = pane.item, self._stage.scene.snapshot.events
        at = int(item.key) - 1 if item is not None and item.key.isdigit() else len(events)
        if at >= len(events) or events[at].level != "error":
            return False
        pages, snapshot = self._dashboard.pages, self._stage.scene.snapshot
        if snapshot.source.failure is not None and snapshot.source.failure.message == events[at].message:
            pages.why_source()
            return True
        told = told_by(events[at], snapshot)
        match told:
            case (identity, VaultView() as vault):
                return pages.why_vault(vault, identity)
            case (identity, token):
                return pages.why_token(token, identity)
        return False

    def _act_on_source(self, key: str) -> None:
        kind, _, name = key.partition(":")
        if kind == "warning":
            self._dashboard.pages.why_warning(int(name))
        elif kind in ("sdk", "carried") or (kind == "source" and self._sdks_matter):
            self._dashboard.pages.open_sdk_choices()
        elif kind == "host":
            item = self._dashboard.pane.item
            self._dashboard.pages.show_text(name.capitalize(), item.copy if item is not None else "")
        else:
            self._dashboard.pages.why_source()

    @property
    def _sdks_matter(self) -> bool:
        choices = self._stage.scene.snapshot.source.sdk_choices
        return not agreement_of(choices).unanimous or any(each.fault for each in choices)

    def _act_on_vault(self, key: str) -> None:
        if key == ADD:
            self._dashboard.action_do("add_vault")
        elif key == PROBE:
            self._dashboard.action_do("probe")
        elif key == FAILURE or key.startswith(CAUSE):
            self._dashboard.pages.why_vault()
        else:
            self._dashboard.pages.why_permission(key)
