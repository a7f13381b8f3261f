"""The frame around every pane: title and tabs, a cursor, scrolling, and notes in the lower border."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.message import Message

from mitui.tui.drawing import glyphs
from mitui.tui.drawing.line_widget import LineWidget
from mitui.tui.drawing.lines import Line, Role, Span, fit, line, mark, span, text_of, width_of, wrap
from mitui.tui.drawing.palette import Palette
from mitui.tui.drawing.times import clock_time
from mitui.tui.panes.edges import lower_edge, upper_edge
from mitui.tui.panes.view import ADD, Item, View, lines_in
from mitui.tui.panes.window import Extent, Window
from mitui.tui.scene import Scene


class Pane(LineWidget, can_focus=True):
    """A frame with items in it. Subclasses say what is in it (``view``) and what enter does (``act``)."""

    name_id: ClassVar[str] = ""
    ticks: ClassVar[bool] = False  # whether it shows something that changes with the time alone
    adds: ClassVar[bool] = False  # whether something can be added to what it shows

    class Acted(Message):
        """Enter was pressed on an item."""

        def __init__(self, pane: Pane, key: str) -> None:
            super().__init__()
            self.pane, self.key = pane, key

    class Moved(Message):
        """The cursor is on another item."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    class TabChosen(Message):
        """A tab in the frame was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.pane_name = name

    def __init__(self, palette: Palette, scene: Scene) -> None:
        super().__init__(palette, id=self.name_id)
        self.scene = scene
        self.tabs: tuple[str, ...] = ()
        self.at_bottom = False
        self.filter = ""
        self._at = 0
        self._key = ""
        self._window = Window()
        self._tab_starts: list[tuple[int, str]] = []
        self._corner = range(0)
        self._corner_action = ""
        self._add_in_sight = False
        self._overflows = False
        self._seen: View = View(())

    def view(self, scene: Scene, width: int, height: int) -> View:
        """The content for an inside of ``width`` by ``height`` cells. Pure."""
        raise NotImplementedError

    def wanted_lines(self, width: int, most: int) -> int:
        """How many lines its content would take, in a frame of ``width`` cells with room for ``most`` lines."""
        return min(most, lines_in(self.view(self.scene, max(8, width - 4), most).items))

    def show(self, scene: Scene) -> None:
        """Draw another scene."""
        self.scene = scene
        self.redraw()

    # What the cursor is on

    @property
    def item(self) -> Item | None:
        """The item under the cursor."""
        items = self._stops()
        return items[min(self._at, len(items) - 1)].seen() if items else None

    def _stops(self) -> list[Item]:
        return [item for item in self._seen.items if item.key]

    def go_to(self, index: int) -> None:
        """Put the cursor on the item with this number among those that can be marked."""
        self._window.mark()
        self._mark(index)

    def go_to_key(self, key: str) -> None:
        """Put the cursor on the item with this key, be it that it is drawn only when the pane has its size."""
        self._at, self._key = max(1, self._at), key  # where ``_stay`` finds it
        self._window.mark()
        self.redraw()
        self.post_message(self.Moved(self))

    def go_to_failure(self) -> None:
        """Put the cursor on what tells of the failure: the first item, unless a subclass knows better."""
        self.go_to(0)

    def _mark(self, index: int) -> None:
        stops = self._stops()
        fresh = max(0, min(index, len(stops) - 1))
        if stops and fresh != self._at:
            self._at = fresh
            self._key = stops[fresh].key
            self.redraw()
            self.post_message(self.Moved(self))

    @property
    def whole_text(self) -> str:
        """The whole of what is under the cursor, where neither the pane nor its frame shows it; else ""."""
        return "" if self.item is None or self.at_bottom else self._whole(self.item)

    def _whole(self, item: Item) -> str:
        return item.full or (text_of(item.note) if self._too_long(item.note) else "")

    def _too_long(self, note: Line) -> bool:
        """Whether the frame can't show it, beside how much more there is."""
        more = len(f"{self._window.count} more ↓") + 5 if self._overflows else 0
        return width_of(note) + 6 + more > self.size.width

    @property
    def at(self) -> int:
        """The number of the item under the cursor."""
        return max(0, min(self._at, len(self._stops()) - 1))

    def move(self, direction: str) -> bool:
        """Move the cursor, or scroll on to what it would pass over; False where this direction means nothing here."""
        self.prepare()
        window, at = self._window, self.at
        top = window.top
        target = window.step(at, direction)
        if target is None:
            return False
        self._mark(target)
        if window.top != top and target == at:
            self.redraw()
            self.post_message(self.Moved(self))
        return True

    def act(self) -> None:
        """What enter does: tell the board which item it was."""
        if self.item is not None:
            self.post_message(self.Acted(self, self.item.key))

    # Drawing

    def draw(self, width: int, height: int) -> list[Line]:
        inside, room = max(1, width - 4), max(0, height - 2)
        view = self._aged(self.view(self.scene, inside, room))
        if view.subject != self._seen.subject:
            self._window.mark()
        self._seen = view
        stops = self._stops()
        self._stay(stops)
        current = stops[self.at].seen() if stops else None
        rows: list[Line | Item] = []
        starts: list[tuple[int, str]] = []
        extents: list[Extent] = []
        for item in view.items:
            if item.key:
                if item.height:
                    starts.append((len(rows), item.key))
                first = len(rows) - (not item.height)
                extents.append(Extent(first, first + max(0, item.height - 1)))
            rows += item.lines if item.make is None else (item,)
        self._overflows = len(rows) > room
        whole = wrap(self._whole(current), inside) if current and self.has_focus and self.at_bottom else []
        whole = whole[: max(0, room - 1)]
        room -= len(whole)
        window = self._window
        window.lay(extents, len(rows), room, self.at)
        marked_row = extents[self.at].first if extents else -1
        edge = Span("│", self._frame)
        self._add_in_sight = any(key == ADD and window.top <= row < window.end for row, key in starts)
        lines = [self._upper_edge(view, width)]
        for number, each in enumerate(rows[window.top : window.end], start=window.top):
            content = each.seen().lines[0] if isinstance(each, Item) else each
            lines.append(self._row(content, inside, edge, current if number == marked_row else None))
        lines += [(edge, Span(" " * (width - 2)), edge)] * (room - len(lines) + 1)
        lines += [(edge, Span(" "), *mark(fit(each, inside)), Span(" "), edge) for each in whole]
        adds = bool(starts) and starts[-1][1] == ADD and starts[-1][0] >= window.end
        lines.append(self._lower_edge(view, width, current, len(rows) - window.end - adds))
        return lines

    def _aged(self, view: View) -> View:
        """The view, with its age in the frame where nothing keeps it up to date."""
        stopped = self.scene.snapshot.stopped
        if stopped is None:
            return view
        since = clock_time(stopped.at, self.scene.times)
        return replace(view, status=(span(f"not updated since {since}", "error"),))

    def _stay(self, stops: list[Item]) -> None:
        """Keep the cursor on its item when items come or go before it; on the first line it stays on the first."""
        keys = [item.key for item in stops]
        if self._at and self._key in keys:
            self._at = keys.index(self._key)
        self._key = keys[self.at] if keys else ""

    def _row(self, content: Line, inside: int, edge: Span, current: Item | None) -> Line:
        fitted = fit(content, inside)
        if current is None or not self.has_focus:
            return (edge, Span(" "), *fitted, Span(" "), edge)
        if current.cells is not None:
            return (edge, Span(" "), *mark(fitted, *current.cells), Span(" "), edge)
        return (edge, Span(glyphs.CURSOR, "focus", marked=True), *mark(fitted), Span(" ", marked=True), edge)

    def corners(self) -> tuple[str, tuple[Line, ...]]:
        """The action of what stands at the right end of the upper edge, and ways to say it, the longest first: the key
        that adds, where what adds is not in sight.
        """
        key = self.scene.add_key if self.adds and not self._add_in_sight else ""
        return "add", (line(span(key, "key", strong=True), span(" add", "dim")),) if key else ()

    def _upper_edge(self, view: View, width: int) -> Line:
        self._corner_action, ways = self.corners()
        edge, self._tab_starts, self._corner = upper_edge(
            self.name_id, self.tabs, view, ways, self.scene, width, self._frame
        )
        return edge

    @property
    def _frame(self) -> Role:
        return "focus" if self.has_focus else "frame"

    def tab_column(self, name: str) -> int:
        """The cell of the upper edge where the title of this tab begins, its number included."""
        return next((start for start, tab in self._tab_starts if tab == name), 3)

    def _lower_edge(self, view: View, width: int, current: Item | None, below: int) -> Line:
        more = f"{below} more ↓" if below > 0 else f"{self._window.top} more ↑" if self._window.top > 0 else ""
        telling = current is not None and self.has_focus and not self.filter
        marked = current.note if current and telling and not self._too_long(current.note) else ()
        return lower_edge(view, marked, more, width, self._frame)

    # Mouse

    async def on_click(self, event: events.Click) -> None:
        """Mark what was clicked; a second click on it acts. A tab in the frame is chosen, a key in it is the key."""
        if event.y == 0 and event.x in self._corner and self._corner_action:
            await self.screen.run_action(f"do({self._corner_action!r})")
        elif event.y == 0 and self.tabs:
            self._click_tab(event.x)
        else:
            self.click_row(event.y, event.chain)

    def click_row(self, y: int, chain: int) -> None:
        """A click on a row of the frame; the second of two on one item acts."""
        row = y - 1 + self._window.top
        stops, before = self._stops(), self.at
        for item in self._seen.items:
            if row < item.height:
                if item.key:
                    self.go_to(stops.index(item))
                    if item is stops[before] and chain > 1:
                        self.act()
                return
            row -= item.height

    def _click_tab(self, x: int) -> None:
        clicked = [name for start, name in self._tab_starts if start <= x]
        if clicked:
            self.post_message(self.TabChosen(clicked[-1]))

    def on_mouse_scroll_down(self) -> None:
        self.move("down")

    def on_mouse_scroll_up(self) -> None:
        self.move("up")

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.redraw()
        if has_focus:
            self.post_message(self.Moved(self))
