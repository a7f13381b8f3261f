"""The keys of pages and dialogs, in the shape of the board's action table."""

from __future__ import annotations

from typing import Final

from mitui.tui.keys.action import Action

CLOSE: Final = Action("page_close", "escape,q", "close", "Close this page", label="close")

SCROLL: Final[tuple[Action, ...]] = (
    Action("page_up", "up,k", "scroll_by(-1)", "Scroll up", label="up"),
    Action("page_down", "down,j", "scroll_by(1)", "Scroll down", label="down"),
    Action("page_back", "pageup,b,ctrl+u", "scroll_page(-1)", "Scroll up by a page", label="page up"),
    Action("page_forward", "pagedown,space,ctrl+d", "scroll_page(1)", "Scroll down by a page", label="page down"),
    Action("page_top", "home,g", "scroll_to_end(-1)", "Go to the first line", label="top"),
    Action("page_bottom", "end,G", "scroll_to_end(1)", "Go to the last line", label="bottom"),
    Action("page_next_section", "right_square_bracket,n", "section(1)", "Go to the next section", label="next section"),
    Action("page_previous_section", "left_square_bracket,N", "section(-1)", "Go back a section", label="last section"),
)

COPY: Final[tuple[Action, ...]] = (
    Action("page_next_command", "tab", "mark(1)", "Mark the next command", label="next command"),
    Action("page_previous_command", "shift+tab", "mark(-1)", "Mark the previous command", label="previous"),
    Action("page_copy", "y,enter", "copy_command", "Copy the marked command to the terminal's clipboard", label="copy"),
    Action("page_copy_all", "Y", "copy_all", "Copy the whole page as text", label="copy all"),
    Action("page_show", "s", "show", "Show the text alone, to select it with the mouse", label="select"),
)

PAGE: Final = (CLOSE, *SCROLL)
"""What every page knows."""

EVIDENCE: Final = (*PAGE, *COPY)
"""What the Why page knows."""

LEAVE: Final = Action("dialog_leave", "escape", "close", "Leave the dialog, nothing done", label="leave")
ADD: Final = Action("dialog_add", "enter", "add", "Add it", label="add")
RENAME: Final = Action("dialog_rename", "enter", "rename", "Take the new name", label="rename")
TAKE: Final = Action("dialog_take", "enter", "take", "Take the marked line", label="take")
LOOK: Final = Action("dialog_look", "enter", "take", "See the host as this process does", label="look")
YES: Final = Action("dialog_yes", "y", "yes", "Do it", label="yes")
NO: Final = Action("dialog_no", "escape,n,q", "close", "Leave it, nothing done", label="no")
NEXT_FIELD: Final = Action("dialog_field", "tab", "app.focus_next", "Go to the next field", label="next field")
CHOOSE: Final[tuple[Action, ...]] = (
    Action("dialog_previous", "up", "choose(-1)", "Mark the previous choice", label="choose"),
    Action("dialog_next", "down", "choose(1)", "Mark the next choice", label="choose"),
)
CHOOSE_PAGE: Final[tuple[Action, ...]] = (
    Action("dialog_page_up", "pageup", "choose_page(-1)", "Mark a line a page above", label="page up"),
    Action("dialog_page_down", "pagedown", "choose_page(1)", "Mark a line a page below", label="page down"),
)
"""What dialogs with a field know; letters are typed there."""
