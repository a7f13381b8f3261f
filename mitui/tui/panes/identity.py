"""Pane 2: the identities, the health of each, and which one the board shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitui.safe_text import middle
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import health_words, identity_health, identity_value, selector_word
from mitui.tui.drawing.lines import Line, Span, line, pad, span, spread, text_of, width_of
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import ADD, Item, View, note
from mitui.tui.scene import Scene
from mitui.wording import counted

if TYPE_CHECKING:
    from mitui.monitor.identity_view import IdentityView

_NARROW = 32
_LEAST_HEALTH = 11
"""Cells for the words of an identity's health, at least."""


def _id_of(view: IdentityView, room: int) -> list[Span]:
    """The selector and as much of the id as fits, shortened in the middle."""
    word, value = selector_word(view.identity), span(identity_value(view.identity)).text
    if not value or room < 8:
        return []
    if value.startswith("/"):
        value = value.rpartition("/")[2]
    with_word = room - len(word) - 1
    if with_word >= 9:
        return [span(f"{word} ", "dim"), span(middle(value, with_word), "dim")]
    return [span(middle(value, room), "dim")]


def is_named(view: IdentityView) -> bool:
    """Whether it has a name besides the id that selects it."""
    return view.name != str(view.identity)


def _is_called_by_variable(view: IdentityView) -> bool:
    """Whether its name is that of the variable that names it, which tells less than its id."""
    from mitui.engine.identity import AZURE_CLIENT_ID

    return view.name == AZURE_CLIENT_ID


def identity_line(view: IdentityView, selected: bool, name_width: int, word_width: int, width: int) -> Line:
    """One identity: selected or not, name, id, health."""
    glyph, role, word = identity_health(view, word_width)
    health = [span(glyph, role), span(" "), pad(word, word_width, "dim" if view.unsupported else "text")]
    mark = span(glyphs.SELECTED, "focus") if selected else span(glyphs.UNSELECTED, "dim")
    shown = "system" if width < _NARROW and view.name == "system-assigned" else view.name
    room = width - width_of([mark, *health]) - 3
    who = _id_of(view, room)
    if is_named(view):
        beside = _id_of(view, room - name_width - 2)
        cells = name_width if beside else min(room, max(name_width, width_of([span(shown)])))
        name = pad(shown, cells, "dim" if view.unsupported else "text", strong=selected)
        if beside:
            who = [name, span("  "), *beside]
        elif not who or not _is_called_by_variable(view):
            who = [name]
    return spread([mark, span(" "), *who], [span(" "), *health], width)


class IdentityPane(Pane):
    """The list of identities; enter selects one, and the whole board follows."""

    name_id = "identity"
    adds = True

    def view(self, scene: Scene, width: int, height: int) -> View:
        views = scene.snapshot.identities
        named = [len(span(each.name).text) for each in views if identity_value(each.identity) and is_named(each)]
        name_width = min(max(named, default=6), max(6, width * 2 // 5))
        most = max(_LEAST_HEALTH, width * 2 // 5)
        word_width = min(max((len(identity_health(each, most)[2]) for each in views), default=2), most)
        items = []
        for index, each in enumerate(views):
            value = identity_value(each.identity)
            row = identity_line(each, index == scene.snapshot.selected, name_width, word_width, width)
            said = text_of(row)
            whole = f"{selector_word(each.identity)} {value}" if value else self._actual(each)
            health = " · ".join(health_words(each))
            name = each.name if _is_called_by_variable(each) and each.name not in said else ""
            unsaid = (
                name,
                whole if not value or span(value).text not in said else "",
                health if health not in said else "",
            )
            items.append(
                Item(
                    (row,),
                    key=str(index),
                    full=each.unsupported,
                    note=note(*unsaid),
                    copy=value or each.actual.object_id,
                )
            )
        if scene.live:
            items.append(Item((line(span("+ add an identity", "dim")),), key=ADD))
        elif not views:
            items.append(Item((line(span("No identity was watched.", "dim")),)))
        count = len(views)
        status = line(span(counted(count, "identity", "identities"), "dim")) if count else ()
        return View(tuple(items), status=status)

    @staticmethod
    def _actual(view: IdentityView) -> str:
        return f"object id {view.actual.object_id}" if view.actual.object_id else ""
