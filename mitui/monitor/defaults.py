"""What is watched where nothing was configured, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from mitui.diagnosis.sdk.default_credential import asks_for_client_id
from mitui.engine.detection import detect
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import AZURE_CLIENT_ID, ClientId, Identity, SystemAssigned, is_guid
from mitui.engine.resources import PUBLIC, default_resources, normalise_resource, well_known_resources
from mitui.engine.selectors import supported_selectors
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.monitor.snapshot import SYSTEM_NAME


def planned_identities(plan: Plan, environment: HostEnvironment) -> tuple[list[PlannedIdentity], list[str]]:
    """The plan's identities, or the system-assigned one and that of AZURE_CLIENT_ID; and what was assumed."""
    chosen = [each for each in plan.identities if each.origin != "state"]
    remembered = [each for each in plan.identities if each.origin == "state"]
    assumptions: list[str] = []
    if not chosen:
        chosen, assumptions = default_identities(environment)
    return _on_board((*chosen, *remembered), dict(plan.names), plan.removed) or chosen[:1], assumptions


def _on_board(
    listed: Iterable[PlannedIdentity], names: Mapping[str, str], removed: Collection[str]
) -> list[PlannedIdentity]:
    """Each of them once, but for those that a person took off the board, called as a person calls it."""
    found: dict[str, PlannedIdentity] = {}
    for each in listed:
        spec = str(each.identity)
        if spec not in removed:
            found.setdefault(spec, replace(each, name=names.get(spec) or each.name or spec))
    return list(found.values())


def default_identities(environment: HostEnvironment) -> tuple[list[PlannedIdentity], list[str]]:
    """The system-assigned identity and that of AZURE_CLIENT_ID; where the source takes no system-assigned one, only
    the latter. And what was assumed.
    """
    offered = environment_identity(environment)
    if offered is not None and "system" not in supported_selectors(detect(environment).source):
        return [replace(offered, origin="default")], [f"no identity is configured, so it is that of {AZURE_CLIENT_ID}"]
    chosen = [PlannedIdentity(SystemAssigned(), SYSTEM_NAME, "default")]
    if offered is None:
        return chosen, ["no identity is configured, so it is the system-assigned one"]
    both = f"no identity is configured, so it is that of {AZURE_CLIENT_ID} and the system-assigned one"
    return [*chosen, offered], [both]


def assumed(planned: Iterable[PlannedIdentity], environment: HostEnvironment) -> list[str]:
    """What was assumed of these identities: nothing where none is there by itself."""
    return default_identities(environment)[1] if any(each.origin == "default" for each in planned) else []


def own_identity(environment: HostEnvironment) -> Identity | None:
    """The identity that DefaultAzureCredential asks for in this environment, where a variable names it."""
    offered = environment_identity(environment)
    asked = offered is not None and asks_for_client_id(environment, detect(environment).source)
    return offered.identity if offered is not None and asked else None


def in_another_view(
    before: Sequence[PlannedIdentity],
    environment: HostEnvironment,
    names: Mapping[str, str] = MappingProxyType({}),
    removed: Collection[str] = (),
) -> list[PlannedIdentity]:
    """What was on the board, as it is in the view of another process: what came of itself is that view's own.

    ``names`` and ``removed`` are what a person called otherwise and took off the board, by identity spec.
    """
    named = [each for each in before if each.origin not in ("default", "environment")]
    if any(each.origin == "default" for each in before) or not named:
        own, _ = default_identities(environment)
    else:
        offered = environment_identity(environment)
        own = [offered] if offered is not None else []
    known = {each.identity: each for each in before}
    return _on_board((known.get(each.identity, each) for each in (*own, *named)), names, removed) or own[:1]


def environment_identity(environment: HostEnvironment) -> PlannedIdentity | None:
    """The identity that AZURE_CLIENT_ID names, if it holds a GUID."""
    value = environment.get(AZURE_CLIENT_ID).strip()
    return PlannedIdentity(ClientId(value.lower()), AZURE_CLIENT_ID, "environment") if is_guid(value) else None


def planned_resources(plan: Plan, cloud: str) -> tuple[list[PlannedResource], list[str]]:
    """The plan's resources, or Resource Manager and Key Vault of ``cloud``; and what was assumed."""
    chosen = [each for each in plan.resources if each.origin != "state"]
    remembered = [each for each in plan.resources if each.origin == "state"]
    assumptions: list[str] = []
    names = {resource: name for name, resource in well_known_resources(cloud)}
    if not chosen:
        chosen = [PlannedResource(each, names.get(each, ""), "default") for each in default_resources(cloud)]
        known = cloud or f"{PUBLIC} (this host does not say its cloud)"
        assumptions.append(f"no resource is configured, so tokens are for {_listed(chosen)} of {known}")
    found: dict[str, PlannedResource] = {}
    for each in (*chosen, *remembered):
        resource = normalise_resource(each.resource)
        if resource not in plan.removed:
            found.setdefault(resource, PlannedResource(resource, each.name or names.get(resource, ""), each.origin))
    return list(found.values()), assumptions


def needs_cloud(plan: Plan) -> bool:
    """Whether the resources depend on the host's cloud."""
    return all(each.origin == "state" for each in plan.resources)


def _listed(resources: list[PlannedResource]) -> str:
    return " and ".join(each.name or each.resource for each in resources)
