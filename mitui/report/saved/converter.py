"""How each part of a Snapshot is written as JSON and read back: cattrs, told to believe nothing.

A word must be one of its closed set, a number a finite number and a text a text; what is missing has its default, as in
a file of an older mitui; what is not known is passed over.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn

from mitui.claims import ActualIdentity, Claims, is_too_deep
from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice, SdkMessage
from mitui.diagnosis.sdk.carried.packages import CarriedSdk, ProcessFacts
from mitui.engine.evidence import Evidence, SourceVerdict
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, Identity, ObjectId, ResourceId, SystemAssigned
from mitui.exchange import Exchange
from mitui.keyvault.probe_result import PermissionResult, Stage
from mitui.keyvault.verdict import ProbeDepth, VaultModel
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.event import Event
from mitui.monitor.identity_view import FailureView, IdentityView, Status, TokenView
from mitui.monitor.origin import Origin
from mitui.monitor.snapshot import Snapshot

T = TypeVar("T")

_NAMES: Final[dict[str, object]] = {
    each.__name__: each
    for each in (
        ActualIdentity,
        Advice,
        AssignedIdentities,
        CarriedSdk,
        Claims,
        Event,
        Evidence,
        Exchange,
        FailureView,
        HealthWarning,
        HostFacts,
        IdentityView,
        PermissionResult,
        ProcessFacts,
        SdkChoice,
        SdkMessage,
        SourceVerdict,
        Stage,
        TokenView,
    )
} | {"Identity": Identity, "Origin": Origin, "ProbeDepth": ProbeDepth, "Status": Status, "VaultModel": VaultModel}
"""What the Snapshot's modules name only for type checkers, to load fast."""

_IDENTITIES: Final[dict[str, type[ClientId] | type[ObjectId] | type[ResourceId]]] = {
    each.selector: each for each in (ClientId, ObjectId, ResourceId)
}


class NotASnapshotError(ValueError):
    """A value that is no part of a Snapshot."""


def snapshot_converter() -> Converter:
    """The converter for Snapshots and for dataclasses that hold one."""
    converter = Converter(detailed_validation=False)
    for kind in (str, int, float, bool):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook_func(_is_tuple, partial(_tuple, converter))
    converter.register_structure_hook_factory(dataclasses.is_dataclass, partial(_of_an_object, converter))
    converter.register_structure_hook(Claims, _claims)
    converter.register_unstructure_hook(Claims, lambda claims: [claims.header_json, claims.payload_json])
    converter.register_structure_hook(Identity, _identity)
    for each in (SystemAssigned, *_IDENTITIES.values()):
        converter.register_unstructure_hook(each, lambda identity: [identity.selector, identity.value])
    converter.register_unstructure_hook(Identity, lambda identity: [identity.selector, identity.value])
    for part in _dataclasses(Snapshot):
        _resolve(part)
    return converter


def _exactly(value: Any, kind: type[T]) -> T:
    """The value if it is of this kind already; cattrs would make a text of anything."""
    if kind is float and type(value) in (int, float):
        number: Any = float(value)
        if math.isfinite(number):
            return number  # type: ignore[no-any-return]
    elif issubclass(kind, Enum) and type(value) is str:
        return kind(value)
    elif type(value) is kind:
        return value
    raise NotASnapshotError(f"not of the kind {kind.__name__}")


def _is_tuple(kind: object) -> bool:
    origin: object = get_origin(kind)
    return origin is tuple


def _tuple(converter: Converter, value: Any, kind: Any) -> tuple[Any, ...]:
    """The values of a list; cattrs would take the letters of a text, and an object's keys."""
    if not isinstance(value, list):
        raise NotASnapshotError("no list")
    kinds = get_args(kind)
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    return tuple(converter.structure(each, of) for each, of in zip(value, kinds, strict=True))


def _of_an_object(converter: Converter, part: type[T]) -> Callable[[Any, object], T]:
    """How a dataclass is read from an object, and from nothing else: cattrs would take any empty list for one."""
    read = make_dict_structure_fn(part, converter)

    def structure(value: Any, _: object) -> T:
        if not isinstance(value, dict):
            raise NotASnapshotError("no object")
        return read(value, part)

    return structure


def _claims(value: Any, _: object) -> Claims:
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value)):
        raise NotASnapshotError("no claims")
    for each in filter(None, value):
        loaded = json.loads(each)
        if not isinstance(loaded, dict) or is_too_deep(loaded):
            raise NotASnapshotError("no claims")
    return Claims(*value)


def _identity(value: Any, _: object) -> Identity:
    match value:
        case ["system", None]:
            return SystemAssigned()
        case [str(selector), str(text)] if selector in _IDENTITIES:
            return _IDENTITIES[selector](text)
    raise NotASnapshotError("no identity")


def _resolve(part: type) -> None:
    """Put types in place of their names, which cattrs could not look up by itself."""
    hints = get_type_hints(part, localns=_NAMES)
    for each in dataclasses.fields(part):
        each.type = hints[each.name]


def _dataclasses(kind: Any, seen: set[type] | None = None) -> Iterator[type]:
    """This dataclass and all that its fields can hold."""
    seen = set() if seen is None else seen
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if kind in seen:
            return
        seen.add(kind)
        yield kind
        for hint in get_type_hints(kind, localns=_NAMES).values():
            yield from _dataclasses(hint, seen)
    for argument in get_args(kind):
        yield from _dataclasses(argument, seen)
