"""Certificates: creating, importing and merging them, their policies, and the issuers and contacts beside them."""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from typing import Any, Final

from mitui.simulator.base64url import decode, encode
from mitui.simulator.replies import json_reply
from mitui.simulator.server import Reply
from mitui.simulator.vault.call import Call, apply_attributes, by_verb, page, render
from mitui.simulator.vault.errors import error
from mitui.simulator.vault.keys import new_jwk
from mitui.simulator.vault.objects import SHARED
from mitui.simulator.vault.store import Store, StoredObject, Version

DEFAULT_POLICY: Final[dict[str, Any]] = {
    "key_props": {"exportable": True, "kty": "RSA", "key_size": 2048, "reuse_key": False},
    "secret_props": {"contentType": "application/x-pkcs12"},
    "x509_props": {"subject": "CN=contoso.example", "validity_months": 12},
    "issuer": {"name": "Self"},
}


def add_certificate(store: Store, name: str, now: int, policy: dict[str, Any] | None = None, cer: str = "") -> Version:
    """A certificate together with the key and the secret of the same name and version that come with it."""
    der = base64.b64decode(cer) if cer else b"\x30\x82\x01\x7c" + secrets.token_bytes(380)
    content = {"cer": base64.b64encode(der).decode(), "x5t": encode(hashlib.sha1(der).digest())}  # noqa: S324
    version = Version(content, now, now)
    stored = store.add("certificates", name, version)
    stored.extra["policy"] = policy or stored.extra.get("policy") or DEFAULT_POLICY
    private = base64.b64encode(secrets.token_bytes(600)).decode()
    value = {"value": private, "contentType": "application/x-pkcs12"}
    for kind, held in (("keys", {"key": new_jwk("RSA")}), ("secrets", value)):
        store.add(kind, name, Version(held, now, now, version.version, managed=True))
    return version


def create(call: Call) -> Reply:
    """A request for a new version. One that the vault signs itself is done at once; others wait for their merge."""
    if refusal := call.name_taken_by_deleted():
        return refusal
    policy = DEFAULT_POLICY | (call.body.get("policy") or {})
    if not isinstance(policy["issuer"], dict):
        return call.bad("Property issuer has an invalid value.")
    waits = policy["issuer"].get("name") == "Unknown"
    if not waits:
        apply_attributes(add_certificate(call.store, call.name, call.now, policy), call.body)
    operation = {
        "id": f"{call.identifier(call.name)}/pending",
        "issuer": policy["issuer"],
        "csr": base64.b64encode(secrets.token_bytes(300)).decode(),
        "cancellation_requested": False,
        "status": "inProgress" if waits else "completed",
        "target": call.identifier(call.name),
        "request_id": uuid.uuid4().hex,
    }
    call.store.pending[call.name.lower()] = {"operation": operation, "policy": policy}
    return json_reply(202, operation | {"status": "inProgress"})


def import_(call: Call) -> Reply:
    """A certificate with its private key from outside."""
    if not isinstance(call.body.get("value"), str):
        return call.bad("Property value has an invalid value.")
    if refusal := call.name_taken_by_deleted():
        return refusal
    version = add_certificate(call.store, call.name, call.now, call.body.get("policy"))
    return _changed(call, version)


def _changed(call: Call, version: Version) -> Reply:
    apply_attributes(version, call.body)
    return json_reply(200, render(call, call.store.live["certificates"][call.name], version))


def _operation(call: Call) -> dict[str, Any] | None:
    return call.store.pending.get(call.name.lower())


def merge(call: Call) -> Reply:
    """The signed certificate for a waiting request."""
    chain = call.body.get("x5c")
    if not chain or decode(chain[0]) is None:
        return call.bad("Property x5c has an invalid value.")
    waiting = _operation(call)
    if waiting is None or waiting["operation"]["status"] != "inProgress":
        return _no_pending(call)
    waiting["operation"]["status"] = "completed"
    version = add_certificate(call.store, call.name, call.now, waiting["policy"], chain[0])
    reply = _changed(call, version)
    return Reply(201, reply.headers, reply.body)


def _no_pending(call: Call) -> Reply:
    message = f"Pending certificate not found: {call.name}"
    return error(call.settings, 404, "PendingCertificateNotFound", message)


def get_pending(call: Call) -> Reply:
    """How far a request is."""
    waiting = _operation(call)
    return _no_pending(call) if waiting is None else json_reply(200, waiting["operation"])


def update_pending(call: Call) -> Reply:
    """Cancel a request."""
    waiting = _operation(call)
    if waiting is None:
        return _no_pending(call)
    if call.body.get("cancellation_requested") is True:
        waiting["operation"] |= {"cancellation_requested": True, "status": "cancelled"}
    return json_reply(200, waiting["operation"])


def delete_pending(call: Call) -> Reply:
    """Forget a request."""
    waiting = call.store.pending.pop(call.name.lower(), None)
    return _no_pending(call) if waiting is None else json_reply(200, waiting["operation"])


def _with_id(call: Call, stored: StoredObject) -> dict[str, Any]:
    return {"id": f"{call.identifier(stored.name)}/policy", **stored.extra["policy"]}


def get_policy(call: Call) -> Reply:
    """What the next version will be made from."""
    stored = call.live()
    return call.not_found() if stored is None else json_reply(200, _with_id(call, stored))


def update_policy(call: Call) -> Reply:
    """Change what the next version will be made from."""
    stored = call.live()
    if stored is None:
        return call.not_found()
    stored.extra["policy"] = stored.extra["policy"] | dict(call.body)
    return json_reply(200, _with_id(call, stored))


def _issuer(call: Call, name: str, *, item: bool = False) -> dict[str, Any]:
    held = call.store.issuers[name]
    shown = {"id": f"{call.base}/certificates/issuers/{name}", "provider": held.get("provider")}
    return shown if item else held | shown


def _no_issuer(call: Call) -> Reply:
    return error(call.settings, 404, "CertificateIssuerNotFound", f"Issuer not found: {call.name}")


def list_issuers(call: Call) -> Reply:
    """Every issuer."""
    return page(call, "/certificates/issuers", [_issuer(call, name, item=True) for name in sorted(call.store.issuers)])


def get_issuer(call: Call) -> Reply:
    """One issuer."""
    return json_reply(200, _issuer(call, call.name)) if call.name in call.store.issuers else _no_issuer(call)


def set_issuer(call: Call) -> Reply:
    """Make or replace an issuer."""
    if not isinstance(call.body.get("provider"), str):
        return call.bad("Property provider has an invalid value.")
    call.store.issuers[call.name] = dict(call.body)
    return get_issuer(call)


def update_issuer(call: Call) -> Reply:
    """Change an issuer."""
    if call.name in call.store.issuers:
        call.store.issuers[call.name] |= dict(call.body)
    return get_issuer(call)


def delete_issuer(call: Call) -> Reply:
    """Remove an issuer."""
    reply = get_issuer(call)
    call.store.issuers.pop(call.name, None)
    return reply


def get_contacts(call: Call) -> Reply:
    """Who is told when certificates expire."""
    if call.store.contacts is None:
        return error(call.settings, 404, "ContactsNotFound", "Contacts not found")
    return json_reply(200, {"id": f"{call.base}/certificates/contacts", "contacts": call.store.contacts})


def set_contacts(call: Call) -> Reply:
    """Say who is told."""
    contacts = call.body.get("contacts")
    if contacts is None:
        return call.bad("Property contacts has an invalid value.")
    call.store.contacts = contacts
    return get_contacts(call)


def delete_contacts(call: Call) -> Reply:
    """Tell nobody."""
    reply = get_contacts(call)
    call.store.contacts = None
    return reply


CERTIFICATES: Final = {
    **SHARED,
    **by_verb(create, import_, merge, get_pending, update_pending, delete_pending, get_policy, update_policy),
    **by_verb(list_issuers, get_issuer, set_issuer, update_issuer, delete_issuer),
    **by_verb(get_contacts, set_contacts, delete_contacts),
}
