"""Which panes are shown, where they stand, and which of them has the focus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from mitui.tui.dashboard.arrangement import TABS, Place, Wish, arrange, fits
from mitui.tui.keys.actions import PANES
from mitui.tui.panes.pane import Pane

if TYPE_CHECKING:
    from mitui.tui.dashboard.screen import Dashboard


class PlacedLayout(Layout):
    """Puts each widget where ``places`` says for the size; one that is not named there is not placed."""

    name = "placed"

    def __init__(self, places: Callable[[Size], Mapping[str, Place]]) -> None:
        super().__init__()
        self._places = places

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        places = self._places(size)
        return [
            WidgetPlacement(Region(place.x, place.y, place.width, place.height), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if (place := places.get(child.id or "")) is not None
        ]


class Arranger:
    """Places the panes and bars of a dashboard by its size, what each has to show, and what a person wishes."""

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        self._wish = Wish()
        self._shown: dict[str, Place] = {}
        self._focused_before = ""  # while the terminal is too small for any pane
        self.layout = PlacedLayout(self.places)

    def places(self, size: Size) -> dict[str, Place]:
        """The places of all widgets at this size."""
        width, height = size.width, size.height
        if not fits(width, height):
            return {"too-small": Place(0, 0, width, height)}
        board = self._dashboard
        rows = board.whole_text.rows(width)
        bars = {"header": Place(0, 0, width, 1), "footer": Place(0, height - 1, width, 1)}
        # It lies over the last rows of the lowest pane: nothing moves as it comes and goes.
        over = {"whole-text": Place(0, height - 1 - rows, width, rows)} if rows else {}
        panes = arrange(width, height, self._wish, lambda name, wide, most: board.panes[name].wanted_lines(wide, most))
        counted = board.countdowns.place(panes["tokens"]) if "tokens" in panes else None
        return {**bars, **panes, **({"countdowns": counted} if counted else {}), **over}

    def settle(self, size: Size) -> None:
        """Show, hide and place the panes as the size and the content ask."""
        places = self.places(size)
        if places == self._shown:
            return
        self._shown = places
        board = self._dashboard
        focused = board.focused
        if isinstance(focused, Pane) and "too-small" in places:
            self._focused_before = focused.name_id
        for name, pane in board.panes.items():
            pane.display = name in places
            if name in places:
                pane.tabs = places[name].tabs
                pane.at_bottom = places[name].y + places[name].height == size.height - 1
        for bar in board.bars:
            bar.display = bar.id in places
        board.footer.refresh(layout=True)
        if "too-small" in places:
            return
        if self._focused_before:
            name, self._focused_before = self._focused_before, ""
            self.focus(name if name in self.shown else self.front)
        elif focused is None or (isinstance(focused, Pane) and not focused.display):
            self.focus(self.front)

    @property
    def shown(self) -> dict[str, Place]:
        """The panes on the screen, in reading order, with their places."""
        return {name: place for name, place in self._shown.items() if name in self._dashboard.panes}

    @property
    def front(self) -> str:
        """The pane that gets the focus when the one that had it is gone."""
        shown = [*self.shown]
        return next((name for name in (self._wish.zoomed, "tokens", "guide", *shown) if name in shown), "source")

    @property
    def pane(self) -> Pane:
        """The pane that has the focus."""
        focused, panes = self._dashboard.focused, self._dashboard.panes
        if self.is_too_small:
            return panes[self._focused_before or ("guide" if self.empty else "tokens")]
        return focused if isinstance(focused, Pane) else panes[self.front]

    @property
    def is_too_small(self) -> bool:
        """Whether the terminal is too small for any pane."""
        return "too-small" in self._shown

    @property
    def zoomed(self) -> str:
        """The pane that has the whole screen, "" for none."""
        return self._wish.zoomed

    @property
    def empty(self) -> bool:
        """Whether there is no endpoint, and so nothing for most panes to show."""
        return self._wish.empty

    def note_emptiness(self, empty: bool) -> None:
        """Take it into account the next time the panes are settled."""
        self._wish = replace(self._wish, empty=empty)

    def wish(self, **changes: Any) -> None:
        """Change what the arrangement depends on: ``tab``, ``zoomed``."""
        before = self._wish
        self._wish = replace(before, **changes)
        if self._wish != before:
            self.settle(self._dashboard.size)
            self._dashboard.stage.draw_panes()

    def focus(self, name: str) -> None:
        """Bring a pane to the front and give it the focus."""
        if name not in self._shown and self.empty and name not in ("source", "events"):
            name = "guide"
        if self.empty and name == "events" and name not in self._shown:
            self.wish(zoomed=name)  # where there is no room for it beside the guide
        if name in TABS:
            self.wish(tab=name)
        if self.zoomed and self.zoomed != name:
            self.wish(zoomed=name)
        pane = self._dashboard.panes[name]
        if pane.display:
            self._dashboard.set_focus(pane)  # at once: the next key may be here already

    def focus_next(self, step: int) -> None:
        """Go to the next pane in reading order, the tabs of a frame included."""
        shown = self.shown
        tabbed = {tab for place in shown.values() for tab in place.tabs}
        every: tuple[str, ...] = (*PANES, "guide")
        order = [*PANES] if self.zoomed else [name for name in every if name in shown or name in tabbed]
        at = order.index(self.pane.name_id) if self.pane.name_id in order else 0
        if order:  # none on a terminal that is too small
            self.focus(order[(at + step) % len(order)])
