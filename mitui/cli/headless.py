"""What the jobs without a screen have in common: which config is read, a simulated host, and what they announce."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from mitui.cli.command_line.options import CHECK_TIMEOUT, Options, UsageError
from mitui.config.locations import config_path
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.plan import Plan

if TYPE_CHECKING:
    from mitui.config.config import Config


def config_of(options: Options, environment: HostEnvironment) -> Config | None:
    """The config, None where there is none; a simulated host is not what a person's own config is about.

    Raises UsageError for one that can't be read.
    """
    named = bool(options.config or (options.demo is None and environment.get("MITUI_CONFIG")))
    place = config_path(environment, options.config)
    if not named and (options.demo is not None or not place.exists()):
        return None
    from mitui.config.config import ConfigError
    from mitui.config.loading import load_config

    config = load_config(place, environment)
    if isinstance(config, ConfigError):
        raise UsageError(config.message)
    return config


def require_vault_for_want(options: Options, plan: Plan) -> None:
    """Raise UsageError where permissions are wanted on no vault."""
    if options.want and not plan.vaults and options.demo is None:
        raise UsageError("--want needs a vault: add --vault, or [[vaults]] to the config")


def plan_for_one_look(plan: Plan, timeout: float | None) -> Plan:
    """The plan for one Snapshot: all is asked at once, nothing for longer than the time-out, in seconds."""
    # In a config, a vault that is probed at an interval is so in the dashboard; here each is probed once.
    vaults = tuple(replace(each, probe_every=None) for each in plan.vaults)
    return replace(plan, timeout=timeout or CHECK_TIMEOUT, probe_at_start=True, vaults=vaults)


def announce_deep_probes(plan: Plan) -> None:
    """Say what a deep probe sends."""
    for vault in plan.vaults:
        if vault.depth == "deep":
            words = "DELETE, backup, recover, purge and rotate for names that don't exist"
            warn(f"the deep probe sends {words} to {vault.vault}")


@contextmanager
def host_of(options: Options, plan: Plan) -> Iterator[tuple[Plan, HostEnvironment]]:
    """The plan and the host that it is for: this one, or a simulated one that runs until the block ends.

    Raises UsageError for a scenario that there isn't.
    """
    if options.demo is None:
        yield plan, HostEnvironment.current()
        return
    from mitui.cli.demo import simulated

    with ExitStack() as stack:
        try:
            started = stack.enter_context(simulated(options.demo, plan))
        except ValueError as error:
            raise UsageError(f"--demo: {error}") from None
        yield started


def warn(sentence: str) -> None:
    """Say something on stderr, where there is one."""
    if sys.stderr is not None:
        print(f"mitui: {sentence}", file=sys.stderr)
