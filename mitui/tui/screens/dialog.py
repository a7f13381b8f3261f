"""What every page and dialog shares: a framed box above the board, its title, its hints, and how it is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.timer import Timer
from textual.widget import Widget

from mitui.tui.dashboard.arrangement import fits
from mitui.tui.drawing.words import MUTED, joined, said_line
from mitui.tui.keys.action import Action
from mitui.tui.keys.actions import bindings
from mitui.tui.keys.keymap import with_keys
from mitui.tui.keys.names import shown_key
from mitui.tui.keys.page_actions import CLOSE, PAGE
from mitui.tui.screens.field import Field
from mitui.tui.screens.leaving import Leaving

Result = TypeVar("Result")
_SIDES: Final = 4
"""Cells of the frame and of the blanks beside what is in it."""
_FLASH: Final = 4.0
"""Seconds for which the frame says what was just done."""


def key_hints(actions: Sequence[Action], width: int) -> Content:
    """The first key of each action with its label, as many as ``width`` cells hold; the last one always."""
    *others, last = (
        joined(said_line(shown_key(action.key_list[0]), "$accent bold"), said_line(f" {action.label}", MUTED))
        for action in actions
    )
    kept: list[Content] = []
    left = width - last.cell_length
    for hint in others:
        left -= hint.cell_length + 2
        if left < 0:
            break
        kept.append(hint)
    return joined(*kept, last, separator="  ")


class Dialog(Leaving[Result]):
    """A framed box in the middle of the screen; a subclass fills it in ``body()`` and says which keys leave it.

    The bottom line of the frame tells the keys as the app's ``own_keys`` have them, or in one sentence what has just
    been done. On a terminal that is too small for the board it is ``short``: it does without gaps, and the words above
    its fields stand in them, so that what is typed and what is said of it are seen all the same.
    """

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        #box {
            width: 100%;
            max-width: 76;
            height: auto;
            max-height: 100%;
            border: round $border;
            background: $background;
            padding: 0 0 0 1;
            border-title-color: $primary;
            border-title-style: bold;
            border-title-background: $background;
            border-subtitle-background: $background;
            border-subtitle-align: left;
        }
        #box, OptionList {
            scrollbar-size-vertical: 1;
            scrollbar-color: $border-blurred;
            scrollbar-color-hover: $border;
            scrollbar-color-active: $border;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-background-active: $background;
        }
        #box > * { margin-right: 1; }
        #box Static { width: 1fr; height: auto; }
        #box .gap { margin: 1 1 0 0; }
        #box .words { margin: 1 1 0 0; min-height: 2; }
        &.-short #box .prompt { display: none; }
        &.-short #box .gap, &.-short #box .words, &.-short #box OptionList { margin: 0 1 0 0; }
        &.-short #box .words { min-height: 1; }
        Input { border: none; height: 1; padding: 0 1; background: $panel; }
        Input:focus { border: none; }
        &:ansi Input { border-left: outer $border-blurred; padding: 0; }
        &:ansi Input:focus { border-left: outer $primary; }
    }
    """
    parts: tuple[str, ...] = ("#box",)
    hint_actions: Sequence[Action] = (CLOSE,)
    widest = 76
    """Cells that the frame takes at most; as in the CSS."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._keys_back: Timer | None = None
        self.short = False

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box", can_focus=False) as box:
            box.border_title = said_line(self._title)
            yield from self.body()

    def body(self) -> Iterable[Widget]:
        """The widgets inside the frame."""
        raise NotImplementedError

    @property
    def box(self) -> VerticalScroll:
        """The frame, which scrolls what does not fit."""
        return self.query_one("#box", VerticalScroll)

    def on_resize(self) -> None:
        """Fit what depends on the size, the first one included, as soon as it is there."""
        if self.stands:
            self.fit(self.app.size)
        elif not self.left:
            self.call_after_refresh(self.on_resize)

    def fit(self, size: Size) -> None:
        """Fit what depends on it into a terminal of this size."""
        self.short = not fits(size.width, size.height)
        self.set_class(self.short, "-short")
        for field in self.query(Field):
            field.show_hint(self.room(size) if self.short else 0)
        self._show_keys()

    def room(self, size: Size) -> int:
        """The cells that a line in the frame has on a terminal of this size."""
        return max(1, min(size.width, self.widest) - _SIDES)

    def _show_keys(self) -> None:
        """Show as many hints as the frame's bottom line holds."""
        if self.stands:
            actions = with_keys(getattr(self.app, "own_keys", {}), self.hint_actions)
            self.box.border_subtitle = key_hints(actions, min(self.app.size.width, self.widest) - 6)

    def field(self, name: str, *, value: str = "", hint: str = "", limit: int = 2048) -> Field:
        """A line to type in; ``hint`` stands in it, while it is empty, where there is no room above it."""
        return Field(value, name_id=name, hint=hint, limit=limit)

    def flash(self, words: str, style: str = "$success") -> None:
        """Say in one line what has just happened; after a few seconds the keys stand there again."""
        self.box.border_subtitle = said_line(words, style)
        if self._keys_back is not None:
            self._keys_back.stop()
        self._keys_back = self.set_timer(_FLASH, self._show_keys)

    def action_close(self) -> None:
        """Leave without an answer."""
        self.leave(None)


class Page(Dialog[None]):
    """A dialog to read: it takes the whole terminal, up to a readable width, and scrolls."""

    DEFAULT_CSS = """
    Page {
        background: $background;
        #box { max-width: 116; min-height: 100%; }
        #box .heading { margin: 1 1 0 0; text-style: bold; color: $primary; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PAGE)]
    AUTO_FOCUS = ""
    widest = 116

    def sections(self) -> Sequence[Widget]:
        """The headings between which ``section()`` moves."""
        return list(self.query(".heading"))

    def action_scroll_by(self, lines: int) -> None:
        """Scroll by lines."""
        self.box.scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by whole pages, keeping one line in sight."""
        self.box.scroll_relative(y=pages * max(1, self.box.size.height - 1), animate=False)

    def action_scroll_to_end(self, direction: int) -> None:
        """Scroll to the top (-1) or the bottom (1)."""
        if direction < 0:
            self.box.scroll_home(animate=False)
        else:
            self.box.scroll_end(animate=False)

    def action_section(self, direction: int) -> None:
        """Bring the next or previous heading to the top."""
        top = round(self.box.scroll_y)
        rows = [heading.virtual_region.y for heading in self.sections()]
        after = [row for row in rows if row > top]
        before = [row for row in rows if row < top]
        target = (after[0] if after else None) if direction > 0 else (before[-1] if before else 0)
        if target is not None:
            self.box.scroll_to(y=target, animate=False)
