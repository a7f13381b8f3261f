"""The identities that Azure says are assigned to this host: pick one to watch, or read why there is no list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from mitui.engine.identity import ClientId, Identity, ResourceId, SystemAssigned
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.intents import AddIdentity
from mitui.tui.drawing.words import said
from mitui.tui.keys.action import Action
from mitui.tui.keys.page_actions import ADD, CHOOSE, LEAVE
from mitui.tui.screens.adding.identity_entry import default_name
from mitui.tui.screens.chooser import Choice, Chooser


def _identity(resource_id: str, client_id: str) -> Identity:
    if resource_id == "system":
        return SystemAssigned()
    return ClientId(client_id.lower()) if client_id else ResourceId(resource_id)


class AssignedScreen(Chooser[AddIdentity | None]):
    """Answers with the identity to add, None when it is left."""

    hint_actions: Sequence[Action] = (ADD, CHOOSE[1], LEAVE)
    question = "Type to narrow the list; enter adds the marked one"

    def __init__(self, assigned: AssignedIdentities, existing: Sequence[IdentityView]) -> None:
        self._refusal = assigned.refusal
        self._found: dict[str, AddIdentity] = {}
        choices = []
        for resource_id, client_id, object_id in assigned.identities:
            identity = _identity(resource_id, client_id)
            name = "system-assigned" if resource_id == "system" else resource_id.rpartition("/")[2]
            present = any(
                view.identity == identity or (view.actual.client_id and view.actual.client_id == client_id.lower())
                for view in existing
            )
            note = f"client {client_id}" if client_id else f"object {object_id}"
            choices.append(Choice(str(identity), name, note, "It is in the list already." if present else ""))
            self._found[str(identity)] = AddIdentity(identity, name or default_name(identity))
        if not choices:
            self.question, self.hint_actions = "There is nothing to choose", (LEAVE,)
        super().__init__("Identities assigned to this host", choices)

    def words(self, choice: Choice | None, text: str) -> Content:
        if choice is None and self._refusal:
            return said(self._refusal, "$warning")
        if choice is None and not self._found:
            return said("Azure says that no identity is assigned to this host.", "$warning")
        return super().words(choice, text)

    def taken(self, choice: Choice | None, text: str) -> None:
        if choice is not None and not choice.reason:
            self.leave(self._found[choice.key])
