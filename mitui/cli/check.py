"""``mitui check``: one complete Snapshot, printed, and its status as the exit code."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TextIO

from mitui.cli.garbage_collection import collect_garbage
from mitui.cli.options import CHECK_TIMEOUT, Options, UsageError
from mitui.cli.planning import make_plan
from mitui.clock import SystemClock
from mitui.config.locations import config_path
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.plan import Plan
from mitui.monitor.refresher import Refresher
from mitui.monitor.snapshot import Snapshot, Status

if TYPE_CHECKING:
    from mitui.config.loading import Config

EXIT_CODES: Final[dict[Status, int]] = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
TERMINATED: Final = 128 + signal.SIGTERM


def check(options: Options) -> int:
    """Look once (or go on with ``--watch``) and return the exit code. Raises UsageError for what can't be done."""
    own = HostEnvironment.current()
    plan = _plan_for_check(options, make_plan(options, _config(options, own)))
    with ExitStack() as stack:
        if options.demo is not None:
            plan, own = stack.enter_context(_demo(options.demo, plan))
        _announce_deep_probes(plan)
        return asyncio.run(_run(plan, own, options, sys.stdout))


def _config(options: Options, environment: HostEnvironment) -> Config | None:
    """The config, None where there is none; a simulated host is not what a person's own config is about."""
    named = bool(options.config or (options.demo is None and environment.get("MITUI_CONFIG")))
    place = config_path(environment, options.config)
    if not named and (options.demo is not None or not place.exists()):
        return None
    from mitui.config.loading import ConfigError, load_config

    config = load_config(place, environment)
    if isinstance(config, ConfigError):
        raise UsageError(config.message)
    return config


def _plan_for_check(options: Options, plan: Plan) -> Plan:
    if options.want and not plan.vaults and options.demo is None:
        raise UsageError("--want needs a vault: add --vault, or [[vaults]] to the config")
    # In a config, a vault that is probed at an interval is so in the dashboard; here each is probed once.
    vaults = plan.vaults if options.watch else tuple(replace(each, probe_every=None) for each in plan.vaults)
    return replace(plan, timeout=options.timeout or CHECK_TIMEOUT, probe_at_start=True, vaults=vaults)


def _announce_deep_probes(plan: Plan) -> None:
    for vault in plan.vaults:
        if vault.depth == "deep":
            words = "DELETE, backup, recover, purge and rotate for names that don't exist"
            print(f"mitui: the deep probe sends {words} to {vault.vault}", file=sys.stderr)


@contextmanager
def _demo(name: str, plan: Plan) -> Iterator[tuple[Plan, HostEnvironment]]:
    from mitui.cli.demo import simulated

    with ExitStack() as stack:
        try:
            started = stack.enter_context(simulated(name, plan))
        except ValueError as error:
            raise UsageError(f"--demo: {error}") from None
        yield started


async def _run(plan: Plan, environment: HostEnvironment, options: Options, out: TextIO | None) -> int:
    """Follow the stream until it is complete, or for ever. SIGTERM ends it quietly."""
    me = asyncio.current_task()
    terminated = False

    def end() -> None:
        nonlocal terminated
        terminated = True
        if me is not None:
            me.cancel()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    try:
        return await _follow(plan, environment, options, out)
    except asyncio.CancelledError:
        if terminated:
            return TERMINATED
        raise


async def _follow(plan: Plan, environment: HostEnvironment, options: Options, out: TextIO | None) -> int:
    mask = _mask(options)
    told: object = None
    if options.watch:
        collect_garbage()
    async with aclosing(Refresher(plan, environment, SystemClock()).snapshots()) as snapshots:
        async for snapshot in snapshots:
            if not snapshot.complete:
                continue
            if not options.watch:
                if not options.quiet:
                    _print(_report(mask(snapshot), options), out)
                return EXIT_CODES[snapshot.status]
            line, key = _change(mask(snapshot), options)
            if key != told and not options.quiet:
                _print(line, out)
            told = key
    raise AssertionError("the stream of snapshots never ends by itself")


def _mask(options: Options) -> Callable[[Snapshot], Snapshot]:
    if not options.redact:
        return lambda snapshot: snapshot
    from mitui.report.redaction import Redactor

    return Redactor().redact


def _report(snapshot: Snapshot, options: Options) -> str:
    if options.json:
        from mitui.report.json_report import json_report

        return json_report(snapshot) + "\n"
    if options.markdown:
        from mitui.report.markdown import markdown_report

        return markdown_report(snapshot)
    from mitui.report.text import text_report

    return text_report(snapshot)


def _change(snapshot: Snapshot, options: Options) -> tuple[str, object]:
    """A line about this snapshot, and what must differ for the next one to be worth a line."""
    if options.json:
        from mitui.report.json_report import document

        plain = document(snapshot)
        key = json.dumps({**plain, "generated_at": None})
        return json.dumps(plain, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n", key
    from mitui.report.headline import change_line, change_of

    return change_line(snapshot) + "\n", change_of(snapshot)


def _print(text: str, out: TextIO | None) -> None:
    # With stdout closed by the caller there is nobody to tell; the exit code still says it.
    if out is not None:
        out.write(text)
        out.flush()
