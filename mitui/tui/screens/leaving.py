"""How a screen over the board is left."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Leaving(ModalScreen[Result]):
    """A screen that is left once: what still arrives after that, a second enter or a new size, has no effect."""

    left = False
    """Whether it has answered; it may be on its way out still."""

    parts: tuple[str, ...] = ()
    """What must be on it, by selector, before anything is done with it."""

    @property
    def stands(self) -> bool:
        """Whether its widgets are there to be spoken to: not before it is drawn, nor after it was left."""
        return self.is_mounted and not self.left and all(self.query(part) for part in self.parts)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key does something here only while the screen stands; leaving it is possible before."""
        return self.stands or action == "close"

    def leave(self, answer: Result | None = None) -> None:
        """Go back with this answer. A second one would take what lies below from the screen as well."""
        if self.is_current and not self.left:
            self.left = True
            self.dismiss(answer)
