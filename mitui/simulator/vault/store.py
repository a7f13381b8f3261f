"""What lies in the simulated vault: objects with versions, live and soft-deleted, certificate issuers and contacts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

KINDS: Final = ("secrets", "keys", "certificates")
RECOVERABLE_DAYS: Final = 90


@dataclass(slots=True)
class Version:
    """One version of an object. Times are epoch seconds; ``content`` holds what the kind of object has of its own."""

    content: dict[str, Any]
    created: int
    updated: int
    version: str = field(default_factory=lambda: uuid.uuid4().hex)
    enabled: bool = True
    nbf: int | None = None
    exp: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    managed: bool = False


@dataclass(slots=True)
class StoredObject:
    """A secret, key or certificate with its versions, the newest last."""

    name: str
    versions: list[Version] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)  # rotation policy, certificate policy
    deleted_at: int | None = None

    def version(self, version: str) -> Version | None:
        """The version of that id, the newest one for "", or None."""
        if not version:
            return self.versions[-1] if self.versions else None
        return next((each for each in self.versions if each.version == version), None)


class Shelf(MutableMapping[str, StoredObject]):
    """Objects by name, whose case does not matter."""

    def __init__(self) -> None:
        self._objects: dict[str, StoredObject] = {}

    def __getitem__(self, name: str) -> StoredObject:
        return self._objects[name.lower()]

    def __setitem__(self, name: str, stored: StoredObject) -> None:
        self._objects[name.lower()] = stored

    def __delitem__(self, name: str) -> None:
        del self._objects[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._objects))

    def __len__(self) -> int:
        return len(self._objects)


@dataclass(slots=True)
class Store:
    """Everything in one vault. A deep copy of it is a vault to try things on."""

    live: dict[str, Shelf] = field(default_factory=lambda: {kind: Shelf() for kind in KINDS})
    deleted: dict[str, Shelf] = field(default_factory=lambda: {kind: Shelf() for kind in KINDS})
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)  # certificate operations by lower-case name
    issuers: dict[str, dict[str, Any]] = field(default_factory=dict)
    contacts: list[dict[str, Any]] | None = None

    def clear(self) -> None:
        """Leave nothing in it."""
        for shelf in (*self.live.values(), *self.deleted.values()):
            shelf.clear()
        self.pending.clear()
        self.issuers.clear()
        self.contacts = None

    def add(self, kind: str, name: str, version: Version) -> StoredObject:
        """Add a version to an object, which comes into being with its first one."""
        stored = self.live[kind].setdefault(name, StoredObject(name))
        stored.versions.append(version)
        return stored


class SecretValues(MutableMapping[str, str]):
    """The live secrets as a plain mapping of names to newest values, for setting a vault up."""

    def __init__(self, store: Store, now: Callable[[], float], lock: AbstractContextManager[Any]) -> None:
        self._store = store
        self._now = now
        self._lock = lock

    def __getitem__(self, name: str) -> str:
        with self._lock:
            return str(self._store.live["secrets"][name].versions[-1].content["value"])

    def __setitem__(self, name: str, value: str) -> None:
        moment = int(self._now())
        with self._lock:
            self._store.add("secrets", name, Version({"value": value}, moment, moment))

    def __delitem__(self, name: str) -> None:
        with self._lock:
            del self._store.live["secrets"][name]

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(self._store.live["secrets"])

    def __len__(self) -> int:
        return len(self._store.live["secrets"])
