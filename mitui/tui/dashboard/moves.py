"""The keys that move about and change the view. Nothing is asked of the refresher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitui.tui.dashboard.failures import Spot, failures
from mitui.tui.settings import TIME_FORMATS

if TYPE_CHECKING:
    from mitui.tui.dashboard.screen import Dashboard

FILTERED: Final = ("claims", "events")
"""The panes that ``/`` filters."""
_TIMES: Final = {"utc": "times in UTC", "local": "times in this machine's zone", "epoch": "times in epoch seconds"}


class Moves:
    """Each method is an action of the table of keys."""

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        self._arranger = dashboard.arranger
        self._stage = dashboard.stage

    def to_pane(self, name: str) -> None:
        self._arranger.focus(name)

    def next_pane(self, step: int) -> None:
        self._arranger.focus_next(step)

    def move(self, direction: str) -> None:
        """Move the cursor, or between tabs where left and right mean nothing to the pane."""
        pane = self._arranger.pane
        if pane.move(direction) or direction not in ("left", "right"):
            return
        tabs = next((place.tabs for name, place in self._arranger.shown.items() if name == pane.name_id), ())
        if tabs:
            at = tabs.index(pane.name_id) + (1 if direction == "right" else -1)
            self._arranger.focus(tabs[at % len(tabs)])

    def next_failure(self) -> None:
        """Go to the next failure after where the cursor is, and from the last one to the first."""
        found = failures(self._stage.scene)
        if not found:
            self._dashboard.flash("nothing has failed", "ok")
            return
        here = self._here
        at = found.index(here) + 1 if here in found else 0
        spot = found[at % len(found)]
        if spot.pane == "vault":
            self._stage.look(vault=spot.at)
        self._arranger.focus(spot.pane)
        pane = self._dashboard.panes[spot.pane]
        if spot.pane == "vault":
            pane.go_to_failure()
        else:
            pane.go_to(spot.at)
        if spot == here:
            self._dashboard.flash("there is no other failure")

    @property
    def _here(self) -> Spot:
        pane = self._arranger.pane
        if pane.name_id == "claims":  # in place of them stands the failure of the marked token
            return Spot("tokens", self._stage.scene.token)
        if pane.name_id == "vault":
            return Spot("vault", min(self._stage.scene.vault, max(0, len(self._stage.scene.vaults) - 1)))
        return Spot(pane.name_id, pane.at)

    def zoom(self) -> None:
        self._arranger.wish(zoomed="" if self._arranger.zoomed else self._arranger.pane.name_id)

    def back(self) -> None:
        """Undo the filter, else go where enter came from, else undo the zoom, else what the footer says."""
        if self._arranger.pane.filter:
            self._set_filter("")
        elif self._dashboard.enter.go_back():
            return
        elif self._arranger.zoomed:
            self._arranger.wish(zoomed="")
        else:
            self._dashboard.flash("")

    def next_vault(self, step: int) -> None:
        scene = self._stage.scene
        count = len(scene.vaults)
        if count > 1:
            self._stage.look(vault=(min(scene.vault, count - 1) + step) % count)

    def times(self) -> None:
        """The next way to write a time."""
        times = TIME_FORMATS[(TIME_FORMATS.index(self._stage.scene.times) + 1) % len(TIME_FORMATS)]
        self._stage.look(times=times)
        self._dashboard.flash(_TIMES[times])

    def filter(self) -> None:
        """Ask for the text to filter by, in a pane that can."""
        if self._arranger.pane.name_id not in FILTERED:
            self._arranger.focus("claims")
        pane = self._arranger.pane.name_id
        if pane == "claims" and not self._stage.scene.shows_claims:
            self._dashboard.flash("there are no claims here to filter", "warn")
        elif pane in FILTERED:
            from mitui.tui.screens.filter_line import FilterScreen

            line = FilterScreen(self._arranger.pane.filter, self._set_filter)
            self._dashboard.app.push_screen(line, self._set_filter)

    def _set_filter(self, text: str | None) -> None:
        """Show only what holds ``text`` in the pane that has the focus."""
        self._arranger.pane.filter = text or ""
        self._arranger.pane.redraw()

    def suspend(self) -> None:
        self._dashboard.app.action_suspend_process()

    def quit(self) -> None:
        self._dashboard.app.exit(return_code=0)
