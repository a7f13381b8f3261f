"""Why: the cause of a failure, what to do, what was on the wire, and what each SDK makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mitui.diagnosis.steps import Use
from mitui.tui.dashboard.clipboard import copy_command
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.words import MUTED, joined, linked, said, said_line
from mitui.tui.keys.action import Action
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import CLOSE, COPY, SCROLL
from mitui.tui.screens.folding import fold_command
from mitui.tui.screens.pairs import Pairs, Wrapped, pair_lines
from mitui.tui.screens.text_page import TextPage
from mitui.tui.screens.why.lines import Excerpt, Label, Line, Pair, Say, Section, Tone, Why

_STYLES: Final[dict[Tone, str]] = {
    "plain": "",
    "muted": MUTED,
    "ok": "$success",
    "warning": "$warning",
    "error": "$error",
}
_EXCERPT_LIMIT: Final = 2048
_LABEL_WIDTH: Final = 15


class CommandLine(Wrapped):
    """A command; the marked one is what ``y`` copies, and has a mark that needs no colour."""

    def __init__(self, command: str) -> None:
        super().__init__(classes="command")
        self.command = command
        self._mark = Content(" ")

    def mark(self, on: bool) -> None:
        """Mark it, or take the mark away."""
        self._mark = said_line(glyphs.CURSOR if on else " ", "$accent")
        self.set_class(on, "-marked")
        self.refresh()

    def lines(self, width: int) -> list[Content]:
        return pair_lines((self._mark, said(self.command)), 1, width)


class WhyScreen(TextPage):
    """Everything known of one failure, the cause on top. Nothing here asks the network anything."""

    DEFAULT_CSS = """
    WhyScreen {
        #box .command { padding: 0 1 0 0; border-left: outer $border-blurred; background: $panel; margin: 0 1 1 0; }
        #box .command.-last { margin-bottom: 0; }
        #box .command.-marked { border-left: outer $accent; }
        .excerpt { padding: 0 1; border-left: outer $border-blurred; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COPY[:3])]
    hint_actions: Sequence[Action] = (*COPY[2:4], COPY[0], SCROLL[6], COPY[4], CLOSE)

    def __init__(self, why: Why, *, masked: bool = False) -> None:
        super().__init__(f"Why · {why.title}", why.title)
        self.why = why
        self._masked = masked
        self._marked = why.to_copy
        count = sum(isinstance(line, Use) for section in why.sections for line in section.lines)
        absent = () if count > 1 else COPY[:1] if count else (COPY[0], COPY[2])
        self.hint_actions = tuple(each for each in self.hint_actions if each not in absent)

    def body(self) -> Iterable[Widget]:
        why = self.why
        yield Static(said(why.headline, f"{_STYLES[why.tone]} bold"))
        if why.detail:
            yield Static(said_line(why.detail, MUTED))
        for section in why.sections:
            yield from _section(section)

    def on_mount(self) -> None:
        self._show_mark()

    def _commands(self) -> list[CommandLine]:
        return list(self.query(CommandLine))

    def _show_mark(self) -> None:
        for index, line in enumerate(self._commands()):
            line.mark(index == self._marked)

    def action_mark(self, step: int) -> None:
        """Mark the next or previous command and bring it into view."""
        commands = self._commands()
        if commands:
            self._marked = (self._marked + step) % len(commands)
            self._show_mark()
            self.box.scroll_to_widget(commands[self._marked], animate=False)

    def action_copy_command(self) -> None:
        """Copy the marked command."""
        commands = self._commands()
        if commands:
            self.flash(copy_command(self.app, commands[self._marked].command, masked=self._masked))
        else:
            self.flash("there is no command here; Y copies the whole page", "$warning")

    def text(self) -> str:
        return as_text(self.why)

    def text_to_select(self, width: int) -> str:
        return as_text(self.why, width - 2)


def _section(section: Section) -> Iterable[Widget]:
    title, note = said_line(section.title), said_line(f"  {section.note}", f"not bold {MUTED}")
    yield Static(joined(title, note), classes="heading")
    for kind, lines in groupby(section.lines, type):
        if kind is Pair:
            yield Pairs([_pair(line) for line in lines if isinstance(line, Pair)], _LABEL_WIDTH)
            continue
        widgets = [_line(line) for line in lines]
        widgets[-1].add_class("-last")
        yield from widgets


def _pair(line: Pair) -> tuple[Content, Content]:
    return said_line(line.label, MUTED, 64), linked(line.value, _STYLES[line.tone])


def _line(line: Line) -> Widget:
    match line:
        case Use(text):
            return CommandLine(text)
        case Label(text, tone):
            return Static(said_line(text, _STYLES[tone]), classes="label")
        case Excerpt(text):
            return Static(said(text, MUTED, _EXCERPT_LIMIT), classes="excerpt")
        case Say(text, tone):
            return Static(said(text, _STYLES[tone]))
        case Pair():
            return Pairs([_pair(line)], _LABEL_WIDTH)


def as_text(why: Why, width: int | None = None) -> str:
    """The page as plain text, for a ticket or a mail; its commands in lines of ``width`` cells, if it is given."""
    lines = [why.title, why.headline, why.detail]
    for section in why.sections:
        note = f" ({section.note})" if section.note else ""
        lines += ["", f"{section.title}{note}"]
        for line in section.lines:
            match line:
                case Pair(label, value):
                    lines.append(f"  {label}: {value}")
                case Use(text):
                    lines.append(f"  {text}" if width is None else fold_command(text, width, "  "))
                case _:
                    lines.append(f"  {line.text}")
    return "\n".join(lines)
