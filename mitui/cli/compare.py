"""``mitui compare A B``: what differs between saved files, this host, and this host as its processes see it."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mitui.cli.command_line.options import HERE, PROCESS, Options, UsageError, is_live
from mitui.cli.command_line.values import process_id
from mitui.cli.headless import announce_deep_probes, config_of, plan_for_one_look, require_vault_for_want
from mitui.cli.output.answer import say
from mitui.cli.output.saved_file import read_saved
from mitui.cli.planning import make_plan
from mitui.cli.termination import until_terminated
from mitui.engine.host.environment import HostEnvironment
from mitui.report.comparison.compare import compare
from mitui.report.comparison.forms import Comparison, Side, as_json, as_markdown, as_text
from mitui.report.redaction import Redactor, with_the_same_words

if TYPE_CHECKING:
    from mitui.monitor.plan import Plan
    from mitui.monitor.snapshot import Snapshot

_FORMS: Final[dict[str, Callable[[Comparison], str]]] = {"": as_text, "json": as_json, "markdown": as_markdown}


def compare_command(options: Options) -> int:
    """Print what differs: 0 if nothing does, 1 if something does. Raises UsageError for what can't be compared."""
    names = (options.a, options.b)
    # Files first: one that is none is said before anything is sent.
    files = {name: read_saved(name) for name in names if not is_live(name)}
    seen = {name: each.snapshot for name, each in files.items()}
    masked = options.redact or any(each.masked for each in files.values())
    live = {name: _process_of(name) for name in names if is_live(name)}
    if live:
        seen |= _look(options, live)
    if masked:
        redactor = Redactor()
        plain = (name for name in seen if name not in files or not files[name].masked)
        seen |= {name: redactor.redact(seen[name]) for name in plain}
    one, other = (seen[name] for name in names)
    if masked:
        one, other = with_the_same_words(one, other)
    a, b = (Side(name, snapshot) for name, snapshot in zip(names, (one, other), strict=True))
    found = Comparison(a, b, compare(one, other), masked)
    if not options.quiet:
        say(_FORMS[options.format](found))
    return 1 if found.differences else 0


def _process_of(name: str) -> int | None:
    if name == HERE:
        return None
    try:
        return process_id(name.removeprefix(PROCESS))
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{name}: {error}") from None


def _look(options: Options, live: dict[str, int | None]) -> dict[str, Snapshot]:
    environment = HostEnvironment.current()
    plan = make_plan(options, config_of(options, environment))
    require_vault_for_want(options, plan)
    plan = plan_for_one_look(plan, options.timeout)
    announce_deep_probes(plan)

    async def look_at_all() -> int:
        found = await asyncio.gather(*(_seen_as(plan, environment, each) for each in live.values()))
        seen.update(zip(live, found, strict=True))
        return 0

    seen: dict[str, Snapshot] = {}
    code = asyncio.run(until_terminated(look_at_all()))
    if code:
        raise SystemExit(code)
    for name, snapshot in seen.items():
        if snapshot.source.failure is not None and snapshot.source.failure.kind == "process_unreadable":
            raise UsageError(f"{name}: {snapshot.source.failure.message}")
    return seen


async def _seen_as(plan: Plan, environment: HostEnvironment, process: int | None) -> Snapshot:
    from mitui.cli.output.looking import look_once

    return (await look_once(replace(plan, process_id=process), environment))[0]
