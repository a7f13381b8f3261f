"""Every key in one table: bindings, palette, footer, help and the README's list of keys are all made from it.

Free of Textual at import time, so that configuration can be checked and documents generated without a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mitui.tui.keys.action import Action
from mitui.tui.keys.page_actions import PAGE_ACTIONS
from mitui.wording import listed

if TYPE_CHECKING:
    from textual.binding import Binding

PANES: Final = ("source", "identity", "tokens", "claims", "vault", "events")
"""The panes in the order of their numbers, 1 to 6."""

TITLES: Final[Mapping[str, str]] = {
    "source": "Source",
    "identity": "Identity",
    "tokens": "Tokens",
    "claims": "Claims",
    "vault": "Key Vault",
    "events": "Events",
    "guide": "What to do",
}
"""What a person calls the panes; the guide stands in place of empty ones and has no number."""

PROCESS: Final = "process"
"""The action that looks at the host as another process does."""
COMPARED: Final = ("another identity", "a file saved here", "the start", "what another process sees")
"""What the board can be compared with: the first two always, the next while a host is looked at, the last where that
host is this one."""


COMPARE: Final = "compare"


def _differs_from(compared: Sequence[str]) -> str:
    return f"Say what differs from {listed(compared, 'or')}"


_BOARD: Final[tuple[Action, ...]] = (
    Action(
        "refresh",
        "r",
        "requests.refresh",
        "Ask for new tokens of this identity now",
        "token: refresh now",
        asks=True,
    ),
    Action(
        "refresh_one",
        "R",
        "requests.refresh_one",
        "Ask for a new token of the marked resource only",
        "token: refresh this one",
        panes=("tokens",),
        asks=True,
    ),
    Action("identity", "i", "moves.to_pane('identity')", "Go to the list of identities", "identity: switch"),
    Action(
        "add",
        "a",
        "dialogs.add",
        "Add an identity, a resource or a vault, by the pane you are in",
        panes=("identity", "tokens", "vault"),
        asks=True,
    ),
    Action("add_identity", "", "dialogs.add_identity", "Add an identity", "identity: add", asks=True),
    Action("add_resource", "", "dialogs.add_resource", "Add a resource to get tokens for", "token: add", asks=True),
    Action("add_vault", "", "dialogs.add_vault", "Add a Key Vault", "vault: add", asks=True),
    Action(
        "rename",
        "n",
        "dialogs.rename",
        "Rename the marked identity",
        "identity: rename the marked",
        panes=("identity",),
        asks=True,
    ),
    Action(
        "remove",
        "d,delete",
        "dialogs.remove",
        "Remove the marked identity, resource or vault from the dashboard",
        "board: remove the marked",
        panes=("identity", "tokens", "vault"),
        asks=True,
    ),
    Action("probe", "v", "requests.probe", "Probe the vault with harmless reads", "vault: probe", asks=True),
    Action(
        "probe_crypto",
        "V",
        "dialogs.probe_deeper('crypto')",
        "Probe key operations on names that don't exist; asks first",
        "vault: probe key operations",
        panes=("vault",),
        asks=True,
    ),
    Action(
        "probe_deep",
        "",
        "dialogs.probe_deeper('deep')",
        "Probe backup, recover, delete and purge on names that don't exist; asks first",
        "vault: probe deeply",
        panes=("vault",),
        asks=True,
    ),
    Action(
        "watch",
        "w",
        "requests.watch",
        "Probe every 30 s until what is denied is granted, or stop doing so",
        "vault: watch for a grant",
        panes=("vault",),
        asks=True,
    ),
    Action(
        "next_vault",
        "right_square_bracket",
        "moves.next_vault(1)",
        "Show the next vault",
        "vault: next",
        panes=("vault",),
    ),
    Action(
        "previous_vault",
        "left_square_bracket",
        "moves.next_vault(-1)",
        "Show the previous vault",
        "vault: previous",
        panes=("vault",),
    ),
    Action("why", "enter", "enter.act", "Select, open, or say why it failed and what to do", label="open"),
    Action(
        "next_failure",
        "e",
        "moves.next_failure",
        "Go to the next failure: the source's, a token's, a vault's or another identity's",
        "go to: the next failure",
        label="next ✗",
    ),
    Action("zoom", "z", "moves.zoom", "Give this pane the whole screen, or take it back", "view: zoom"),
    Action("pause", "p", "requests.pause", "Stop asking and stop repainting, or go on", "board: pause", asks=True),
    Action("slower", "minus", "requests.interval(-1)", "Check less often", "board: check less often", asks=True),
    Action(
        "faster", "plus,equals_sign", "requests.interval(1)", "Check more often", "board: check more often", asks=True
    ),
    Action(
        "copy",
        "y",
        "copying.copy",
        "Copy what is marked to the terminal's clipboard; where it failed, the command that mends it",
        "copy: the marked",
    ),
    Action(
        "copy_report",
        "Y",
        "copying.copy_report",
        "Copy the whole board as Markdown, for a ticket; x masks it, before or after",
        "copy: the whole board",
        label="report",
    ),
    Action(
        "save",
        "S",
        "copying.save",
        "Save all that is known in a file in this folder, every id masked, to be sent, replayed or compared",
        "board: save",
    ),
    Action(
        "save_with_ids",
        "",
        "copying.save_with_ids",
        "Save the same with ids as they are; asks first",
        "board: save with ids",
    ),
    Action(
        COMPARE,
        "C",
        "differences.compare",
        _differs_from(COMPARED),
        "board: compare",
    ),
    Action(
        "copy_token",
        "",
        "copying.copy_token",
        "Copy the raw token, if the configuration allows it; asks first",
        "copy: the raw token",
    ),
    Action(
        "times",
        "t",
        "moves.times",
        "Show times in UTC, local time or epoch seconds",
        "view: change the times",
    ),
    Action(
        "filter",
        "slash",
        "moves.filter",
        "Show only lines with a text",
        "view: filter",
        panes=("claims", "events"),
    ),
    Action(
        "redact",
        "x",
        "copying.redact",
        "Mask every id as a saved file does, to share the screen; again to unmask",
        "view: mask",
        label="mask",
    ),
    Action("theme", "T", "pages.theme", "Choose a theme; it is remembered", "view: theme"),
    Action("jump", "f", "pages.jump", "Show a letter on every pane; press it to go there", "view: jump to a pane"),
    Action(
        PROCESS,
        "P",
        "dialogs.process",
        "See the host as another process does",
        "source: look as another process",
        asks=True,
    ),
    Action(
        "assigned",
        "L",
        "dialogs.assigned",
        "Ask Azure which identities are assigned to this host",
        "identity: list those assigned",
        label="assigned",
        panes=("identity",),
        asks=True,
    ),
    Action("source", "1", "moves.to_pane('source')", "Go to Source", "go to: Source"),
    Action("identities", "2", "moves.to_pane('identity')", "Go to Identity", "go to: Identity"),
    Action("tokens", "3", "moves.to_pane('tokens')", "Go to Tokens", "go to: Tokens"),
    Action("claims", "4", "moves.to_pane('claims')", "Go to Claims", "go to: Claims"),
    Action("vault", "5", "moves.to_pane('vault')", "Go to Key Vault", "go to: Key Vault"),
    Action("events", "6", "moves.to_pane('events')", "Go to Events", "go to: Events"),
    Action("next_pane", "tab", "moves.next_pane(1)", "Go to the next pane"),
    Action("previous_pane", "shift+tab", "moves.next_pane(-1)", "Go to the previous pane"),
    Action("up", "up,k", "moves.move('up')", "Move up"),
    Action("down", "down,j", "moves.move('down')", "Move down"),
    Action("left", "left,h", "moves.move('left')", "Move left; between tabs where there is nothing to the left"),
    Action("right", "right,l", "moves.move('right')", "Move right; between tabs where there is nothing to the right"),
    Action("screen_up", "pageup,ctrl+u", "moves.move('page_up')", "Move up by a page", label="page up"),
    Action("screen_down", "pagedown,ctrl+d", "moves.move('page_down')", "Move down by a page", label="page down"),
    Action("top", "home,g", "moves.move('top')", "Go to the first line"),
    Action("bottom", "end,G", "moves.move('bottom')", "Go to the last line"),
    Action("back", "escape", "moves.back", "Leave the zoom, or clear the filter"),
    Action("palette", "ctrl+p", "pages.palette", "Find any command by its name", label="commands"),
    Action("suspend", "ctrl+z", "moves.suspend", "Back to the shell; fg returns"),
    Action("help", "question_mark,f1", "pages.help", "What this pane shows, and its keys", "help: this pane"),
    Action("quit", "q,ctrl+q", "moves.quit", "Leave at once", "quit"),
)

ACTIONS: Final = (*_BOARD, *PAGE_ACTIONS)
"""The table: what can be done on the board, then on pages and in dialogs."""

BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}


OF_AN_ENDPOINT: Final = frozenset(
    (
        *("refresh_one", "identity", "add", "add_identity", "add_resource", "add_vault", "rename", "remove"),
        *("probe", "probe_crypto", "probe_deep", "watch", "next_vault", "previous_vault", "pause", "copy_token"),
        *("filter", "assigned", "identities", "tokens", "claims", "vault", "next_failure"),
    )
)
"""What does nothing where there is no endpoint."""


def of_session(actions: Iterable[Action], *, live: bool, processes: bool) -> tuple[Action, ...]:
    """The actions that a session has, described as they are there.

    It is not ``live`` where the board shows a saved file, and it has ``processes`` where it is about this very host.
    """
    compared = COMPARED if processes else COMPARED[:3] if live else COMPARED[:2]
    return tuple(
        replace(action, description=_differs_from(compared)) if action.id == COMPARE else action
        for action in actions
        if (live or not action.asks) and (processes or action.id != PROCESS)
    )


def bindings(actions: Iterable[Action] = _BOARD) -> list[Binding]:
    """Actions as Textual bindings, each with its id so that a keymap can change it."""
    from textual.binding import Binding

    return [
        Binding(action.keys, action.call, action.label, id=action.id, show=False) for action in actions if action.keys
    ]
