"""Keys: making them, rotating them, and cryptography that is plausible and reversible, though not RSA."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any, Final

from mitui.simulator.base64url import decode, encode
from mitui.simulator.replies import json_reply
from mitui.simulator.server import Reply
from mitui.simulator.vault.call import Call, apply_attributes, by_verb, render
from mitui.simulator.vault.errors import error
from mitui.simulator.vault.objects import SHARED
from mitui.simulator.vault.store import StoredObject, Version

_TYPES: Final = ("RSA", "RSA-HSM", "EC", "EC-HSM")
_OPERATIONS: Final = {
    "RSA": ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"),
    "EC": ("sign", "verify"),
}
_ENCRYPTION: Final = ("RSA-OAEP", "RSA-OAEP-256", "RSA1_5")
_SIGNATURE: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K")
_PERMITS: Final = {"wrapkey": "wrapKey", "unwrapkey": "unwrapKey"}


def new_jwk(kind: str, bits: int = 2048, operations: list[str] | None = None) -> dict[str, Any]:
    """The public half of a key that looks right and belongs to no private one."""
    family = kind.partition("-")[0]
    jwk: dict[str, Any] = {"kty": kind, "key_ops": operations or list(_OPERATIONS[family])}
    if family == "EC":
        return jwk | {"crv": "P-256", "x": encode(secrets.token_bytes(32)), "y": encode(secrets.token_bytes(32))}
    modulus = int.from_bytes(secrets.token_bytes(bits // 8)) | 1 | 1 << (bits - 1)
    return jwk | {"n": encode(modulus.to_bytes(bits // 8)), "e": "AQAB"}


def create(call: Call) -> Reply:
    """A new version of a key."""
    kind = call.body.get("kty")
    if kind not in _TYPES:
        return call.bad(f"Property kty has an invalid value: {kind}")
    bits = call.body.get("key_size", 2048)
    if bits not in (2048, 3072, 4096):
        return call.bad(f"Property key_size has an invalid value: {bits}")
    return _add(call, new_jwk(kind, bits, call.body.get("key_ops")))


def import_(call: Call) -> Reply:
    """A key from outside; its private numbers are dropped."""
    given = call.body.get("key")
    if not given or given.get("kty") not in _TYPES:
        return call.bad("Property key has an invalid value.")
    public = {key: value for key, value in given.items() if key in ("kty", "key_ops", "n", "e", "crv", "x", "y")}
    family = str(given["kty"]).partition("-")[0]
    return _add(call, {"key_ops": list(_OPERATIONS[family])} | public)


def _add(call: Call, jwk: dict[str, Any]) -> Reply:
    if refusal := call.name_taken_by_deleted():
        return refusal
    version = Version({"key": jwk}, call.now, call.now)
    apply_attributes(version, call.body)
    return json_reply(200, render(call, call.store.add("keys", call.name, version), version))


def rotate(call: Call) -> Reply:
    """A new version of the same type."""
    stored = call.live()
    if stored is None:
        return call.not_found()
    jwk = stored.versions[-1].content["key"]
    return _add(call, new_jwk(jwk["kty"], operations=jwk["key_ops"]))


def get_rotation(call: Call) -> Reply:
    """The rotation policy: the default one until another is set."""
    stored = call.live()
    return call.not_found() if stored is None else json_reply(200, _policy(call, stored))


def set_rotation(call: Call) -> Reply:
    """A new rotation policy."""
    stored = call.live()
    if stored is None:
        return call.not_found()
    kept = {key: call.body.get(key) for key in ("lifetimeActions", "attributes")}
    stored.extra["rotation"] = {key: value for key, value in kept.items() if value is not None}
    return json_reply(200, _policy(call, stored))


def _policy(call: Call, stored: StoredObject) -> dict[str, Any]:
    notify = {"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "Notify"}}
    kept = stored.extra.get("rotation", {})
    times = {"created": stored.versions[0].created, "updated": call.now}
    return {
        "id": f"{call.identifier(stored.name)}/rotationpolicy",
        "lifetimeActions": kept.get("lifetimeActions", [notify]),
        "attributes": kept.get("attributes", {}) | times,
    }


def crypto(call: Call) -> Reply:
    """encrypt, decrypt, sign, verify, wrapkey and unwrapkey: the body is judged before the key is looked for."""
    verb = call.route.operation.verb
    data = decode(call.body.get("digest" if verb == "verify" else "value"))
    algorithms = _SIGNATURE if verb in ("sign", "verify") else _ENCRYPTION
    if call.body.get("alg") not in algorithms or data is None:
        return call.bad("Property alg or value has an invalid value.")
    stored = call.live()
    version = stored.version(call.route.version) if stored else None
    if version is None:
        return call.not_found()
    if _PERMITS.get(verb, verb) not in version.content["key"]["key_ops"] or not version.enabled:
        message = f"Operation {_PERMITS.get(verb, verb)} is not permitted on this key."
        return error(call.settings, 403, "Forbidden", message, "KeyOperationForbidden")
    if verb == "verify":
        return json_reply(200, {"value": decode(call.body.get("value")) == _signature(version, data)})
    result = _signature(version, data) if verb == "sign" else _transform(version, verb, data)
    if result is None:
        return call.bad("The parameter is incorrect.")
    return json_reply(200, {"kid": call.identifier(call.name, version.version), "value": encode(result)})


def _signature(version: Version, digest: bytes) -> bytes:
    return hashlib.shake_256(version.version.encode() + digest).digest(256)


def _transform(version: Version, verb: str, data: bytes) -> bytes | None:
    """256 bytes that hide ``data``, or what they hide; None where they are not of this key."""
    if verb in ("encrypt", "wrapkey"):
        if len(data) > 190:
            return None
        nonce = secrets.token_bytes(16)
        plain = len(data).to_bytes(1) + data.ljust(190, b"\0")
        body = nonce + _mask(version, nonce, plain)
        return body + _seal(version, body)
    body, seal = data[:-49], data[-49:]
    if not hmac.compare_digest(seal, _seal(version, body)):
        return None
    plain = _mask(version, body[:16], body[16:])
    return plain[1 : 1 + plain[0]]


def _mask(version: Version, nonce: bytes, data: bytes) -> bytes:
    stream = hashlib.shake_256(b"mask" + version.version.encode() + nonce).digest(len(data))
    return bytes(left ^ right for left, right in zip(data, stream, strict=True))


def _seal(version: Version, body: bytes) -> bytes:
    return hashlib.shake_256(b"seal" + version.version.encode() + body).digest(49)


def release(call: Call) -> Reply:
    """Keys here are not exportable, so a release goes no further than finding the key."""
    if not isinstance(call.body.get("target"), str):
        return call.bad("Property target has an invalid value.")
    stored = call.live()
    if stored is None or stored.version(call.route.version) is None:
        return call.not_found()
    return error(call.settings, 403, "Forbidden", "Operation release is not permitted on this key.")


KEYS: Final = {
    **SHARED,
    **by_verb(create, import_, rotate, get_rotation, set_rotation, release),
    **dict.fromkeys(("encrypt", "decrypt", "sign", "verify", "wrapkey", "unwrapkey"), crypto),
}
