"""The part of the table that is about pages and dialogs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from mitui.tui.keys.action import Action

_page = partial(Action, place="page")
_dialog = partial(Action, place="dialog")

CLOSE: Final = _page("page_close", "escape,q", "close", "Close this page", label="close")

SCROLL: Final[tuple[Action, ...]] = (
    _page("page_up", "up,k", "scroll_by(-1)", "Scroll up", label="up"),
    _page("page_down", "down,j", "scroll_by(1)", "Scroll down", label="down"),
    _page("page_back", "pageup,b,ctrl+u", "scroll_page(-1)", "Scroll up by a page", label="page up"),
    _page("page_forward", "pagedown,space,ctrl+d", "scroll_page(1)", "Scroll down by a page", label="page down"),
    _page("page_top", "home,g", "scroll_to_end(-1)", "Go to the top of the page", label="top"),
    _page("page_bottom", "end,G", "scroll_to_end(1)", "Go to the bottom of the page", label="bottom"),
    _page("page_next_section", "right_square_bracket,n", "section(1)", "Go to the next section", label="next section"),
    _page("page_previous_section", "left_square_bracket,N", "section(-1)", "Go back a section", label="last section"),
)

COPY: Final[tuple[Action, ...]] = (
    _page("page_next_command", "tab", "mark(1)", "Mark the next command", label="next command"),
    _page("page_previous_command", "shift+tab", "mark(-1)", "Mark the previous command", label="previous"),
    _page("page_copy", "y,enter", "copy_command", "Copy the marked command to the terminal's clipboard", label="copy"),
    _page("page_copy_all", "Y", "copy_all", "Copy the whole page as text", label="copy all"),
    _page("page_show", "s", "show", "Show the text alone, to select it with the mouse", label="select"),
)

MASK: Final = _page(
    "page_mask", "x", "mask", "Mask every id in the report, and copy it again", label="mask, copy again"
)

PAGE: Final = (CLOSE, *SCROLL)
"""What every page knows."""

LEAVE: Final = _dialog("dialog_leave", "escape", "close", "Leave the dialog, nothing done", label="leave")
ACCEPT: Final = _dialog("dialog_accept", "enter", "submit", "Do what the dialog is for", label="take")
NEXT_FIELD: Final = _dialog("dialog_field", "tab", "app.focus_next", "Go to the next field", label="next field")
CHOOSE: Final[tuple[Action, ...]] = (
    _dialog("dialog_previous", "up", "choose(-1)", "Mark the previous choice", label="choose"),
    _dialog("dialog_next", "down", "choose(1)", "Mark the next choice", label="choose"),
)
CHOOSE_PAGE: Final[tuple[Action, ...]] = (
    _dialog("dialog_page_up", "pageup", "choose_page(-1)", "Mark a choice a page above", label="page up"),
    _dialog("dialog_page_down", "pagedown", "choose_page(1)", "Mark a choice a page below", label="page down"),
)

TAKE: Final = ACCEPT
ADD: Final = replace(ACCEPT, label="add")
RENAME: Final = replace(ACCEPT, label="rename")
LOOK: Final = replace(ACCEPT, label="look")
"""The same key, as the dialogs call what it does."""

YES: Final = Action("dialog_yes", "y", "yes", "Do what was asked about", label="yes", place="question")
NO: Final = Action("dialog_no", "escape,n,q", "close", "Leave it, nothing done", label="no", place="question")

PAGE_ACTIONS: Final = (*PAGE, *COPY, MASK, ACCEPT, LEAVE, NEXT_FIELD, *CHOOSE, *CHOOSE_PAGE, YES, NO)
"""All of them."""
