"""Pane 4: what the marked token says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import resource_name
from mitui.tui.drawing.lines import line, span, wrap
from mitui.tui.panes.advice_items import advice_items
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import Item, View, note
from mitui.tui.scene import Scene

if TYPE_CHECKING:
    from mitui.monitor.identity_view import TokenView


class ClaimsPane(Pane):
    """The claims with what each means; marks what changed since the token before."""

    name_id = "claims"

    def view(self, scene: Scene, width: int, height: int) -> View:
        token = scene.the_token
        if token is None:
            return View((Item((line(span("No token is selected.", "dim")),)),))
        if not token.claims:
            why = note(f"{glyphs.ENTER} why") if token.failure is not None else ()
            return View(self._nothing(token, width, height), subject=resource_name(token), status=why)
        from mitui.tui.panes.claim_list import claims_view

        return claims_view(token, self.filter, scene.times, width, height)

    @staticmethod
    def _nothing(token: TokenView, width: int, height: int) -> tuple[Item, ...]:
        """What stands in place of claims: why there are none, and what to do about it."""
        if token.acquired_at is not None:
            words = "This token is opaque: it holds no claims that anyone but its resource can read."
        elif token.failure is not None:
            return tuple(advice_items(token.failure, width, height))
        else:
            words = "Waiting for the token."
            if token.activity is not None and token.activity.words:
                doing = tuple(wrap(f"{token.activity.words}.", width))
                return (Item((*wrap(words, width, "dim"), *doing)),)
        return (Item(tuple(wrap(words, width, "dim"))),)
