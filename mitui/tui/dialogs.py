"""The dialogs that open over the board: what each asks for goes to the refresher as an intent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mitui.keyvault.verdict import ProbeDepth
from mitui.monitor.snapshot import AssignedIdentities, Snapshot
from mitui.tui.pages import BoardWithPages

if TYPE_CHECKING:
    from mitui.monitor.intents import AddResource, AddVault, Intent


class BoardWithDialogs(BoardWithPages):
    """The board and the questions it asks."""

    _awaits_assigned = False
    _assigned_before: AssignedIdentities | None = None
    _added: AddResource | AddVault | None = None
    """What was added last, until it is on the board and can be shown."""

    def receive(self, snapshot: Snapshot) -> None:
        super().receive(snapshot)
        self._show_assigned()
        self._show_added()

    def action_add_identity(self) -> None:
        from mitui.tui.screens.add_identity import AddIdentityScreen

        shown = zip(self.actual.identities, self.scene.snapshot.identities, strict=True)
        known = [replace(identity, name=as_shown.name) for identity, as_shown in shown]
        screen = AddIdentityScreen(self.actual.source, known)
        self.app.push_screen(screen, lambda answer: self.ask(answer, "added; its tokens are being asked for"))

    def action_add_resource(self) -> None:
        from mitui.tui.screens.add_resource import AddResourceScreen

        identity = self.actual.identity
        present = [token.resource for token in identity.tokens] if identity else []
        screen = AddResourceScreen(self.actual.host.cloud, present)
        self.app.push_screen(screen, lambda answer: self._add(answer, "added; its token is being asked for"))

    def action_add_vault(self) -> None:
        from mitui.tui.screens.add_vault import AddVaultScreen

        identity = self.actual.identity
        present = [vault.vault for vault in identity.vaults] if identity else []
        screen = AddVaultScreen(self.actual.host.cloud, present)
        self.app.push_screen(screen, lambda answer: self._add(answer, "added; v probes it"))

    def _add(self, intent: AddResource | AddVault | None, words: str) -> None:
        if intent is not None:
            self._added = intent
            self.ask(intent, words)

    def _show_added(self) -> None:
        """Look at what was added, once it is there."""
        if self._added is None:
            return
        from mitui.monitor.intents import AddResource, AddVault

        match self._added:
            case AddResource(resource):
                there = [token.resource for token in self.scene_as_it_came.tokens]
                if resource in there:
                    self._added = None
                    self.look(token=there.index(resource))
                    self.panes["tokens"].go_to(there.index(resource))
            case AddVault(url):
                there = [vault.vault for vault in self.scene_as_it_came.vaults]
                if url in there:
                    self._added = None
                    self.look(vault=there.index(url))
                    self.focus_pane("vault")

    def action_rename(self) -> None:
        identity = self.identity
        if identity is None:
            self.flash("mark an identity to rename it", "warn")
            return
        if self.hides("renaming"):
            return
        from mitui.tui.screens.rename_identity import RenameIdentityScreen

        self.app.push_screen(RenameIdentityScreen(identity), lambda answer: self.ask(answer, "renamed"))

    def action_remove(self) -> None:
        found = self._removal()
        if found is None:
            self.flash("mark an identity, a token or a vault to remove it", "warn")
            return
        from mitui.tui.screens.confirm import ConfirmScreen

        intent, name = found
        details = ("It leaves this dashboard only: nothing changes in Azure, nor in the config file.",)
        screen = ConfirmScreen("Remove", f"Remove {name}?", details)
        self.app.push_screen(screen, lambda agreed: self.ask(intent if agreed else None, "removed"))

    def _removal(self) -> tuple[Intent, str] | None:
        """What removes the marked thing, and what it is called on the screen."""
        from mitui.monitor.intents import RemoveIdentity, RemoveResource, RemoveVault

        scene = self.scene
        match self.pane.name_id:
            case "identity" if self.identity is not None:
                name = scene.snapshot.identities[self.panes["identity"].at].name
                return RemoveIdentity(self.identity.identity), name
            case "tokens" if self.token is not None and scene.the_token is not None:
                return RemoveResource(self.token.resource), scene.the_token.resource
            case "vault" if self.vault is not None and scene.the_vault is not None:
                return RemoveVault(self.vault.vault), scene.the_vault.name
        return None

    def action_probe_deeper(self, depth: ProbeDepth) -> None:
        vault, shown = self.vault, self.scene.the_vault
        if vault is None or shown is None:
            self.action_add_vault()
            return
        from mitui.monitor.intents import Probe
        from mitui.tui.screens.confirm import confirm_probe

        intent = Probe(vault.vault, depth)
        self.app.push_screen(
            confirm_probe(shown, depth), lambda agreed: self.ask(intent if agreed else None, "probing")
        )

    def action_process(self) -> None:
        from mitui.tui.processes import list_processes
        from mitui.tui.screens.process_picker import ProcessPickerScreen

        self.app.push_screen(ProcessPickerScreen(list_processes()), lambda answer: self.ask(answer, "looking again"))

    def action_assigned(self) -> None:
        if self.hides("the list"):
            return
        from mitui.monitor.intents import ListAssigned

        self._assigned_before = self.actual.assigned
        self._awaits_assigned = True
        self.ask(ListAssigned(), "asking Azure which identities are assigned to this host")

    def _show_assigned(self) -> None:
        """Open the list once its answer has come."""
        assigned = self.actual.assigned
        if assigned is None or assigned == self._assigned_before or not self._awaits_assigned:
            return
        from mitui.tui.screens.assigned import AssignedScreen

        self._awaits_assigned = False
        screen = AssignedScreen(assigned, self.actual.identities)
        self.app.push_screen(screen, lambda answer: self.ask(answer, "added; its tokens are being asked for"))
