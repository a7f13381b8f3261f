"""Which source each SDK would pick on this host, and why they differ where they do."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.diagnosis.sdk.groups import ChoiceGroup, grouped
from mitui.engine.source_kind import SourceKind
from mitui.monitor.snapshot import SourceView
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.words import MUTED, joined, said, said_line
from mitui.tui.keys.page_actions import CLOSE, SCROLL
from mitui.tui.screens.dialog import Page
from mitui.tui.screens.pairs import Pair, Pairs

_NOTHING = "sends nothing"
_NEVER = "does not read AZURE_CLIENT_ID"
_LABEL = 25
_SELECTORS = {"client_id": "client ID", "object_id": "object ID", "resource_id": "resource ID"}


class SdkChoicesScreen(Page):
    """The SDKs in groups that agree: first those that the process at hand carries, each by itself and marked."""

    hint_actions = (SCROLL[1], CLOSE)

    def __init__(self, source: SourceView) -> None:
        super().__init__("Which source each SDK picks here")
        self._source = source

    def body(self) -> Iterable[Widget]:
        found = self._source.kind is not SourceKind.NONE
        agreement = agreement_of(self._source.sdk_choices, found=found)
        style = "$warning bold" if agreement.disputed else "$success bold" if found else "bold"
        yield Static(said(agreement.sentence, style))
        yield Static(said(_ours(self._source), MUTED))
        groups = grouped(self._source.sdk_choices)
        own = [choice for group in groups if group.carried for choice in group.choices]
        if own:
            yield Static(said_line("This process carries"), classes="heading")
            yield Pairs([pair for choice in own for pair in self._own(choice)], _LABEL)
        yield Static(said_line("Every other SDK" if own else "SDK"), classes="heading")
        yield Pairs([pair for group in groups if not group.carried for pair in self._rows(group)], _LABEL)
        if agreement.disputed:
            advice = (
                "Where they differ, name the source: set or unset the variables that the note speaks of, so that the "
                "program and its tools see one host."
            )
            yield Static(said(advice), classes="gap")

    def _own(self, choice: SdkChoice) -> Iterable[Pair]:
        label = said_line(f"{glyphs.CURSOR} {choice.name}", "bold")
        yield label, joined(self._picked(choice), said_line(f"by the rules of {choice.sdk}", MUTED), separator="  ")
        if choice.fault:
            yield Content(""), said(choice.fault, "$error")
        for text in (choice.note, _selecting(choice), choice.basis and f"{choice.basis}: {choice.revision}"):
            if text:
                yield Content(""), said(text, MUTED)

    def _rows(self, group: ChoiceGroup) -> Iterable[Pair]:
        first = group.choices[0]
        where = f" at {group.endpoint}" if group.endpoint else ""
        picked = joined(self._picked(first), said_line(where, MUTED))
        if len(group.choices) == 1:
            told = (said_line(each, MUTED) for each in (first.note, first.basis) if each)
            yield said_line(first.sdk), joined(picked, *told, separator="  ")
            return
        yield said_line(f"{len(group.choices)} of them"), picked
        yield Content(""), said(group.names)
        notes: dict[str, list[str]] = {}
        for each in group.choices:
            notes.setdefault(each.note, []).append(each.sdk)
        for note, names in notes.items():
            if note:
                yield Content(""), said(f"{', '.join(names)}: {note}", MUTED)

    def _picked(self, choice: SdkChoice) -> Content:
        same = choice.agrees_with(self._source.kind.value, self._source.endpoint)
        style = "" if same else MUTED if choice.limit else "$error" if choice.source is None else "$warning"
        return said_line(choice.source or _NOTHING, style)


def _ours(source: SourceView) -> str:
    """What mitui itself goes by."""
    if source.kind is not SourceKind.NONE:
        return f"mitui uses {source.kind.value}: {source.label}"
    tried = f": it tried {source.label} at {source.endpoint} in vain" if source.endpoint else ""
    return f"mitui found no endpoint{tried}"


def _selecting(choice: SdkChoice) -> str:
    """By which ids it can name an identity here, where that is not all of them; and who in it reads AZURE_CLIENT_ID."""
    words = []
    if choice.source and len(choice.selectors) < len(_SELECTORS):
        named = " or ".join(_SELECTORS.get(each, each) for each in choice.selectors)
        words.append(f"selects an identity by {named} only" if named else "can't select an identity here")
    if choice.reads_client_id:
        words.append(f"reads AZURE_CLIENT_ID {choice.reads_client_id}".replace("reads AZURE_CLIENT_ID never", _NEVER))
    return "; ".join(words)
