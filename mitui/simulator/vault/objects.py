"""The operations that secrets, keys and certificates share, and the one that only secrets have."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from mitui.simulator.base64url import decode, encode
from mitui.simulator.replies import json_reply
from mitui.simulator.server import Reply
from mitui.simulator.vault.call import SINGULAR, Call, apply_attributes, by_verb, page, render
from mitui.simulator.vault.errors import error
from mitui.simulator.vault.store import RECOVERABLE_DAYS, Shelf, StoredObject, Version

_DAY: Final = 86_400


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


def list_(call: Call) -> Reply:
    """The newest version of every live object."""
    shelf = call.store.live[call.kind].values()
    items = []
    for stored in shelf:
        item = render(call, stored, stored.versions[-1], item=True)
        word = "kid" if call.kind == "keys" else "id"
        items.append(item | {word: call.identifier(stored.name)})
    return page(call, f"/{call.kind}", items)


def versions(call: Call) -> Reply:
    """All versions of an object: none, and not a 404, where there is no such object."""
    stored = call.live()
    items = [render(call, stored, each, item=True) for each in stored.versions] if stored else []
    return page(call, f"/{call.kind}/{call.name}/versions", items)


def get(call: Call) -> Reply:
    """One version of an object, with its value; a disabled secret is refused."""
    if (found := call.live_version()) is None:
        return call.not_found()
    stored, version = found
    if call.kind == "secrets" and (call.settings.secrets_disabled or not version.enabled):
        message = "Operation get is not allowed on a disabled secret."
        return error(call.settings, 403, "Forbidden", message, "SecretDisabled")
    return json_reply(200, render(call, stored, version))


def update(call: Call) -> Reply:
    """New attributes and tags for a version."""
    if (found := call.live_version()) is None:
        return call.not_found()
    stored, version = found
    apply_attributes(version, call.body)
    version.updated = call.now
    if call.kind == "keys" and call.body.get("key_ops") is not None:
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
    if refusal := _soft_delete_off(call, f"getDeleted{SINGULAR[call.kind].capitalize()}"):
        return refusal
    stored = call.store.deleted[call.kind].get(call.name)
    return call.not_found(deleted=True) if stored is None else json_reply(200, _deleted(call, stored))


def recover(call: Call) -> Reply:
    """Back among the live objects."""
    if refusal := _soft_delete_off(call, "recover"):
        return refusal
    stored = call.store.deleted[call.kind].pop(call.name, None)
    if stored is None:
        return call.not_found()
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
    return json_reply(200, {"value": encode(blob)})


def restore(call: Call) -> Reply:
    """An object from its blob, under the name that it had."""
    try:
        held = json.loads(decode(call.body.get("value")) or b"")
        kind, held["versions"] = held.pop("kind"), [Version(**each) for each in held["versions"]]
        stored = StoredObject(**held)
    except (ValueError, KeyError, TypeError, AttributeError):
        return call.bad("Backup blob contains invalid or corrupt version.", "Malformed backup blob")
    if kind != call.kind:
        return call.bad("Backup blob contains invalid or corrupt version.", "Malformed backup blob")
    if stored.name in call.store.live[kind] or stored.name in call.store.deleted[kind]:
        word = SINGULAR[kind].capitalize()
        return error(call.settings, 409, "Conflict", f"{word} {stored.name} already exists and cannot be restored.")
    call.store.live[kind][stored.name] = stored
    return json_reply(200, render(call, stored, stored.versions[-1], item=kind == "secrets"))


def set_(call: Call) -> Reply:
    """A new version of a secret. No value has never been shown to be refused, so here it is an empty secret."""
    if refusal := call.name_taken_by_deleted():
        return refusal
    content = {"value": call.body.get("value") or ""}
    if call.body.get("contentType") is not None:
        content["contentType"] = call.body["contentType"]
    version = Version(content, call.now, call.now)
    apply_attributes(version, call.body)
    return json_reply(200, render(call, call.store.add("secrets", call.name, version), version))


SHARED: Final = by_verb(
    list_, versions, get, update, delete, list_deleted, get_deleted, recover, purge, backup, restore
)
SECRETS: Final = SHARED | by_verb(set_)
