"""A question that only ``y`` answers with yes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from mitui.keyvault.verdict import ProbeDepth
from mitui.monitor.identity_view import TokenView, VaultView
from mitui.tui.drawing.words import MUTED, said
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.keymap import with_keys
from mitui.tui.keys.names import shown_key
from mitui.tui.keys.page_actions import NO, YES
from mitui.tui.screens.dialog import Dialog
from mitui.tui.screens.sentence import Sentence

_FRAME: Final = 2
"""Rows of the frame."""


class ConfirmScreen(Dialog[bool]):
    """Answers True after ``y``, False after anything that leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings((YES, NO))]
    hint_actions = (YES, NO)
    DEFAULT_CSS = """
    ConfirmScreen {
        #box #details { height: auto; scrollbar-size-vertical: 1; }
        #box #details .gap { margin: 1 0 0 0; }
        &.-short #box #details .gap { margin: 0; }
    }
    """
    parts = ("#box", "#details", "#question")
    AUTO_FOCUS = "#details"

    def __init__(self, title: str, question: str, details: Sequence[str] = ()) -> None:
        super().__init__(title)
        self._question = question
        self._details = details

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="details"):
            for index, detail in enumerate(self._details):
                yield Static(said(detail, MUTED if index else ""), classes="gap" if index else "")
        yield Sentence(said(f"{self._question} {self._answers}", "bold"), name_id="question", classes="gap")

    @property
    def _answers(self) -> str:
        """Which key says what: enter says nothing here."""
        yes, no = with_keys(getattr(self.app, "own_keys", {}), (YES, NO))
        return f"{shown_key(yes.key_list[0])} says yes, {shown_key(no.key_list[0])} no."

    def fit(self, size: Size) -> None:
        """Keep the question in sight: what is said before it scrolls where it has no room."""
        super().fit(size)
        question = self.query_one("#question", Sentence)
        question.limit(max(1, (size.height - _FRAME) // 2))
        rows = len(question.lines(self.room(size))) + (0 if self.short else 1)
        self.query_one("#details").styles.max_height = max(0, size.height - _FRAME - rows)

    def action_close(self) -> None:
        self.leave(False)

    def action_yes(self) -> None:
        """The one way to agree."""
        self.leave(True)


def confirm_probe(vault: VaultView, depth: ProbeDepth) -> ConfirmScreen:
    """Ask before a probe that goes beyond reading, naming the vault and everything that would be sent."""
    from mitui.keyvault.permission_table import sent_operations

    by_type: dict[str, list[str]] = {}
    for row in sent_operations(depth):
        if row.tier > 1:
            by_type.setdefault(row.object_type, []).append(row.permission)
    verbs = "\n".join(f"{object_type}: {', '.join(words)}" for object_type, words in by_type.items())
    asked = f"This asks {vault.vault} for, on random names that exist nowhere:\n{verbs}"
    noticed = (
        "The vault says 404 where the identity may do it and 403 where not. Nothing is changed, but each request is a "
        "line in the vault's audit log, and many refusals at once may raise a Defender alert."
    )
    details = (asked, noticed)
    return ConfirmScreen("Probe deeper", f"Probe {vault.name} that way?", details)


def confirm_token_copy(token: TokenView) -> ConfirmScreen:
    """Ask before a raw token goes to the clipboard."""
    details = (
        f"A token for {token.resource} works for whoever holds it, from anywhere, until it expires.",
        "Clipboard managers keep what they see, and so may the terminal's log.",
    )
    return ConfirmScreen("Copy a raw token", "Send the token to the terminal's clipboard?", details)


def confirm_saving() -> ConfirmScreen:
    """Ask before ids go into a file as they are."""
    details = (
        "Tenants, subscriptions, ids of identities and names of hosts, vaults and secrets will stand in the file.",
        "It is readable by you alone, and holds no token and no secret's value.",
    )
    return ConfirmScreen("Save with ids", "Save ids as they are?", details)
