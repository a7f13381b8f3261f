"""A list to choose from, narrowed by what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

from rich.cells import cell_len
from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from mitui.tui.drawing.shortening import shortened
from mitui.tui.drawing.words import MUTED, said_line
from mitui.tui.keys.action import Action
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.page_actions import CHOOSE, CHOOSE_PAGE, LEAVE, TAKE
from mitui.tui.screens.dialog import Dialog
from mitui.tui.screens.pairs import pair_lines
from mitui.tui.screens.sentence import Sentence

Result = TypeVar("Result")
_FRAME: Final = 2
"""Lines of the frame."""
_AROUND: Final = 10
"""Lines of the screen that the list leaves to the field, the words below it and the frame."""
_AROUND_SHORT: Final = 6
"""The same on a terminal that is too small for the board: the field, three lines of words and the frame."""
_LEAST: Final = 3
"""Lines that the list has at least."""
_SCROLLBAR: Final = 2
"""Cells of the list's scroll bar, and a blank before it."""
_LEAST_NOTE: Final = 10
"""Cells that a note has at least beside labels that would take the whole line."""
_LABEL_SHARE: Final = 0.45
"""How much of the width labels may take."""


def _unbroken(text: str, width: int) -> str:
    """A single word such as an address in one line; it loses its middle, and first its scheme, as that tells least."""
    return text if " " in text or cell_len(text) <= width else shortened(text.removeprefix("https://"), width)


def _in_one_line(text: str, width: int, style: str) -> Content:
    """A single word without its middle where it is longer than the line, a sentence without its end."""
    return said_line(_unbroken(text, width), style).truncate(width, ellipsis=True)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose. ``reason`` says why it can't be, where it can't; ``key`` is what it stands for.

    ``detail`` is a sentence that stands below the list while the line is marked.
    """

    key: str
    label: str
    note: str = ""
    reason: str = ""
    detail: str = ""


class Chooser(Dialog[Result]):
    """A field that narrows a list; up and down mark a line, enter takes it. ``taken()`` makes the answer of it."""

    DEFAULT_CSS = """
    Chooser {
        OptionList { border: none; padding: 0; height: auto; background: $background; }
        #box OptionList { margin: 1 1 0 0; }
        OptionList > .option-list--option { padding: 0; }
        OptionList > .option-list--option-highlighted {
            background: $primary 20%; color: $foreground; text-style: bold;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((*CHOOSE, *CHOOSE_PAGE, LEAVE))]
    hint_actions: Sequence[Action] = (TAKE, CHOOSE[1], LEAVE)
    parts = ("#box", "#narrow", "#choices", "#words")
    question = "Type to narrow the list"

    def __init__(self, title: str, choices: Sequence[Choice], marked: str = "") -> None:
        super().__init__(title)
        self._choices = tuple(choices)
        self._shown = self._choices
        self._marked = marked
        self._was_moved = False

    def body(self) -> Iterable[Widget]:
        yield Static(said_line(self.question, MUTED), classes="prompt")
        yield self.field("narrow", hint=self.question)
        choices = OptionList(id="choices", markup=False)
        choices.can_focus = False
        yield choices
        yield Sentence(Content(""), name_id="words")

    def taken(self, choice: Choice | None, text: str) -> None:
        """Dismiss with the answer, for the marked line (None: no line fits) and the text as typed."""
        raise NotImplementedError

    def words(self, choice: Choice | None, text: str) -> Content:
        """What stands below the list."""
        if choice is None:
            return said_line("Nothing here fits what was typed.", "$warning")
        return said_line(choice.reason, "$warning") if choice.reason else said_line(choice.detail, MUTED)

    def narrowed(self, text: str) -> tuple[Choice, ...]:
        """The choices that hold every word of ``text``: those that are called so before those that only tell of it."""
        words = text.casefold().split()

        def holds(said: str) -> bool:
            return all(word in said.casefold() for word in words)

        found = [each for each in self._choices if holds(f"{each.label} {each.note} {each.detail}")]
        return tuple(sorted(found, key=lambda each: not holds(each.label)))

    @property
    def choice(self) -> Choice | None:
        """The marked line."""
        at = self._list.highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    @property
    def _list(self) -> OptionList:
        return self.query_one("#choices", OptionList)

    @property
    def _text(self) -> str:
        return self.query_one("#narrow", Input).value.strip()

    def fit(self, size: Size) -> None:
        """Give the list the room there is."""
        super().fit(size)
        self._list.styles.max_height = max(_LEAST, size.height - (_AROUND_SHORT if self.short else _AROUND))
        self._fill()

    def _fill(self) -> None:
        """Fill the list anew, keeping the line that was marked on purpose where it is still there, else the best."""
        kept = self.choice.key if self.choice and self._was_moved else self._marked
        self._shown = self.narrowed(self._text)
        width = self.room(self.app.size) - _SCROLLBAR
        label_width = self._label_width(width)
        self._list.set_options(Option(self._line(each, label_width, width)) for each in self._shown)
        keys = [each.key for each in self._shown]
        self._list.highlighted = keys.index(kept) if kept in keys else (0 if keys else None)
        self._say()

    def _label_width(self, width: int) -> int:
        """The column of the labels; where each choice has one line, all but the least that a note needs."""
        longest = max((cell_len(each.label) for each in self._shown), default=0)
        if not self.short:
            return min(int(width * _LABEL_SHARE), longest)
        notes = max((cell_len(each.note) for each in self._shown), default=0)
        return max(1, min(longest, width - 2 - min(notes, _LEAST_NOTE)))

    def _line(self, choice: Choice, label_width: int, width: int) -> Content:
        style, beside = MUTED if choice.reason else "", max(1, width - label_width - 2)
        label, note = said_line(choice.label, style), said_line(_unbroken(choice.note, beside), MUTED)
        if self.short:
            label = _in_one_line(choice.label, label_width, style)
            note = _in_one_line(choice.note, beside, MUTED)
        return Content("\n").join(pair_lines((label, note), label_width + 1, width))

    def _say(self) -> None:
        words = self.query_one("#words", Sentence)
        listed = min(len(self._shown), max(_LEAST, self.app.size.height - _AROUND_SHORT))
        words.limit(max(1, self.app.size.height - _FRAME - 1 - listed) if self.short else 0)
        words.update(self.words(self.choice, self._text))

    @on(Input.Changed, "#narrow")
    def narrow(self) -> None:
        """Show only what fits."""
        if self.stands:
            self._fill()

    def action_choose(self, step: int) -> None:
        """Mark the next or previous line."""
        self._was_moved = True
        if step > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()
        self._say()

    def action_choose_page(self, step: int) -> None:
        """Mark a line a page away."""
        self._was_moved = True
        count = len(self._shown)
        if count:
            at = (self._list.highlighted or 0) + step * max(1, self._list.size.height - 1)
            self._list.highlighted = min(max(at, 0), count - 1)
            self._say()

    @on(Input.Submitted, "#narrow")
    def take(self) -> None:
        """Answer with the marked line."""
        if self.stands:
            self.taken(self.choice, self._text)

    @on(OptionList.OptionSelected)
    def click(self) -> None:
        """A click takes a line at once."""
        self.take()


class ChooseScreen(Chooser[str | None]):
    """Answers with the key of the chosen line, None when it is left."""

    def taken(self, choice: Choice | None, text: str) -> None:
        if choice is not None and not choice.reason:
            self.leave(choice.key)
