"""Give an identity another name; the name is the dashboard's own and nothing in Azure changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, Static

from mitui.monitor.identity_view import IdentityView
from mitui.monitor.intents import RenameIdentity
from mitui.safe_text import visible_line
from mitui.tui.drawing.labels import identity_value, selector_word
from mitui.tui.drawing.words import MUTED, said, said_line
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import LEAVE, RENAME
from mitui.tui.screens.dialog import Dialog
from mitui.tui.screens.sentence import Sentence

_UNSELECTED: Final = "the identity that answers where none is named: this host's own"


class RenameIdentityScreen(Dialog[RenameIdentity | None]):
    """Answers with the new name, None when it is left or the name stays."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings((LEAVE,))]
    parts = ("#box", "#identity", "#name")
    hint_actions = (RENAME, LEAVE)

    def __init__(self, identity: IdentityView) -> None:
        super().__init__("Rename an identity")
        self._identity = identity

    def body(self) -> Iterable[Widget]:
        selected = identity_value(self._identity.identity)
        words = f"{selector_word(self._identity.identity)} {selected}" if selected else _UNSELECTED
        yield Sentence(said_line(words, MUTED), name_id="identity", classes="")
        yield self.field("name", value=visible_line(self._identity.name, 64), limit=64)
        yield Static(said("The name is for this dashboard; nothing changes in Azure.", MUTED), classes="gap")

    def fit(self, size: Size) -> None:
        """Keep the field in sight below an identity of many rows."""
        super().fit(size)
        self.query_one("#identity", Sentence).limit(1 if self.short else 0)

    @on(Input.Submitted)
    def rename(self, event: Input.Submitted) -> None:
        """Answer with the name."""
        name = event.value.strip()
        self.leave(RenameIdentity(self._identity.identity, name) if name and name != self._identity.name else None)
