"""Labels on the left, what belongs to them on the right, each wrapped in its own column."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

Pair = tuple[Content, Content]


def pair_lines(pair: Pair, label_width: int, width: int) -> list[Content]:
    """One row as lines of at most ``width`` cells: the label in ``label_width`` cells, a space, the text."""
    label, text = pair
    gap = label_width + 1
    labels = label.wrap(label_width) if label else []
    texts = text.wrap(max(8, width - gap))
    lines = []
    for index in range(max(len(labels), len(texts))):
        left = labels[index] if index < len(labels) else Content("")
        right = texts[index] if index < len(texts) else Content("")
        lines.append(Content("").join((left.pad_right(gap - left.cell_length), right)))
    return lines


class Wrapped(Widget):
    """Lines that depend on the width there is."""

    DEFAULT_CSS = """
    Wrapped { width: 1fr; height: auto; }
    """

    def lines(self, width: int) -> list[Content]:
        """The lines at this width, in cells."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width))

    def render(self) -> Content:
        return Content("\n").join(self.lines(self.content_size.width))


class Pairs(Wrapped):
    """One widget for any number of rows. Labels have ``label_width`` cells, or up to half the width for a long one."""

    def __init__(self, rows: Sequence[Pair], label_width: int) -> None:
        super().__init__()
        self._rows = tuple(rows)
        self._least = label_width
        self._longest = max((label.cell_length for label, _ in self._rows), default=0)

    def lines(self, width: int) -> list[Content]:
        label_width = max(self._least, min(self._longest, width // 2))
        return [line for row in self._rows for line in pair_lines(row, label_width, width)]
