"""How a screen over the board is left."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Leaving(ModalScreen[Result]):
    """A screen that is left once: what was pressed before it is gone, a second enter say, has no effect any more."""

    def leave(self, answer: Result | None = None) -> None:
        """Go back with this answer. A second one would take what lies below from the screen as well."""
        if self.is_current:
            self.dismiss(answer)
