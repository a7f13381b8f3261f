"""Pick a process, to see the host as it does: its variables and its files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual.content import Content

from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.monitor.intents import LookAs
from mitui.tui.drawing.words import MUTED, said_line
from mitui.tui.keys.page_actions import CHOOSE, LEAVE, LOOK
from mitui.tui.processes import ProcessRow
from mitui.tui.screens.chooser import Choice, Chooser

_OWN = "own"
_REST = 0.15
"""Seconds for which a line must stay marked until its process is looked into: who only passes by costs nothing."""


def _choice(row: ProcessRow) -> Choice:
    found = _unreadable(row.unreadable) if row.unreadable else ", ".join(row.variables) or "no identity variables"
    return Choice(str(row.process_id), row.command, f"{row.process_id:>7} {row.user} · {found}", row.unreadable)


def _unreadable(reason: str) -> str:
    return "needs sudo" if "sudo" in reason else "can't be read"


class ProcessPickerScreen(Chooser[LookAs | None]):
    """Answers with the process to look as, None when it is left. The first line goes back to one's own view."""

    hint_actions = (LOOK, CHOOSE[1], LEAVE)
    question = "Which process? Type a part of its command, user or number"

    def __init__(self, processes: Sequence[ProcessRow], title: str = "See the host as another process does") -> None:
        own = Choice(_OWN, "own view", "this shell's variables and files")
        super().__init__(title, [own, *map(_choice, processes)])
        self._facts: dict[str, ProcessFacts] = {}
        self._refused: dict[str, str] = {}

    def words(self, choice: Choice | None, text: str) -> Content:
        """The marked process's runtime and SDKs, as soon as they are known."""
        if choice is None or choice.reason or choice.key == _OWN:
            return super().words(choice, text)
        if choice.key in self._refused:
            return said_line(self._refused[choice.key], "$error")
        facts = self._facts.get(choice.key)
        if facts is not None:
            return said_line(facts.carried, MUTED)
        self.run_worker(self._look(choice.key), group="look", exclusive=True)
        return said_line("")

    async def _look(self, key: str) -> None:
        from mitui.diagnosis.sdk.carried.inspection import inspect_process
        from mitui.engine.host.process_environment import ProcessUnreadable, environment_of

        await asyncio.sleep(_REST)
        view = environment_of(int(key))
        if isinstance(view, ProcessUnreadable):
            self._refused[key] = view.message
        else:
            self._facts[key] = await inspect_process(int(key), view.variables)
        if self.stands:
            self._say()

    def taken(self, choice: Choice | None, text: str) -> None:
        """It stays open where the process can't be looked into, as one that has ended since the list was made."""
        if choice is None or choice.reason:
            return
        if choice.key == _OWN:
            self.leave(LookAs(None))
            return
        from mitui.engine.host.process_environment import ProcessUnreadable, environment_of

        view = environment_of(int(choice.key))
        if isinstance(view, ProcessUnreadable):
            self._refused[choice.key] = view.message
            self._say()
        else:
            self.leave(LookAs(int(choice.key)))
