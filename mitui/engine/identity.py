"""Which identity is asked for: system-assigned, or user-assigned by client, object or resource ID."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_RESOURCE_ID: Final = re.compile(
    r"/subscriptions/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/resourcegroups/[^/\s]{1,90}"
    r"/providers/microsoft\.managedidentity/userassignedidentities/[A-Za-z0-9][A-Za-z0-9_-]{2,127}\Z",
    re.IGNORECASE,
)
THREE_WAYS: Final = "client:<guid>, object:<guid> or resource:<ARM id>"

AZURE_CLIENT_ID: Final = "AZURE_CLIENT_ID"
"""Names the identity that some SDKs ask for where nobody names one; no source goes by it alone."""


class IdentitySyntaxError(ValueError):
    """A text that names no identity; its message says what is wrong and what is allowed."""


@dataclass(frozen=True, slots=True)
class SystemAssigned:
    """The identity that belongs to this host and dies with it."""

    selector = "system"
    value = None

    def __str__(self) -> str:
        return "system"


@dataclass(frozen=True, slots=True)
class ClientId:
    """A user-assigned identity by its client ID (``appid`` in its tokens)."""

    value: str
    selector = "client_id"

    def __str__(self) -> str:
        return f"client:{self.value}"


@dataclass(frozen=True, slots=True)
class ObjectId:
    """A user-assigned identity by its object (principal) ID (``oid`` in its tokens)."""

    value: str
    selector = "object_id"

    def __str__(self) -> str:
        return f"object:{self.value}"


@dataclass(frozen=True, slots=True)
class ResourceId:
    """A user-assigned identity by its ARM resource ID (``xms_mirid`` in its tokens)."""

    value: str
    selector = "resource_id"

    def __str__(self) -> str:
        return f"resource:{self.value}"


Identity = SystemAssigned | ClientId | ObjectId | ResourceId


def is_guid(text: str) -> bool:
    """Whether ``text`` is a GUID in its 8-4-4-4-12 form."""
    return GUID.match(text) is not None


def _guid(kind: str, value: str) -> str:
    if not is_guid(value):
        raise IdentitySyntaxError(
            f"{value!r} is not a {kind} ID: it must be a GUID such as 6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
        )
    return value.lower()


def client_id(value: str) -> ClientId:
    """The identity with this client ID. Raises IdentitySyntaxError when it is no GUID."""
    return ClientId(_guid("client", value.strip()))


def object_id(value: str) -> ObjectId:
    """The identity with this object ID. Raises IdentitySyntaxError when it is no GUID."""
    return ObjectId(_guid("object", value.strip()))


def resource_id(value: str) -> ResourceId:
    """The identity with this ARM ID. Raises IdentitySyntaxError when it is not that of a user-assigned identity."""
    value = value.strip()
    if not _RESOURCE_ID.match(value):
        raise IdentitySyntaxError(
            f"{value!r} is not the resource ID of a user-assigned identity: it must look like "
            "/subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity"
            "/userAssignedIdentities/<name>"
        )
    return ResourceId(value)


def parse_identity(spec: str) -> Identity:
    """Read ``system``, ``client:<guid>``, ``object:<guid>`` or ``resource:<ARM id>``.

    Raises IdentitySyntaxError, with the ways to say it, for anything else; a bare GUID could be a client or an object
    ID, and asking for the wrong one fails in a way that looks like a missing identity, so it is refused.
    """
    text = spec.strip()
    kind, colon, value = text.partition(":")
    if text.lower() in ("system", "system-assigned"):
        return SystemAssigned()
    if colon and kind.lower() == "client":
        return client_id(value)
    if colon and kind.lower() == "object":
        return object_id(value)
    if colon and kind.lower() == "resource":
        return resource_id(value)
    if is_guid(text):
        raise IdentitySyntaxError(
            f"{text} could be a client ID or an object ID: say client:{text} or object:{text} "
            "(or resource:<ARM id> for a resource ID)"
        )
    if text.lower().startswith("/subscriptions/"):
        raise IdentitySyntaxError(f"a resource ID is written resource:{text}")
    raise IdentitySyntaxError(f"{spec!r} names no identity: say system, {THREE_WAYS}")
