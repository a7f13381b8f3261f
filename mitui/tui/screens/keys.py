"""The keys of pages and dialogs, in the shape of the board's action table."""

from __future__ import annotations

from typing import Final

from mitui.tui.keys.action import Action

CLOSE: Final = Action("page_close", "escape,q", "close", "close", "Close this page")

SCROLL: Final[tuple[Action, ...]] = (
    Action("page_up", "up,k", "scroll_by(-1)", "up", "Scroll up"),
    Action("page_down", "down,j", "scroll_by(1)", "down", "Scroll down"),
    Action("page_back", "pageup,b,ctrl+u", "scroll_page(-1)", "page up", "Scroll up by a page"),
    Action("page_forward", "pagedown,space,ctrl+d", "scroll_page(1)", "page down", "Scroll down by a page"),
    Action("page_top", "home,g", "scroll_to_end(-1)", "top", "Go to the first line"),
    Action("page_bottom", "end,G", "scroll_to_end(1)", "bottom", "Go to the last line"),
    Action("page_next_section", "right_square_bracket,n", "section(1)", "next section", "Go to the next section"),
    Action("page_previous_section", "left_square_bracket,N", "section(-1)", "last section", "Go back a section"),
)

COPY: Final[tuple[Action, ...]] = (
    Action("page_next_command", "tab", "mark(1)", "next command", "Mark the next command"),
    Action("page_previous_command", "shift+tab", "mark(-1)", "previous", "Mark the previous command"),
    Action("page_copy", "y,enter", "copy_command", "copy", "Copy the marked command to the terminal's clipboard"),
    Action("page_copy_all", "Y", "copy_all", "copy all", "Copy the whole page as text"),
    Action("page_show", "s", "show", "select", "Show the text alone, to select it with the mouse"),
)

PAGE: Final = (CLOSE, *SCROLL)
"""What every page knows."""

EVIDENCE: Final = (*PAGE, *COPY)
"""What the Why page knows."""

LEAVE: Final = Action("dialog_leave", "escape", "close", "leave", "Leave the dialog, nothing done")
ADD: Final = Action("dialog_add", "enter", "add", "add", "Add it")
RENAME: Final = Action("dialog_rename", "enter", "rename", "rename", "Take the new name")
TAKE: Final = Action("dialog_take", "enter", "take", "take", "Take the marked line")
LOOK: Final = Action("dialog_look", "enter", "take", "look", "See the host as this process does")
YES: Final = Action("dialog_yes", "y", "yes", "yes", "Do it")
NO: Final = Action("dialog_no", "escape,n,q", "close", "no", "Leave it, nothing done")
NEXT_FIELD: Final = Action("dialog_field", "tab", "app.focus_next", "next field", "Go to the next field")
CHOOSE: Final[tuple[Action, ...]] = (
    Action("dialog_previous", "up", "choose(-1)", "choose", "Mark the previous choice"),
    Action("dialog_next", "down", "choose(1)", "choose", "Mark the next choice"),
)
CHOOSE_PAGE: Final[tuple[Action, ...]] = (
    Action("dialog_page_up", "pageup", "choose_page(-1)", "page up", "Mark a line a page above"),
    Action("dialog_page_down", "pagedown", "choose_page(1)", "page down", "Mark a line a page below"),
)
"""What dialogs with a field know; letters are typed there."""
