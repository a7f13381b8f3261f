"""The operations that secrets, keys and certificates share, and how an object looks on the wire."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote

from mitui.simulator.server import Reply
from mitui.simulator.vault_errors import SOFT_DELETE_HELP, error, json_reply
from mitui.simulator.vault_routes import Route
from mitui.simulator.vault_settings import VaultSettings
from mitui.simulator.vault_store import RECOVERABLE_DAYS, Shelf, Store, StoredObject, Version

_PAGE: Final = 25
_DAY: Final = 86_400
_SINGULAR: Final = {"secrets": "secret", "keys": "key", "certificates": "certificate"}
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
        word = _SINGULAR[self.kind].capitalize()
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
            f"{_SINGULAR[self.kind].capitalize()} {self.name} is currently in a deleted but recoverable state, and "
            "its name cannot be reused; in this state, the object can only be recovered or purged."
        )
        return error(self.settings, 409, "Conflict", message, "ObjectIsDeletedButRecoverable")

    def identifier(self, name: str, version: str = "", kind: str = "") -> str:
        """The URL that names an object or a version of it."""
        return "/".join(filter(None, (self.base, kind or self.kind, name, version)))


Handler = Callable[[Call], Reply]


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
    given = body.get("attributes")
    if isinstance(given, dict):
        version.enabled = bool(given.get("enabled", version.enabled))
        version.nbf = given.get("nbf", version.nbf)
        version.exp = given.get("exp", version.exp)
    if isinstance(body.get("tags"), dict):
        version.tags = dict(body["tags"])


def _deleted(call: Call, stored: StoredObject, *, item: bool = False) -> dict[str, Any]:
    shown = render(call, stored, stored.versions[-1], item=item or call.kind == "secrets")
    if not call.settings.soft_delete:
        return shown
    since = stored.deleted_at or call.now
    return shown | {
        "recoveryId": f"{call.base}/deleted{call.kind}/{stored.name}",
        "deletedDate": since,
        "scheduledPurgeDate": since + RECOVERABLE_DAYS * _DAY,
    }


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


def list_objects(call: Call) -> Reply:
    """The newest version of every live object."""
    shelf = call.store.live[call.kind].values()
    items = []
    for stored in shelf:
        item = render(call, stored, stored.versions[-1], item=True)
        word = "kid" if call.kind == "keys" else "id"
        items.append(item | {word: call.identifier(stored.name)})
    return page(call, f"/{call.kind}", items)


def list_versions(call: Call) -> Reply:
    """All versions of an object: none, and not a 404, where there is no such object."""
    stored = call.live()
    versions = stored.versions if stored else []
    items = [render(call, stored, each, item=True) for each in versions] if stored else []
    return page(call, f"/{call.kind}/{call.name}/versions", items)


def get(call: Call) -> Reply:
    """One version of an object, with its value; a disabled secret is refused."""
    stored = call.live()
    version = stored.version(call.route.version) if stored else None
    if stored is None or version is None:
        return call.not_found()
    if call.kind == "secrets" and (call.settings.secrets_disabled or not version.enabled):
        message = "Operation get is not allowed on a disabled secret."
        return error(call.settings, 403, "Forbidden", message, "SecretDisabled")
    return json_reply(200, render(call, stored, version))


def update(call: Call) -> Reply:
    """New attributes and tags for a version."""
    stored = call.live()
    version = stored.version(call.route.version) if stored else None
    if stored is None or version is None:
        return call.not_found()
    apply_attributes(version, call.body)
    version.updated = call.now
    if call.kind == "keys" and isinstance(call.body.get("key_ops"), list):
        version.content["key"]["key_ops"] = call.body["key_ops"]
    if call.kind == "secrets" and "contentType" in call.body:
        version.content["contentType"] = call.body["contentType"]
    return json_reply(200, render(call, stored, version, item=call.kind == "secrets"))


def delete(call: Call) -> Reply:
    """Into the deleted objects, or away for good where soft delete is off."""
    stored = call.store.live[call.kind].pop(call.name, None)
    if stored is None:
        return call.not_found()
    stored.deleted_at = call.now
    if call.settings.soft_delete:
        call.store.deleted[call.kind][call.name] = stored
    _move_managed(call, call.store.live, call.store.deleted if call.settings.soft_delete else None)
    return json_reply(200, _deleted(call, stored))


def _move_managed(call: Call, source: dict[str, Shelf], target: dict[str, Shelf] | None) -> None:
    """The key and the secret behind a certificate go where the certificate goes."""
    if call.kind != "certificates":
        return
    for kind in ("secrets", "keys"):
        stored = source[kind].pop(call.name, None)
        if stored is not None and target is not None:
            target[kind][call.name] = stored


def _soft_delete_off(call: Call, operation: str) -> Reply | None:
    if call.settings.soft_delete:
        return None
    return call.bad(f'Operation "{operation}" is not enabled for this vault.', "NotSupported")


def list_deleted(call: Call) -> Reply:
    """Every deleted object."""
    refusal = _soft_delete_off(call, f"listDeleted{call.kind.capitalize()}")
    items = [_deleted(call, stored, item=True) for stored in call.store.deleted[call.kind].values()]
    return refusal or page(call, f"/deleted{call.kind}", items)


def get_deleted(call: Call) -> Reply:
    """One deleted object, without its value."""
    if refusal := _soft_delete_off(call, f"getDeleted{_SINGULAR[call.kind].capitalize()}"):
        return refusal
    stored = call.store.deleted[call.kind].get(call.name)
    return call.not_found(deleted=True) if stored is None else json_reply(200, _deleted(call, stored))


def recover(call: Call) -> Reply:
    """Back among the live objects."""
    if refusal := _soft_delete_off(call, "recover"):
        return refusal
    stored = call.store.deleted[call.kind].pop(call.name, None)
    if stored is None:
        return call.not_found(deleted=True)
    stored.deleted_at = None
    call.store.live[call.kind][call.name] = stored
    _move_managed(call, call.store.deleted, call.store.live)
    return json_reply(200, render(call, stored, stored.versions[-1], item=call.kind == "secrets"))


def purge(call: Call) -> Reply:
    """Gone for good, unless the vault protects what was deleted."""
    if refusal := _soft_delete_off(call, "purge"):
        return refusal
    if call.settings.purge_protection:
        vault = f"{call.vault};location={call.settings.location}"
        message = f'Operation is not allowed.\r\nOperation: "purge"\r\nCaller: {call.caller}\r\nVault: {vault}'
        return error(call.settings, 403, "Forbidden", message)
    if call.store.deleted[call.kind].pop(call.name, None) is None:
        return call.not_found(deleted=True)
    _move_managed(call, call.store.deleted, None)
    return Reply(204)


def backup(call: Call) -> Reply:
    """The whole object as one opaque blob."""
    stored = call.live()
    if stored is None:
        return call.not_found()
    blob = json.dumps({"kind": call.kind, **asdict(stored)}).encode()
    return json_reply(200, {"value": base64.urlsafe_b64encode(blob).decode().rstrip("=")})


def restore(call: Call) -> Reply:
    """An object from its blob, under the name that it had."""
    value = call.body.get("value")
    text = value if isinstance(value, str) else ""
    try:
        held = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kind, versions = held.pop("kind"), [Version(**each) for each in held.pop("versions")]
        stored = StoredObject(versions=versions, **held)
    except (ValueError, binascii.Error, KeyError, TypeError, AttributeError):
        return call.bad("Backup blob contains invalid or corrupt version.", "Malformed backup blob")
    if kind != call.kind:
        return call.bad("Backup blob contains invalid or corrupt version.", "Malformed backup blob")
    if stored.name in call.store.live[kind] or stored.name in call.store.deleted[kind]:
        word = _SINGULAR[kind].capitalize()
        return error(call.settings, 409, "Conflict", f"{word} {stored.name} already exists and cannot be restored.")
    call.store.live[kind][stored.name] = stored
    return json_reply(200, render(call, stored, stored.versions[-1], item=kind == "secrets"))


def set_secret(call: Call) -> Reply:
    """A new version of a secret. No value has never been shown to be refused, so here it is an empty secret."""
    if refusal := call.name_taken_by_deleted():
        return refusal
    content = {"value": call.body.get("value") or ""}
    if isinstance(call.body.get("contentType"), str):
        content["contentType"] = call.body["contentType"]
    version = Version(content, call.now, call.now)
    apply_attributes(version, call.body)
    return json_reply(200, render(call, call.store.add("secrets", call.name, version), version))


SHARED: Final[dict[str, Handler]] = {
    "list": list_objects,
    "versions": list_versions,
    "get": get,
    "update": update,
    "delete": delete,
    "list_deleted": list_deleted,
    "get_deleted": get_deleted,
    "recover": recover,
    "purge": purge,
    "backup": backup,
    "restore": restore,
}
SECRETS: Final[dict[str, Handler]] = {**SHARED, "set": set_secret}
