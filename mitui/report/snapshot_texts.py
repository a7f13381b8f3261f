"""The texts of a Snapshot: every one of them that may hold an id, found and replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, TypeVar

from mitui.claims import Claims
from mitui.monitor.assigned import AssignedIdentities

Value = TypeVar("Value")

_WORDS: Final = frozenset(
    {
        "certainty",
        "depth",
        "header_names",
        "kind",
        "level",
        "location",
        "cloud",
        "method",
        "model",
        "object_type",
        "origin",
        "permission",
        "phase",
        "runtime",
        "sdk",
        "selector",
        "selectors",
        "stage",
        "state",
        "status",
        "trouble",
        "verdict",
        "version",
    }
)
"""Fields that hold a word of a closed set (or of the platform's) and never an id."""


def parts_of(value: object) -> Iterator[object]:
    """Every dataclass in the tree, the root included."""
    if isinstance(value, tuple):
        for each in value:
            yield from parts_of(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield value
        for each in dataclasses.fields(value):
            yield from parts_of(getattr(value, each.name))


def texts_of(value: object, name: str = "") -> Iterator[str]:
    """Every text in the tree that may hold an id; claims as the JSON that they are."""
    if isinstance(value, str) and not isinstance(value, Enum) and name not in _WORDS:
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_of(each)
    elif isinstance(value, AssignedIdentities):
        for resource, *_ in value.identities:
            yield resource
        yield value.refusal
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            yield from texts_of(getattr(value, each.name), each.name)


def with_texts(value: Value, text: Callable[[str], str], claims: Callable[[Claims], Claims], name: str = "") -> Value:
    """The same tree with ``text`` applied to each of those, and ``claims`` to the claims of each token."""
    changed: object = value
    if isinstance(value, Enum) or name in _WORDS:
        changed = value
    elif isinstance(value, str):
        changed = text(value)
    elif isinstance(value, tuple):
        changed = tuple(with_texts(each, text, claims) for each in value)
    elif isinstance(value, Claims):
        changed = claims(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {
            each.name: with_texts(getattr(value, each.name), text, claims, each.name)
            for each in dataclasses.fields(value)
            if each.init
        }
        changed = dataclasses.replace(value, **changes)
    return changed  # type: ignore[return-value]
