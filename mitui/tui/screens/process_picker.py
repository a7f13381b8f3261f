"""Pick a process, to see the host as it does: its variables and its files."""

from __future__ import annotations

from collections.abc import Sequence

from mitui.monitor.intents import LookAs
from mitui.tui.processes import ProcessRow
from mitui.tui.screens.chooser import Choice, Chooser
from mitui.tui.screens.keys import CHOOSE, LEAVE, LOOK

_OWN = "own"


def _choice(row: ProcessRow) -> Choice:
    number = str(row.process_id)
    note = row.user
    if row.unreadable:
        return Choice(number, f"{row.process_id:>7} {row.command}", f"{note} · needs sudo", row.unreadable)
    found = ", ".join(row.variables) or "no identity variables"
    return Choice(number, f"{row.process_id:>7} {row.command}", f"{note} · {found}")


class ProcessPickerScreen(Chooser[LookAs | None]):
    """Answers with the process to look as, None when it is left. The first line goes back to one's own view."""

    hint_actions = (LOOK, CHOOSE[1], LEAVE)
    question = "Which process? Type a part of its command, user or number"

    def __init__(self, processes: Sequence[ProcessRow]) -> None:
        own = Choice(_OWN, "own view", "this shell's variables and files")
        super().__init__("See the host as another process does", [own, *map(_choice, processes)])

    def taken(self, choice: Choice | None, text: str) -> None:
        if choice is not None and not choice.reason:
            self.leave(LookAs(None if choice.key == _OWN else int(choice.key)))
