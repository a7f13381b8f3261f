"""Which source each SDK would pick on this host, and why they differ where they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from mitui.diagnosis.advice import SdkChoice, choices_agree
from mitui.monitor.snapshot import SourceView
from mitui.tui.drawing.words import MUTED, joined, said, said_line
from mitui.tui.screens.dialog import Page
from mitui.tui.screens.keys import CLOSE, SCROLL
from mitui.tui.screens.pairs import Pair, Pairs

_NOTHING = "sends nothing"


def summary(choices: tuple[SdkChoice, ...]) -> tuple[str, bool]:
    """Whether they agree, in a sentence and as a fact."""
    if not choices:
        return "What the SDKs would do is not known yet.", True
    counted = Counter(choice.asks for choice in choices)
    if choices_agree(choices):
        return f"Every SDK picks the same source here: {choices[0].source or _NOTHING}.", True
    sources = Counter(source for source, _ in counted)
    parts = ", ".join(
        f"{count} {source or _NOTHING}" + (f" at {endpoint}" if sources[source] > 1 and endpoint else "")
        for (source, endpoint), count in counted.most_common()
    )
    return f"The SDKs disagree on this host: {parts}.", False


class SdkChoicesScreen(Page):
    """The table of SDKs; those that differ from mitui's own source are marked."""

    hint_actions = (SCROLL[1], CLOSE)

    def __init__(self, source: SourceView) -> None:
        super().__init__("Which source each SDK picks here")
        self._source = source

    def body(self) -> Iterable[Widget]:
        words, agree = summary(self._source.sdk_choices)
        yield Static(said(words, "$success bold" if agree else "$warning bold"))
        yield Static(said(f"mitui uses {self._source.kind.value}: {self._source.label}", MUTED))
        yield Static(said_line("SDK"), classes="heading")
        width = min(24, max((len(choice.sdk) for choice in self._source.sdk_choices), default=8))
        yield Pairs([self._row(choice) for choice in self._source.sdk_choices], width + 1)
        if not agree:
            advice = (
                "Where they differ, name the source: set or unset the variables that the note speaks of, so that the "
                "program and its tools see one host."
            )
            yield Static(said(advice), classes="gap")

    def _row(self, choice: SdkChoice) -> Pair:
        same = choice.agrees_with(self._source.kind.value, self._source.endpoint)
        style = "" if same else "$error" if choice.source is None else "$warning"
        parts = [said_line(choice.source or _NOTHING, style)]
        if choice.note:
            parts.append(said_line(choice.note, MUTED))
        return said_line(choice.sdk), joined(*parts, separator="  ")
