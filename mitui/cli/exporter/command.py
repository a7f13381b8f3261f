"""``mitui exporter``: look again and again, and let others read what was found."""

from __future__ import annotations

import asyncio
import ipaddress
import os
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.garbage_collection import collect_garbage
from mitui.cli.headless import config_of, host_of, require_vault_for_want, warn
from mitui.cli.output.answer import mask_of, say
from mitui.cli.planning import make_plan
from mitui.cli.termination import until_terminated
from mitui.clock import SystemClock
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.plan import Plan
from mitui.monitor.refresher import Refresher
from mitui.report.formats import MissingExtraError, needs_extra

if TYPE_CHECKING:
    from mitui.cli.exporter.http_server import HttpServer

TIMEOUT: Final = 100.0
"""Seconds for one exchange where nothing else was said: an upgrade of IMDS takes 70."""
PROBE_EVERY: Final = 3_600.0
"""Seconds between two probes of a vault whose config says nothing; each leaves lines in its audit log."""
PACE: Final = 1.0
"""Seconds between two Snapshots: nobody scrapes more often."""


def exporter(options: Options) -> int:
    """Serve until a signal ends it. Raises UsageError for what can't be done."""
    try:
        with needs_extra("metrics", "prometheus_client"), needs_extra("metrics", "h11"):
            import mitui.cli.exporter.pages  # noqa: F401
    except MissingExtraError as error:
        raise UsageError(f"mitui exporter: {error}") from None
    planned = _plan(options, make_plan(options, config_of(options, HostEnvironment.current())))
    with host_of(options, planned) as (plan, environment):
        return asyncio.run(until_terminated(_serve(plan, environment, options), code=0))


def _plan(options: Options, plan: Plan) -> Plan:
    require_vault_for_want(options, plan)
    deep = next((each.vault for each in plan.vaults if each.depth == "deep"), None)
    if deep is not None:
        raise UsageError(f"{deep} would be probed deeply again and again: choose --probe read or --probe crypto")
    vaults = tuple(replace(each, probe_every=each.probe_every or PROBE_EVERY) for each in plan.vaults)
    return replace(plan, timeout=options.timeout or TIMEOUT, probe_at_start=True, vaults=vaults)


async def _serve(plan: Plan, environment: HostEnvironment, options: Options) -> int:
    from mitui.cli.exporter.http_server import HttpServer
    from mitui.cli.exporter.pages import Pages

    clock = SystemClock()
    pages = Pages(clock, plan.expiring_below, plan.critical_below, mask_of(options))
    server = HttpServer(pages.answer, *options.listen)
    say(f"http://{await _listen(server, options)}/metrics\n")
    collect_garbage()
    try:
        async with aclosing(Refresher(plan, environment, clock, pace=PACE).snapshots()) as snapshots:
            async for snapshot in snapshots:
                pages.publish(snapshot)
    finally:
        server.stop()
    raise AssertionError("the stream of snapshots never ends by itself")


async def _listen(server: HttpServer, options: Options) -> str:
    """Start the server and return where it listens."""
    try:
        place = _shown(*await server.start())
    except OSError as error:
        raise UsageError(f"{_shown(*options.listen)} can't be listened on: {os.strerror(error.errno or 0)}") from None
    if not ipaddress.ip_address(options.listen[0]).is_loopback:
        warn(f"{place} can be reached from other machines, and tells them which identities this host has")
    return place


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
