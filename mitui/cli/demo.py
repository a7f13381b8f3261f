"""A scenario of the simulator as an environment and a Plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlsplit

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import parse_identity
from mitui.engine.sources import imds
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.snapshot import SIMULATED
from mitui.simulator.scenarios.scenario import RunningScenario, start_scenario


@contextmanager
def simulated(name: str, plan: Plan) -> Iterator[tuple[Plan, HostEnvironment]]:
    """The plan on the scenario's host, which runs until the block ends. What the plan names itself goes first.

    Raises ValueError for a scenario that there isn't, and what ``start_scenario`` raises.
    """
    with start_scenario(name) as running:
        yield _plan(running, plan), _environment(running)


def _environment(running: RunningScenario) -> HostEnvironment:
    """The host as a real one is: IMDS at its own address, and no variable that says where the simulated one listens."""
    variables = dict(running.variables)
    simulated = urlsplit(variables.pop(imds.OVERRIDE, ""))
    own = urlsplit(imds.BASE).hostname
    dialled = {own: (simulated.hostname, simulated.port)} if own and simulated.hostname and simulated.port else {}
    return HostEnvironment(
        MappingProxyType(variables), running.root, connect_to=MappingProxyType(dialled), enclosed=True
    )


def _plan(running: RunningScenario, plan: Plan) -> Plan:
    scenario = running.scenario
    identities = tuple(PlannedIdentity(parse_identity(each.spec), each.name, "config") for each in scenario.identities)
    vaults = tuple(
        PlannedVault(
            vault=each.url,
            name=each.name,
            secret=scenario.secret,
            want=scenario.want,
            allow_loopback=not each.tls,
            ca_file=each.ca_file,
            connect_to=each.address if each.tls else None,
        )
        for each in running.vaults
    )
    return replace(
        plan,
        identities=plan.identities or identities,
        resources=plan.resources or tuple(map(PlannedResource, scenario.resources)),
        vaults=plan.vaults or vaults,
        arm_endpoint=running.arm_endpoint,
        allow_endpoints=plan.allow_endpoints | running.allow_endpoints,
        probe_at_start=True,  # a simulated vault has no audit log to keep quiet
        assumptions=(*plan.assumptions, f"{SIMULATED}: the scenario {scenario.name!r}"),
    )
