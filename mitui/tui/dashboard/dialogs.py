"""The dialogs that open over the dashboard: what each asks for goes to the refresher as an intent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from textual.screen import Screen

from mitui.keyvault.verdict import ProbeDepth
from mitui.monitor.snapshot import Snapshot

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.monitor.assigned import AssignedIdentities
    from mitui.monitor.identity_view import IdentityView, TokenView
    from mitui.monitor.intents import AddIdentity, AddResource, AddVault, Intent
    from mitui.tui.dashboard.screen import Dashboard

    IntentT = TypeVar("IntentT", bound=Intent)

_IDENTITY_ADDED: Final = "added as an identity; its tokens are being asked for"

_RESOURCE_ADDED: Final = "added; its token is being asked for"


def _is_answered(token: TokenView) -> bool:
    return token.activity is None and token.status != "waiting"


class Dialogs:
    """Each method but ``follow`` is an action of the table of keys."""

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        self._stage = dashboard.stage
        self._awaits_assigned = False
        self._assigned_before: AssignedIdentities | None = None
        self._added_identity: Identity | None = None
        self._added: AddResource | AddVault | None = None  # last, until it is on the board and can be shown

    def follow(self, snapshot: Snapshot) -> None:
        """A snapshot came: show what was waited for, if it is in it."""
        self._show_assigned(snapshot.assigned)
        self._show_added()
        self._end_words(snapshot)

    def _end_words(self, snapshot: Snapshot) -> None:
        """Say no longer that tokens are being asked for, once each has been answered."""
        said, shown = self._dashboard.footer.says, snapshot.identity
        is_there = {
            _IDENTITY_ADDED: shown is not None and shown.identity == self._added_identity,
            _RESOURCE_ADDED: self._added is None,
        }
        if is_there.get(said, False) and all(map(_is_answered, self._stage.as_it_came.tokens)):
            self._dashboard.flash("")

    def _send_identity(self, answer: AddIdentity | None) -> None:
        self._added_identity = answer.identity if answer is not None else None
        self._dashboard.requests.send(answer, _IDENTITY_ADDED)

    def _ask(self, screen: Screen[IntentT | None], words: str) -> None:
        """Push it; its answer is the intent to send, with what the footer says then."""
        self._dashboard.app.push_screen(screen, lambda answer: self._dashboard.requests.send(answer, words))

    def _confirm(self, screen: Screen[bool], intent: Intent, words: str) -> None:
        def answered(agreed: bool | None) -> None:
            self._dashboard.requests.send(intent if agreed else None, words)

        self._dashboard.app.push_screen(screen, answered)

    def add(self) -> None:
        """Add what the pane that has the focus shows."""
        match self._dashboard.pane.name_id:
            case "tokens" | "claims":
                self.add_resource()
            case "vault":
                self.add_vault()
            case _:
                self.add_identity()

    def add_identity(self) -> None:
        from mitui.tui.screens.adding.identity import AddIdentityScreen

        self._dashboard.app.push_screen(AddIdentityScreen(self._stage.actual.source, self._known), self._send_identity)

    @property
    def _known(self) -> list[IdentityView]:
        """The identities on the board, called as they are shown."""
        shown = zip(self._stage.actual.identities, self._stage.scene.snapshot.identities, strict=True)
        return [replace(identity, name=as_shown.name) for identity, as_shown in shown]

    def add_resource(self) -> None:
        from mitui.tui.screens.adding.resource import AddResourceScreen

        identity = self._stage.actual.identity
        present = [token.resource for token in identity.tokens] if identity else []
        actual = self._stage.actual
        screen = AddResourceScreen(actual.host.cloud, present, actual.source, self._known)
        self._dashboard.app.push_screen(screen, self._add_resource_or_identity)

    def _add_resource_or_identity(self, answer: AddResource | AddIdentity | None) -> None:
        from mitui.monitor.intents import AddIdentity

        if isinstance(answer, AddIdentity):
            self._send_identity(answer)
        else:
            self._add(answer, _RESOURCE_ADDED)

    def add_vault(self) -> None:
        from mitui.tui.screens.adding.vault import AddVaultScreen

        identity = self._stage.actual.identity
        present = [vault.vault for vault in identity.vaults] if identity else []
        screen = AddVaultScreen(self._stage.actual.host.cloud, present)
        self._dashboard.app.push_screen(screen, lambda answer: self._add(answer, "added; v probes it"))

    def _add(self, intent: AddResource | AddVault | None, words: str) -> None:
        if intent is not None:
            self._added = intent
            self._dashboard.requests.send(intent, words)

    def _show_added(self) -> None:
        """Look at what was added, once it is there."""
        if self._added is None:
            return
        from mitui.monitor.intents import AddResource, AddVault

        match self._added:
            case AddResource(resource):
                there = [token.resource for token in self._stage.as_it_came.tokens]
                if resource in there:
                    self._added = None
                    self._stage.look(token=there.index(resource))
                    self._dashboard.panes["tokens"].go_to(there.index(resource))
            case AddVault(url):
                there = [vault.vault for vault in self._stage.as_it_came.vaults]
                if url in there:
                    self._added = None
                    self._stage.look(vault=there.index(url))
                    self._dashboard.arranger.focus("vault")

    def rename(self) -> None:
        identity = self._stage.identity
        if identity is None:
            self._dashboard.flash("mark an identity to rename it", "warn")
            return
        if self._dashboard.hides("renaming"):
            return
        from mitui.tui.screens.adding.rename import RenameIdentityScreen

        self._ask(RenameIdentityScreen(identity), "renamed")

    def remove(self) -> None:
        found = self._removal()
        if found is None:
            self._dashboard.flash("mark an identity, a token or a vault to remove it", "warn")
            return
        from mitui.tui.screens.confirm import ConfirmScreen

        intent, name = found
        details = ("It leaves this dashboard only: nothing changes in Azure, nor in the config file.",)
        screen = ConfirmScreen("Remove", f"Remove {name}?", details)
        self._confirm(screen, intent, "removed")

    def _removal(self) -> tuple[Intent, str] | None:
        """What removes the marked thing, and what it is called on the screen."""
        from mitui.monitor.intents import RemoveIdentity, RemoveResource, RemoveVault

        scene = self._stage.scene
        match self._dashboard.pane.name_id:
            case "identity" if self._stage.identity is not None:
                name = scene.snapshot.identities[self._dashboard.panes["identity"].at].name
                return RemoveIdentity(self._stage.identity.identity), name
            case "tokens" if self._stage.token is not None and scene.the_token is not None:
                if self._stage.token.is_federated:
                    return None
                return RemoveResource(self._stage.token.resource), scene.the_token.resource
            case "vault" if self._stage.vault is not None and scene.the_vault is not None:
                return RemoveVault(self._stage.vault.vault), scene.the_vault.name
        return None

    def probe_deeper(self, depth: ProbeDepth) -> None:
        vault, shown = self._stage.vault, self._stage.scene.the_vault
        if vault is None or shown is None:
            self.add_vault()
            return
        from mitui.monitor.intents import Probe
        from mitui.tui.screens.confirm import confirm_probe

        self._confirm(confirm_probe(shown, depth), Probe(vault.vault, depth), "probing")

    def process(self) -> None:
        from mitui.tui.processes import list_processes
        from mitui.tui.screens.process_picker import ProcessPickerScreen

        self._ask(ProcessPickerScreen(list_processes()), "looking again")

    def assigned(self) -> None:
        if self._dashboard.hides("the list"):
            return
        from mitui.monitor.intents import ListAssigned

        self._assigned_before = self._stage.actual.assigned
        self._awaits_assigned = True
        self._dashboard.requests.send(ListAssigned(), "asking Azure which identities are assigned to this host")

    def _show_assigned(self, assigned: AssignedIdentities | None) -> None:
        """Open the list once its answer has come."""
        if assigned is None or assigned == self._assigned_before or not self._awaits_assigned:
            return
        from mitui.tui.screens.adding.assigned import AssignedScreen

        self._awaits_assigned = False
        self._dashboard.app.push_screen(AssignedScreen(assigned, self._stage.actual.identities), self._send_identity)
