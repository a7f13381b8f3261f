"""The board against what it was at the start, against another identity, or as another process sees the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitui.defect import describe
from mitui.monitor.snapshot import Snapshot
from mitui.tui.drawing.times import full_time

if TYPE_CHECKING:
    from mitui.monitor.identity_view import IdentityView
    from mitui.monitor.intents import LookAs
    from mitui.tui.compared_row import ComparedRow
    from mitui.tui.dashboard.screen import Dashboard
    from mitui.tui.feed import Exports
    from mitui.tui.screens.chooser import Choice

_START: Final = "start"
_PROCESS: Final = "process"
_FILE: Final = "file "
"""Before the name of one."""


class Differences:
    """``compare`` is an action of the table of keys."""

    def __init__(self, dashboard: Dashboard, exports: Exports) -> None:
        self._dashboard = dashboard
        self._stage = dashboard.stage
        self._comparing = exports.comparing
        self._has_processes = exports.processes
        self._start: Snapshot | None = None

    def follow(self, snapshot: Snapshot) -> None:
        """A snapshot came: the first complete one is what the session started with; a saved file is all there is."""
        if self._start is None and snapshot.complete and self._stage.scene.live:
            self._start = snapshot

    def compare(self) -> None:
        """Ask what to compare with."""
        from mitui.tui.screens.chooser import Choice, ChooseScreen

        shown, choices = self._stage.scene.snapshot, []
        if self._start is not None:
            at = full_time(self._start.generated_at, self._stage.scene.times)
            choices.append(Choice(_START, "the start of this session", at))
        choices += self._files()
        choices += [
            Choice(str(index), each.name, f"{_name(shown.identity)} against this identity")
            for index, each in enumerate(shown.identities)
            if index != shown.selected
        ]
        if self._has_processes:
            choices.append(Choice(_PROCESS, "another process", "this board against the host as that process sees it"))
        if self._comparing is None or not choices:
            alone = "one identity is all that this file has; mitui compare A B compares files"
            words = "there is nothing to compare with yet" if self._stage.scene.live else alone
            self._dashboard.flash(words, "warn")
            return
        self._dashboard.app.push_screen(ChooseScreen("Compare with", choices), self._chosen)

    def _files(self) -> list[Choice]:
        from mitui.tui.screens.chooser import Choice

        times = self._stage.scene.times
        return [
            Choice(
                f"{_FILE}{each.name}",
                each.name,
                ", ".join(filter(None, (full_time(each.at, times), each.host, "masked" if each.masked else ""))),
            )
            for each in (self._comparing.saved_boards() if self._comparing is not None else ())
        ]

    def _chosen(self, key: str | None) -> None:
        now = self._stage.scene.snapshot
        if key is None or self._comparing is None:
            return
        if key == _PROCESS:
            self._choose_process()
        elif key.startswith(_FILE):
            name = key.removeprefix(_FILE)
            rows = self._comparing.compare_saved(name, self._stage.actual, self._stage.redacted)
            if isinstance(rows, str):
                self._dashboard.flash(rows, "error")
            else:
                self._open(rows, name, "this board")
        elif key == _START and self._start is not None:
            before = self._stage.as_shown(self._start)
            at = full_time(before.generated_at, self._stage.scene.times)
            now = self._stage.as_shown(self._stage.actual)  # again, as masks are chosen by what both of them tell
            self._open(self._comparing.compare(before, now), f"the start, {at}", "now")
        elif now.identity is not None and key.isdigit() and int(key) < len(now.identities):
            other = now.identities[int(key)]
            rows = self._comparing.compare_identities(now.identity, other)
            self._open(rows, now.identity.name, other.name)

    def _choose_process(self) -> None:
        from mitui.tui.processes import list_processes
        from mitui.tui.screens.process_picker import ProcessPickerScreen

        screen = ProcessPickerScreen(list_processes(), "Compare with what another process sees")
        self._dashboard.app.push_screen(screen, self._look_as)

    def _look_as(self, chosen: LookAs | None) -> None:
        if chosen is not None:
            self._dashboard.flash("looking as that process; what differs is shown then")
            self._dashboard.run_worker(self._against(chosen.process_id), group="compare", exclusive=True)

    async def _against(self, process: int | None) -> None:
        if self._comparing is None:
            return
        try:
            theirs = self._stage.as_shown(await self._comparing.look_as(process))
        except Exception as error:  # noqa: BLE001 - a defect here costs this one answer and nothing else
            self._dashboard.flash(describe(error), "error")
            return
        rows = self._comparing.compare(self._stage.as_shown(self._stage.actual), theirs)
        self._open(rows, "this board", f"process {process}" if process is not None else "our own view")

    def _open(self, rows: tuple[ComparedRow, ...], a: str, b: str) -> None:
        from mitui.tui.screens.comparison import ComparisonScreen

        self._dashboard.app.push_screen(ComparisonScreen(rows, a, b))


def _name(identity: IdentityView | None) -> str:
    return identity.name if identity is not None else "none"
