"""``mitui check``: one complete Snapshot, printed, and its status as the exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mitui.cli.command_line.options import CHECK_TIMEOUT, Options
from mitui.cli.garbage_collection import collect_garbage
from mitui.cli.headless import announce_deep_probes, config_of, host_of, plan_for_one_look, require_vault_for_want, warn
from mitui.cli.output.answer import Answer, mask_of, say
from mitui.cli.output.looking import look_once
from mitui.cli.planning import make_plan
from mitui.cli.termination import until_terminated
from mitui.clock import SystemClock
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.identity_view import Status
from mitui.monitor.plan import Plan
from mitui.monitor.refresher import Refresher
from mitui.monitor.snapshot import Snapshot
from mitui.safe_text import visible_line

if TYPE_CHECKING:
    from mitui.cli.output.history import HistoryFile
    from mitui.cli.output.saved_file import SavedFile

EXIT_CODES: Final[dict[Status, int]] = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}


def check(options: Options) -> int:
    """Look once (or go on with ``--watch``) and return the exit code. Raises UsageError for what can't be done."""
    answer = Answer(options)
    _announce_ids(options)
    saved_file = None if options.watch else _saved_file(options)
    if options.replay:
        return _replay(options, answer, saved_file)
    history = _history(options) if options.watch else None
    planned = _plan_for_check(options, make_plan(options, config_of(options, HostEnvironment.current())))
    with host_of(options, planned) as (plan, environment):
        announce_deep_probes(plan)
        if options.watch:
            work = _watch(plan, environment, options, history)
        else:
            work = _look(plan, environment, answer, mask_of(options), saved_file)
        return asyncio.run(until_terminated(work))


def _plan_for_check(options: Options, plan: Plan) -> Plan:
    require_vault_for_want(options, plan)
    if options.watch:
        return replace(plan, timeout=options.timeout or CHECK_TIMEOUT, probe_at_start=True)
    return plan_for_one_look(plan, options.timeout)


def _saved_file(options: Options) -> SavedFile | None:
    if not options.save:
        return None
    from mitui.cli.output.output_file import PRIVATE, OutputFile
    from mitui.cli.output.saved_file import SavedFile
    from mitui.report.redaction import Redactor

    file = OutputFile(options.save, option="--save", mode=PRIVATE)
    return SavedFile(options, file, None if options.no_redact else Redactor())


def _history(options: Options) -> HistoryFile | None:
    if not options.save:
        return None
    from mitui.cli.output.history import HistoryFile

    return HistoryFile(options)


def _announce_ids(options: Options) -> None:
    if options.no_redact:
        warn(f"{visible_line(options.save)} will hold ids as they are (--no-redact): look at it before you send it")


def _replay(options: Options, answer: Answer, saved_file: SavedFile | None) -> int:
    """Give what a file holds as the answer, with the status that it had then."""
    from mitui.cli.output.saved_file import read_saved

    saved = read_saved(options.replay)
    if saved_file is not None:
        saved_file.give(saved.snapshot, saved.run, masked=saved.masked, saved_at=saved.saved_at)
    answer.give(saved.snapshot if saved.masked else mask_of(options)(saved.snapshot), saved.run)
    return EXIT_CODES[saved.snapshot.status]


async def _look(
    plan: Plan,
    environment: HostEnvironment,
    answer: Answer,
    mask: Callable[[Snapshot], Snapshot],
    saved_file: SavedFile | None,
) -> int:
    """Give the first complete snapshot as the answer."""
    snapshot, run = await look_once(plan, environment)
    if saved_file is not None:
        saved_file.give(snapshot, run)
    answer.give(mask(snapshot), run)
    return EXIT_CODES[snapshot.status]


async def _watch(plan: Plan, environment: HostEnvironment, options: Options, history: HistoryFile | None) -> int:
    """Print a line for each change, for ever."""
    mask = mask_of(options)
    told: object = None
    collect_garbage()
    async with aclosing(Refresher(plan, environment, SystemClock()).snapshots()) as snapshots:
        async for snapshot in snapshots:
            if not snapshot.complete:
                continue
            if history is not None:
                history.note(snapshot)
            line, key = _change(mask(snapshot), options)
            if key != told and not options.quiet:
                say(line)
            told = key
    raise AssertionError("the stream of snapshots never ends by itself")


def _change(snapshot: Snapshot, options: Options) -> tuple[str, object]:
    """A line about this snapshot, and what must differ for the next one to be worth a line."""
    if options.format == "json":
        from mitui.report.json_report import document, json_line

        plain = document(snapshot)
        return json_line(plain) + "\n", json_line({**plain, "generated_at": None})
    from mitui.report.headline import change

    line, key = change(snapshot)
    return f"{line}\n", key
