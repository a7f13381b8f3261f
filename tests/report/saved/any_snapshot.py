"""A strategy for any Snapshot that its types allow."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from mitui.claims import Claims
from mitui.engine.identity import SystemAssigned
from mitui.monitor.snapshot import Snapshot
from mitui.report.saved.converter import snapshot_converter

snapshot_converter()  # it puts types in place of their names, which only type checkers look up

_TEXTS = st.text(max_size=12)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=4,
)
_CLAIMS_TEXT = st.just("") | st.dictionaries(_TEXTS, _JSON, max_size=3).map(json.dumps)
_PLAIN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: _TEXTS,
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    Claims: st.builds(Claims, _CLAIMS_TEXT, _CLAIMS_TEXT),
    SystemAssigned: st.just(SystemAssigned()),
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of this type, as deep as the type goes."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(any_of, arguments))
    if origin is tuple:
        if arguments[-1:] == (Ellipsis,):
            return st.lists(st.deferred(lambda: any_of(arguments[0])), max_size=2).map(tuple)
        return st.tuples(*map(any_of, arguments))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    assert dataclasses.is_dataclass(kind), kind
    parts = {each.name: any_of(each.type) for each in dataclasses.fields(kind)}
    make: Callable[..., Any] = kind  # type: ignore[assignment]
    return st.builds(make, **parts)


SNAPSHOTS: Final[st.SearchStrategy[Snapshot]] = any_of(Snapshot)
