"""Options, config and remembered state -> Plan: the options win over the config, and both over what was remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mitui.cli.command_line.options import Options
from mitui.engine.identity import Identity, IdentitySyntaxError, SystemAssigned, parse_identity
from mitui.engine.resources import normalise_resource
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.remembered import Remembered

if TYPE_CHECKING:
    from mitui.config.config import Config
    from mitui.config.entries import VaultConfig


def make_plan(options: Options, config: Config | None, remembered: Remembered | None = None) -> Plan:
    """What to watch; ``config`` is None where there is no file.

    ``remembered`` is None for ``check``, which must not depend on what was done in a dashboard.
    """
    memory = remembered or Remembered()
    plan = Plan(
        identities=_identities(options, config, memory),
        resources=_resources(options, config, memory),
        vaults=_vaults(options, config, memory),
        process_id=options.process_id,
        timeout=options.timeout,
        allow_endpoints=options.allow_endpoints,
        ca_file=options.ca_file,
        selected=_selected(memory) if not options.identities else options.identities[0],
        names=memory.names,
        removed=() if options.identities or options.resources else memory.removed,
    )
    if config is not None:
        plan = replace(plan, interval=config.dashboard.interval, expiring_below=config.dashboard.expiring_below)
    return _with_thresholds(plan, options)


def _with_thresholds(plan: Plan, options: Options) -> Plan:
    critical_below = options.critical_below or plan.critical_below
    # Whoever names only what is critical does not want to be warned later than that.
    warn_below = options.warn_below or max(plan.expiring_below, critical_below)
    return replace(plan, expiring_below=warn_below, critical_below=critical_below)


def name_of(identity: Identity) -> str:
    """What an identity is called that nobody named."""
    return "system-assigned" if isinstance(identity, SystemAssigned) else str(identity)


def _identities(options: Options, config: Config | None, memory: Remembered) -> tuple[PlannedIdentity, ...]:
    if options.identities:
        known = {each.identity: each.name for each in memory.identities}
        known |= {each.identity: each.name for each in (config.identities if config else ()) if each.name}
        return tuple(
            PlannedIdentity(each, known.get(each) or name_of(each), "option")
            for each in dict.fromkeys(options.identities)
        )
    configured = [
        PlannedIdentity(each.identity, each.name or name_of(each.identity), "config")
        for each in (config.identities if config else ())
    ]
    return (*configured, *memory.identities)


def _resources(options: Options, config: Config | None, memory: Remembered) -> tuple[PlannedResource, ...]:
    if options.resources:
        known = {normalise_resource(each.resource): each.name for each in (config.resources if config else ())}
        return tuple(
            PlannedResource(each, known.get(normalise_resource(each), ""), "option")
            for each in dict.fromkeys(options.resources)
        )
    configured = [PlannedResource(each.resource, each.name, "config") for each in (config.resources if config else ())]
    return (*configured, *memory.resources)


def _vaults(options: Options, config: Config | None, memory: Remembered) -> tuple[PlannedVault, ...]:
    configured = [_configured(each, options) for each in (config.vaults if config else ())]
    if options.vaults:
        known = {each.vault: each for each in configured}
        return tuple(
            known.get(each) or _plain(each, options, want=options.want) for each in dict.fromkeys(options.vaults)
        )
    names = {each.vault for each in configured}
    remembered = [each for each in memory.vaults if each not in names]
    kept = [each for each in configured if each.vault not in memory.removed]
    return (*kept, *(_plain(each, options, want=()) for each in remembered))


def _configured(vault: VaultConfig, options: Options) -> PlannedVault:
    return PlannedVault(
        vault=vault.url,
        name=vault.name,
        secret=vault.secret,
        prefix=vault.prefix,
        want=options.want or vault.want,
        depth=options.probe or vault.probe,
        allow_loopback=vault.allow_loopback or options.allow_loopback_vault,
        ca_file=options.ca_file or vault.ca_file,
        probe_every=vault.probe_every,
        origin="config",
    )


def _plain(vault: str, options: Options, *, want: Sequence[str]) -> PlannedVault:
    return PlannedVault(
        vault=vault,
        want=tuple(want),
        depth=options.probe or "read",
        allow_loopback=options.allow_loopback_vault,
        ca_file=options.ca_file,
        origin="option" if vault in options.vaults else "state",
    )


def _selected(memory: Remembered) -> Identity | None:
    try:
        return parse_identity(memory.selected) if memory.selected else None
    except IdentitySyntaxError:
        return None
