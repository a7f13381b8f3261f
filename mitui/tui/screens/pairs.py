"""Labels on the left, what belongs to them on the right, each wrapped in its own column."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget


class Pairs(Widget):
    """One widget for any number of rows: a label of at most ``label_width`` cells, then its text."""

    DEFAULT_CSS = """
    Pairs { width: 1fr; height: auto; }
    """

    def __init__(self, rows: Sequence[tuple[Content, Content]], label_width: int, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._rows = tuple(rows)
        self._label_width = label_width

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        gap = self._label_width + 1
        for label, text in self._rows:
            labels = label.fold(self._label_width) if label else []
            texts = text.wrap(max(8, width - gap))
            for index in range(max(len(labels), len(texts))):
                left = labels[index] if index < len(labels) else Content("")
                right = texts[index] if index < len(texts) else Content("")
                lines.append(Content("").join((left.pad_right(gap - left.cell_length), right)))
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))
