"""What leaves the board: copies, masked where ids are masked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from mitui.tui.drawing.lines import span

if TYPE_CHECKING:
    from mitui.tui.dashboard.screen import Dashboard
    from mitui.tui.feed import Exports

_COPIED: Final = {"identity": "the id", "tokens": "the resource", "events": "the event"}


class Copying:
    """Each method is an action of the table of keys."""

    def __init__(self, dashboard: Dashboard, exports: Exports) -> None:
        self._dashboard = dashboard
        self._stage = dashboard.stage
        self._exports = exports

    def copy(self) -> None:
        """Copy what is marked: the command that mends it, where there is one."""
        from mitui.tui.dashboard.clipboard import copy, copy_command

        pane = self._dashboard.arranger.pane
        item = pane.item
        if item is not None and item.command:
            self._dashboard.flash(copy_command(self._dashboard.app, item.command, masked=self._stage.shows_masks))
            return
        if item is None or not item.copy:
            self._dashboard.flash("there is nothing to copy here", "warn")
            return
        what = (
            item.key
            if pane.name_id == "claims" and self._stage.scene.shows_claims
            else _COPIED.get(pane.name_id, "the line")
        )
        self._dashboard.flash(copy(self._dashboard.app, item.copy, span(what).text))

    def copy_report(self) -> None:
        """Copy the board as it is shown, masked or not, and show what was copied."""
        if self._exports.report is None:
            self._dashboard.flash("there is no report in this session", "warn")
            return
        from mitui.tui.dashboard.clipboard import copy
        from mitui.tui.screens.report_page import ReportScreen

        app = self._dashboard.app
        report = self._exports.report(self._stage.scene.snapshot)
        what = "the masked board" if self._stage.shows_masks else "the board"
        app.push_screen(ReportScreen(report, copy(app, report, what), self._masked_report))

    def _masked_report(self) -> str:
        """The report with every id masked, as they are on the board from then on; "" where that can't be done."""
        if self._exports.report is None or not (self._stage.shows_masks or self._stage.mask()):
            return ""
        return self._exports.report(self._stage.scene.snapshot)

    def copy_token(self) -> None:
        """Copy the raw token, if the config allows it, after a yes."""
        token, identity = self._stage.token, self._stage.actual.identity
        if self._exports.raw_token is None or token is None or identity is None:
            words = "raw tokens are not copied unless the config says allow_token_copy = true"
            self._dashboard.flash(words, "warn")
            return
        if token.is_federated:
            self._dashboard.flash("the pod's own token is never copied", "warn")
            return
        if self._dashboard.hides("a raw token"):
            return
        from mitui.tui.screens.confirm import confirm_token_copy

        raw = partial(self._exports.raw_token, identity.identity, token.resource)
        answer = confirm_token_copy(token)
        self._dashboard.app.push_screen(answer, lambda agreed: self._copy_token(raw) if agreed else None)

    def _copy_token(self, raw: Callable[[], str]) -> None:
        from mitui.tui.dashboard.clipboard import copy_secret

        text = raw()
        if text:
            self._dashboard.flash(copy_secret(self._dashboard.app, text, "the token"))
        else:
            self._dashboard.flash("there is no token to copy", "warn")

    def save(self) -> None:
        """Keep all that is known in a new file, every id masked."""
        self._save(masked=True)

    def save_with_ids(self) -> None:
        """The same with ids as they are, after a yes."""
        if self._dashboard.hides("a file with ids"):
            return
        from mitui.tui.screens.confirm import confirm_saving

        self._dashboard.app.push_screen(confirm_saving(), lambda agreed: self._save(masked=False) if agreed else None)

    def _save(self, *, masked: bool) -> None:
        if self._exports.save is None or self._stage.actual.phase != "ready":
            self._dashboard.flash("there is nothing to save yet", "warn")
            return
        kept = self._exports.save(self._stage.actual, masked)
        self._dashboard.flash(kept.words, "ok" if kept.command else "error")
        if kept.command:
            from mitui.monitor.event import Event

            words = f"{kept.words.partition(';')[0]}; to open it: {kept.command}"
            self._stage.note(Event(self._dashboard.clock.now(), "ok", "mitui", words))

    def redact(self) -> None:
        """Mask every id, or show it again."""
        if self._stage.came_masked:
            self._dashboard.flash(
                "this file was saved masked: what it shows are masks, and the ids are not in it", "warn"
            )
            return
        if not self._stage.mask():
            self._dashboard.flash("ids can't be masked in this session", "warn")
            return
        masked = "ids are masked, here and in what is copied"
        self._dashboard.flash(masked if self._stage.redacted else "ids are shown")
