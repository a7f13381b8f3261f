"""An operation in progress, and how an object looks on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from mitui.simulator.replies import json_reply
from mitui.simulator.server import Reply
from mitui.simulator.vault.errors import SOFT_DELETE_HELP, error
from mitui.simulator.vault.routes import Route
from mitui.simulator.vault.settings import VaultSettings
from mitui.simulator.vault.store import RECOVERABLE_DAYS, Store, StoredObject, Version

_PAGE: Final = 25
SINGULAR: Final = {"secrets": "secret", "keys": "key", "certificates": "certificate"}
NAME: Final = re.compile(r"[0-9A-Za-z-]{1,127}")
VERSION: Final = re.compile(r"[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class Call:
    """An operation about to run: on which store, by whom, with what body."""

    route: Route
    body: Mapping[str, Any]
    query: Mapping[str, list[str]]
    store: Store
    settings: VaultSettings
    base: str  # https://contoso-kv.vault.azure.net
    next_base: str  # the same with the port spelled out, as nextLink has it
    vault: str
    caller: str
    now: int

    @property
    def kind(self) -> str:
        """secrets, keys or certificates."""
        return self.route.operation.object_type

    @property
    def name(self) -> str:
        """The object's name in the path."""
        return self.route.name

    def live(self) -> StoredObject | None:
        """The object of that name, unless it is absent or deleted."""
        return self.store.live[self.kind].get(self.name)

    def bad(self, message: str, code: str = "BadParameter") -> Reply:
        """A 400."""
        return error(self.settings, 400, code, message)

    def not_found(self, *, deleted: bool = False) -> Reply:
        """The 404 of this kind of object."""
        word = SINGULAR[self.kind].capitalize()
        path = "/".join(filter(None, (self.name, self.route.version)))
        if deleted:
            return error(self.settings, 404, f"{word}NotFound", f"Deleted {word} not found: {path}")
        message = (
            f"A {word.lower()} with (name/id) {path} was not found in this key vault. If you recently deleted this "
            f"{word.lower()} you may be able to recover it using the correct recovery command. "
            f"For help resolving this issue, please see {SOFT_DELETE_HELP}"
        )
        return error(self.settings, 404, f"{word}NotFound", message)

    def name_taken_by_deleted(self) -> Reply | None:
        """The 409 for a name that a deleted object still holds, or None."""
        if self.name not in self.store.deleted[self.kind]:
            return None
        message = (
            f"{SINGULAR[self.kind].capitalize()} {self.name} is currently in a deleted but recoverable state, and "
            "its name cannot be reused; in this state, the object can only be recovered or purged."
        )
        return error(self.settings, 409, "Conflict", message, "ObjectIsDeletedButRecoverable")

    def identifier(self, name: str, version: str = "", kind: str = "") -> str:
        """The URL that names an object or a version of it."""
        return "/".join(filter(None, (self.base, kind or self.kind, name, version)))


Handler = Callable[[Call], Reply]


def by_verb(*handlers: Handler) -> dict[str, Handler]:
    """The handlers by the verbs that they are named for; a name that Python has already ends in an underscore."""
    return {each.__name__.rstrip("_"): each for each in handlers}


def attributes(call: Call, version: Version) -> dict[str, Any]:
    """The attributes of a version."""
    level = "Recoverable" if call.settings.purge_protection else "Recoverable+Purgeable"
    shown: dict[str, Any] = {"enabled": version.enabled}
    shown |= {key: value for key, value in (("nbf", version.nbf), ("exp", version.exp)) if value is not None}
    shown |= {"created": version.created, "updated": version.updated}
    if not call.settings.soft_delete:
        return shown | {"recoveryLevel": "Purgeable"}
    return shown | {"recoveryLevel": level, "recoverableDays": RECOVERABLE_DAYS}


def render(call: Call, stored: StoredObject, version: Version, *, item: bool = False) -> dict[str, Any]:
    """A version as the vault shows it; as an ``item`` of a list it has no value, key or certificate in it."""
    shown: dict[str, Any] = {"attributes": attributes(call, version)}
    if version.tags:
        shown["tags"] = version.tags
    if version.managed:
        shown["managed"] = True
    identifier = call.identifier(stored.name, version.version)
    if call.kind == "keys":
        jwk = version.content["key"]
        return shown | ({"kid": identifier} if item else {"key": {"kid": identifier, **jwk}})
    shown["id"] = identifier
    if call.kind == "certificates":
        shown["x5t"] = version.content["x5t"]
        if not item:
            shown["kid"] = call.identifier(stored.name, version.version, "keys")
            shown["sid"] = call.identifier(stored.name, version.version, "secrets")
            shown |= {"cer": version.content["cer"], "policy": stored.extra["policy"]}
    else:
        shown |= {key: value for key, value in version.content.items() if not (item and key == "value")}
    return shown


def apply_attributes(version: Version, body: Mapping[str, Any]) -> None:
    """Take over the attributes and tags that a body holds."""
    given = body.get("attributes") or {}
    version.enabled = bool(given.get("enabled", version.enabled))
    version.nbf = given.get("nbf", version.nbf)
    version.exp = given.get("exp", version.exp)
    if body.get("tags") is not None:
        version.tags = body["tags"]


def page(call: Call, path: str, items: list[dict[str, Any]]) -> Reply:
    """At most ``maxresults`` items, and the link to the next ones."""
    try:
        size = int(call.query.get("maxresults", [str(_PAGE)])[0])
        start = int(call.query.get("$skiptoken", ["0"])[0])
    except ValueError:
        size, start = 0, 0
    if not 1 <= size <= _PAGE:
        return call.bad("maxresults must be between 1 and 25.")
    end = start + size
    link = None
    if end < len(items) or call.settings.next_link_base:
        version = quote(call.query["api-version"][0])
        base = call.settings.next_link_base or call.next_base
        link = f"{base}{path}?api-version={version}&$skiptoken={end}&maxresults={size}"
    return json_reply(200, {"value": items[start:end], "nextLink": link})
