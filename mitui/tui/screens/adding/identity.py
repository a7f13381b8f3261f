"""Add an identity: one line that takes any way to name it, checked as it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, Static

from mitui.monitor.identity_view import IdentityView
from mitui.monitor.intents import AddIdentity
from mitui.monitor.snapshot import SourceView
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.words import MUTED, joined, said, said_line
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import ADD, CHOOSE, LEAVE, NEXT_FIELD
from mitui.tui.screens.adding.identity_entry import (
    KINDS,
    NAMES,
    Entry,
    Kind,
    default_name,
    kinds_of_guid,
    read_entry,
    supported,
)
from mitui.tui.screens.dialog import Dialog
from mitui.tui.screens.sentence import Sentence

_MEANING: Final[dict[Kind, str]] = {
    "client_id": "appid in its tokens",
    "object_id": "oid in its tokens; also called principal ID",
    "resource_id": "/subscriptions/…/userAssignedIdentities/<name>",
    "system": "the host's own",
}
_BRIEFLY: Final[dict[Kind, str]] = {
    "client_id": "appid in tokens",
    "object_id": "oid in tokens",
    "resource_id": "/subscriptions/…",
    "system": "the host's own",
}
_KIND: Final = 19
"""Cells of a kind's glyph and name, and of a blank behind it."""
_NAME: Final = "Name, if you like"
_AROUND: Final = 4
"""Rows of the frame and of the two fields."""
_LEAST_WORDS: Final = 2
"""Rows that the words have at least where there is little room."""


class AddIdentityScreen(Dialog[AddIdentity | None]):
    """Answers with the identity to add, None when it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings((*CHOOSE, NEXT_FIELD, LEAVE))]
    parts = ("#box", "#identity", "#name", "#kinds", "#words")
    hint_actions = (ADD, CHOOSE[1], NEXT_FIELD, LEAVE)

    def __init__(self, source: SourceView, existing: Sequence[IdentityView]) -> None:
        super().__init__("Add an identity")
        self._source = source
        self._existing = existing
        self._guid_kinds = kinds_of_guid(source)
        self._guid_kind = self._guid_kinds[0]
        self._entry = self._read("")

    def body(self) -> Iterable[Widget]:
        yield Static(said("A client or object ID, an ARM resource ID, or system"), classes="prompt")
        yield self.field("identity", hint="A client, object or resource ID")
        yield Static(self._kinds(), id="kinds", classes="gap")
        yield Static(said(_NAME), classes="gap prompt")
        yield self.field("name", hint=_NAME, limit=64)
        yield Sentence(said(self._words, MUTED), name_id="words")

    def fit(self, size: Size) -> None:
        """Keep both fields and the words in sight; where there is little room the kinds give way."""
        super().fit(size)
        rows = size.height - _AROUND
        words = max(_LEAST_WORDS, rows - len(KINDS))
        self.query_one("#words", Sentence).limit(words if self.short else 0)
        kinds = self.query_one("#kinds", Static)
        kinds.styles.max_height = max(0, rows - words) if self.short else None
        kinds.update(self._kinds())

    def _read(self, text: str) -> Entry:
        return read_entry(text, self._guid_kind, self._source, self._existing)

    def _kinds(self) -> Content:
        marked = self._entry.kind or (self._guid_kind if supported(self._guid_kind, self._source) else None)
        lines = []
        room = self.room(self.app.size)
        meanings = _MEANING if room >= _KIND + max(map(len, _MEANING.values())) else _BRIEFLY
        for kind in KINDS:
            able = supported(kind, self._source)
            glyph = glyphs.SELECTED if kind == marked else glyphs.UNSELECTED
            style = "$primary bold" if kind == marked else "" if able else MUTED
            meaning = meanings[kind] if able else "not taken by this source"
            line = joined(said_line(f"{glyph} {NAMES[kind]}".ljust(_KIND), style), said_line(meaning, MUTED))
            lines.append(line.truncate(room, ellipsis=True) if self.short else line)
        if self.short:
            return joined(*lines, separator="\n")
        if not all(supported(kind, self._source) for kind in KINDS) and self._source.selector_reason:
            lines.append(said(self._source.selector_reason, "$warning"))
        return joined(*lines, separator="\n")

    @property
    def _words(self) -> str:
        """What the entry says, and what else a bare GUID could be."""
        others = [NAMES[kind] for kind in self._guid_kinds if kind != self._guid_kind]
        if not self._entry.is_bare or not others:
            return self._entry.words
        return f"{self._entry.words.rstrip('.')}. If it is the {others[0]}, choose that with ↑ ↓."

    def _show(self) -> None:
        style = "$success" if self._entry.identity else MUTED
        self.query_one("#words", Sentence).update(said(self._words, style))
        self.query_one("#kinds", Static).update(self._kinds())

    @on(Input.Changed, "#identity")
    def read(self, event: Input.Changed) -> None:
        """Check what has been typed so far."""
        if self.stands:
            self._entry = self._read(event.value)
            self._show()

    def action_choose(self, step: int) -> None:
        """Say which kind of ID a bare GUID is: the next or previous that this source takes."""
        kinds = self._guid_kinds
        self._guid_kind = kinds[(kinds.index(self._guid_kind) + step) % len(kinds)]
        self._entry = self._read(self.query_one("#identity", Input).value)
        self._show()

    @on(Input.Submitted)
    def add(self) -> None:
        """Answer, or say what stands in the way."""
        if not self.stands:
            return
        identity = self._entry.identity
        if identity is None:
            self.query_one("#words", Sentence).update(said(self._words, "$error"))
            self.query_one("#identity", Input).focus()
            return
        name = self.query_one("#name", Input).value.strip()
        self.leave(AddIdentity(identity, name or default_name(identity)))
