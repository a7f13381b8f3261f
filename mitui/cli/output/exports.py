"""The ways out of the board: masks, the report, a file, a comparison; each room is loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mitui.cli.command_line.options import Options, UsageError
from mitui.clock import SystemClock
from mitui.monitor.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mitui.monitor.identity_view import IdentityView
    from mitui.monitor.plan import Plan
    from mitui.report.comparison.difference import Difference
    from mitui.report.redaction import Redactor
    from mitui.report.saved.document import Saved
    from mitui.tui.compared_row import ComparedRow
    from mitui.tui.feed import Kept, SavedBoard


class BoardExports:
    """What the dashboard may do with a Snapshot. ``plan`` gives the plan of a feed that asks this very host.

    ``replayed`` is the file that the board shows, None where it shows a host.
    """

    def __init__(self, options: Options, plan: Callable[[], Plan], replayed: Saved | None = None) -> None:
        self._options = options
        self._plan = plan
        self._replayed = replayed
        self._masked = replayed is not None and replayed.masked

    @cached_property
    def _redactor(self) -> Redactor:
        from mitui.report.redaction import Redactor

        return Redactor()

    def redact(self, snapshot: Snapshot) -> Snapshot:
        """With every id masked."""
        return snapshot if self._masked else self._redactor.redact(snapshot)

    def report(self, snapshot: Snapshot) -> str:
        """As Markdown, for a ticket."""
        from mitui.report.markdown import markdown_report

        return markdown_report(snapshot)

    def save(self, snapshot: Snapshot, masked: bool) -> Kept:
        """Write it into a new file in the current folder, called by the time."""
        from mitui.cli.output.files_here import name_for
        from mitui.cli.output.output_file import NewFile
        from mitui.cli.output.saved_file import SavedFile
        from mitui.report.formats import CheckRun
        from mitui.tui.feed import Kept

        now = SystemClock().now()
        saved_at = self._replayed.moment if self._replayed is not None else now
        file = NewFile(name_for(now))
        plan = self._plan()
        run = CheckRun(0.0, plan.expiring_below, plan.critical_below)
        try:
            kept = SavedFile(self._options, file, self._redactor if masked else None)
            kept.give(snapshot, run, masked=self._masked, saved_at=saved_at)
        except UsageError as error:
            return Kept(str(error))
        words = "ids masked" if masked or self._masked else "ids as they are"
        return Kept(f"saved as {file.shown}, {words}; mitui --replay opens it", f"mitui --replay {file.shown}")

    def compare(self, a: Snapshot, b: Snapshot) -> tuple[ComparedRow, ...]:
        """What differs, in the order in which it matters."""
        from mitui.report.comparison.compare import compare

        return compared_rows(compare(a, b))

    def compare_identities(self, a: IdentityView, b: IdentityView) -> tuple[ComparedRow, ...]:
        """What differs between two identities of one host."""
        from mitui.report.comparison.compare import compare_identities

        return compared_rows(compare_identities(a, b))

    def saved_boards(self) -> tuple[SavedBoard, ...]:
        """The files that ``S`` wrote in this folder, the newest first, but for the one that is shown."""
        from mitui.cli.output.files_here import files_here

        return files_here(Path(), self._options.replay)

    def compare_saved(self, name: str, board: Snapshot, masked: bool) -> tuple[ComparedRow, ...] | str:
        """Such a file against the board: with masks on both sides where one of them has masks."""
        from mitui.cli.output.saved_file import read_saved
        from mitui.report.comparison.compare import compare
        from mitui.report.redaction import Redactor, with_the_same_words

        try:
            saved = read_saved(name)
        except UsageError as error:
            return str(error)
        before, redactor = saved.snapshot, Redactor()
        if saved.masked or self._masked or masked:
            before = before if saved.masked else redactor.redact(before)
            board = board if self._masked else redactor.redact(board)
            before, board = with_the_same_words(before, board)
        return compared_rows(compare(before, board))

    async def look_as(self, process: int | None) -> Snapshot:
        """One look at this host as that process sees it, None for our own view."""
        from dataclasses import replace

        from mitui.cli.headless import plan_for_one_look
        from mitui.cli.output.looking import look_once
        from mitui.engine.host.environment import HostEnvironment

        plan = plan_for_one_look(replace(self._plan(), process_id=process), self._options.timeout)
        return (await look_once(plan, HostEnvironment.current()))[0]


def compared_rows(differences: Iterable[Difference]) -> tuple[ComparedRow, ...]:
    from mitui.report.comparison.difference import TITLES
    from mitui.tui.compared_row import ComparedRow

    return tuple(ComparedRow(TITLES[each.chapter], each.subject, each.a, each.b, each.note) for each in differences)
