"""What each intent changes in what the dashboard remembers."""

from __future__ import annotations

from dataclasses import replace

from mitui.engine.identity import Identity
from mitui.monitor.plan import PlannedIdentity, PlannedResource
from mitui.monitor.remembered import Remembered


def with_identity(state: Remembered, identity: Identity, name: str) -> Remembered:
    """An identity was added."""
    kept = tuple(each for each in state.identities if each.identity != identity)
    added = PlannedIdentity(identity, name, "state")
    return replace(state, identities=(*kept, added), removed=_without(state.removed, str(identity)))


def with_name(state: Remembered, identity: Identity, name: str) -> Remembered:
    """An identity was given another name."""
    if any(each.identity == identity for each in state.identities):
        renamed = tuple(replace(each, name=name) if each.identity == identity else each for each in state.identities)
        return replace(state, identities=renamed)
    spec = str(identity)
    return replace(state, names=(*(each for each in state.names if each[0] != spec), (spec, name)))


def without_identity(state: Remembered, identity: Identity) -> Remembered:
    """An identity was taken off the board."""
    spec = str(identity)
    if any(each.identity == identity for each in state.identities):
        return replace(state, identities=tuple(each for each in state.identities if each.identity != identity))
    return replace(state, removed=(*_without(state.removed, spec), spec))


def with_resource(state: Remembered, resource: str, name: str) -> Remembered:
    """A resource was added."""
    kept = tuple(each for each in state.resources if each.resource != resource)
    added = PlannedResource(resource, name, "state")
    return replace(state, resources=(*kept, added), removed=_without(state.removed, resource))


def without_resource(state: Remembered, resource: str) -> Remembered:
    """A resource was taken off the board."""
    if any(each.resource == resource for each in state.resources):
        return replace(state, resources=tuple(each for each in state.resources if each.resource != resource))
    return replace(state, removed=(*_without(state.removed, resource), resource))


def with_vault(state: Remembered, vault: str) -> Remembered:
    """A vault was added."""
    return replace(state, vaults=(*_without(state.vaults, vault), vault), removed=_without(state.removed, vault))


def without_vault(state: Remembered, vault: str) -> Remembered:
    """A vault was taken off the board."""
    if vault in state.vaults:
        return replace(state, vaults=_without(state.vaults, vault))
    return replace(state, removed=(*_without(state.removed, vault), vault))


def with_selected(state: Remembered, identity: Identity) -> Remembered:
    """An identity was selected."""
    return replace(state, selected=str(identity))


def _without(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(each for each in values if each != value)
