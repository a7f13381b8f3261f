"""A widget made of lines, which repaints only the cells that changed."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget

from mitui.tui.drawing.lines import Line, Span, changed_cells, fit, joined
from mitui.tui.drawing.palette import Palette


class LineWidget(Widget):
    """Draws the lines that ``draw()`` returns for its size; ``redraw()`` compares them with those on the screen.

    Textual repaints regions: a countdown of eight cells costs eight cells, whatever is around it.
    """

    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)
    """As Textual's, but for its asking for a second layout after every layout: nothing here scrolls by Textual's means,
    and each of them paints the whole screen anew."""
    on_bar = False
    """Whether it lies on the bar's colour in place of the board's ground."""

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._palette = palette
        self._lines: list[Line] = []
        self._drawn_for = Size(-1, -1)

    def draw(self, width: int, height: int) -> list[Line]:
        """At most ``height`` lines; each is fitted to ``width`` cells."""
        raise NotImplementedError

    def _fitted(self) -> list[Line]:
        width, height = self.size
        if width <= 0 or height <= 0:
            return []
        drawn = [fit(each, width) for each in self.draw(width, height)[:height]]
        return drawn + [(Span(" " * width),)] * (height - len(drawn))

    def redraw(self) -> None:
        """Draw again, and repaint what differs; nothing where nothing does."""
        if not self.is_mounted or not self.display:
            self._drawn_for = Size(-1, -1)  # so that it is drawn anew once it is shown
            return
        before, fresh = self._lines, self._fitted()
        if self._drawn_for != self.size or len(before) != len(fresh):
            self._lines, self._drawn_for = fresh, self.size
            self.refresh()
            return
        self._lines = fresh
        regions = [
            Region(cells[0], y, cells[1] - cells[0], 1)
            for y, (old, new) in enumerate(zip(before, fresh, strict=True))
            if (cells := changed_cells(old, new)) is not None
        ]
        if regions:
            self.refresh(*regions)

    def repaint_in(self, palette: Palette) -> None:
        """Paint everything again in another theme."""
        self._palette = palette
        self.refresh()

    def prepare(self) -> None:
        """Have the lines for the size at hand."""
        if self._drawn_for != self.size:
            self._lines, self._drawn_for = self._fitted(), self.size

    def render_line(self, y: int) -> Strip:
        self.prepare()
        width = self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, self._palette.bar if self.on_bar else self._palette.ground)
        style = self._palette.style
        return Strip([Segment(each.text, style(each, self.on_bar)) for each in joined(self._lines[y])], width)

    @property
    def text(self) -> str:
        """What it shows, as plain text; for tests and for looking at it without a terminal."""
        return "\n".join("".join(each.text for each in row).rstrip() for row in self._fitted())
