"""Add a Key Vault by name or URL, checked as it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, Static

from mitui.keyvault.address import parse_vault
from mitui.keyvault.probe_result import VaultFailure
from mitui.monitor.intents import AddVault
from mitui.tui.drawing.words import MUTED, said
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import ADD, LEAVE
from mitui.tui.screens.dialog import Dialog
from mitui.tui.screens.sentence import Sentence

_PROMPT: Final = "The vault's name or its URL"


@dataclass(frozen=True, slots=True)
class VaultEntry:
    """``url`` is "" until the text names a vault that may be added; ``words`` say what it is, or what is wrong."""

    words: str
    url: str = ""


def read_vault(text: str, cloud: str, present: Sequence[str], *, allow_loopback: bool = False) -> VaultEntry:
    """Read a vault's name or URL; a bare name belongs to ``cloud``, the public one where that is not known."""
    if not text.strip():
        return VaultEntry("Its name is enough: contoso-kv. The URL names the cloud as well.")
    address = parse_vault(text, cloud=cloud or "AzurePublicCloud", allow_loopback=allow_loopback)
    if isinstance(address, VaultFailure):
        return VaultEntry(f"{address.message}.")
    if address.url in present:
        return VaultEntry(f"{address.url} is in the list already.")
    return VaultEntry(f"Adds {address.url}", address.url)


class AddVaultScreen(Dialog[AddVault | None]):
    """Answers with the vault to add, None when it is left. Nothing is asked of the vault here."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings((LEAVE,))]
    parts = ("#box", "#words")
    hint_actions = (ADD, LEAVE)

    def __init__(self, cloud: str, present: Sequence[str], *, allow_loopback: bool = False) -> None:
        super().__init__("Add a Key Vault")
        self._cloud = cloud
        self._present = present
        self._allow_loopback = allow_loopback
        self._entry = self._read("")

    def _read(self, text: str) -> VaultEntry:
        return read_vault(text, self._cloud, self._present, allow_loopback=self._allow_loopback)

    def body(self) -> Iterable[Widget]:
        yield Static(said(_PROMPT), classes="prompt")
        yield self.field("vault", hint=_PROMPT, limit=256)
        yield Sentence(said(self._entry.words, MUTED), name_id="words")

    def fit(self, size: Size) -> None:
        """Give the words all rows but the field's."""
        super().fit(size)
        self.query_one("#words", Sentence).limit(max(1, size.height - 3) if self.short else 0)

    @on(Input.Changed, "#vault")
    def read(self, event: Input.Changed) -> None:
        """Check what has been typed so far."""
        if not self.stands:
            return
        self._entry = self._read(event.value)
        style = "$success" if self._entry.url else MUTED
        self.query_one("#words", Sentence).update(said(self._entry.words, style))

    @on(Input.Submitted)
    def add(self) -> None:
        """Answer, or say what stands in the way."""
        if self._entry.url:
            self.leave(AddVault(self._entry.url))
        elif self.stands:
            self.query_one("#words", Sentence).update(said(self._entry.words, "$error"))
