"""A sentence below a field or a list, which changes with what is typed or marked."""

from __future__ import annotations

from textual.content import Content

from mitui.tui.screens.pairs import Wrapped


class Sentence(Wrapped):
    """Wrapped into the width there is and into at most ``most`` rows; what has no room ends in an ellipsis."""

    def __init__(self, content: Content, *, name_id: str, classes: str = "words") -> None:
        super().__init__()
        self.id = name_id
        self.set_classes(classes)
        self._content = content
        self._most = 0

    def update(self, content: Content) -> None:
        """Say something else."""
        self._content = content
        self.refresh(layout=True)

    def limit(self, most: int) -> None:
        """Take at most so many rows; 0 for as many as it needs."""
        if most != self._most:
            self._most = most
            self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        lines = self._content.wrap(max(1, width))
        if not self._most or len(lines) <= self._most:
            return lines
        *kept, last = lines[: self._most]
        return [*kept, last.rstrip().truncate(max(1, width - 1)) + Content("…")]
