"""What a person has typed or pasted so far, read as an identity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mitui.engine.identity import (
    ClientId,
    Identity,
    IdentitySyntaxError,
    ObjectId,
    ResourceId,
    SystemAssigned,
    is_guid,
    parse_identity,
)
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.snapshot import SourceView

Kind = Literal["system", "client_id", "object_id", "resource_id"]
KINDS: Final[tuple[Kind, ...]] = ("client_id", "object_id", "resource_id", "system")
NAMES: Final[dict[Kind, str]] = {
    "client_id": "client ID",
    "object_id": "object ID",
    "resource_id": "resource ID",
    "system": "system-assigned",
}
_AROUND: Final = " \t\r\n\"'`,;{}()<>"
_PART_OF_GUID: Final = re.compile(r"[0-9a-fA-F-]{1,36}\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """``identity`` is None until the text names one; ``words`` then say what is missing or wrong.

    ``kind`` is what the text is recognised as, or for a bare GUID taken for; ``is_bare`` marks such a one.
    """

    words: str
    identity: Identity | None = None
    kind: Kind | None = None
    is_bare: bool = False


def supported(kind: Kind, source: SourceView) -> bool:
    """Whether this source can select an identity that way."""
    return kind in source.selectors


def default_name(identity: Identity) -> str:
    """The name that an identity's selector tells: the last part of a resource ID; "" for a GUID."""
    match identity:
        case SystemAssigned():
            return "system-assigned"
        case ResourceId(value):
            return value.rpartition("/")[2]
        case ClientId() | ObjectId():
            return ""


def kinds_of_guid(source: SourceView) -> tuple[Kind, ...]:
    """What a bare GUID can be here, the commonest first: the client ID is what every SDK takes."""
    return tuple(kind for kind in KINDS[:2] if supported(kind, source)) or KINDS[:1]


def read_entry(text: str, guid_kind: Kind, source: SourceView, existing: Sequence[IdentityView]) -> Entry:
    """Read ``text``; ``guid_kind`` is what a bare GUID is taken for."""
    text = text.strip(_AROUND)
    if not text:
        return Entry("Type or paste a GUID, a resource ID, or system.")
    is_bare = is_guid(text)
    if is_bare:
        text = f"{'client' if guid_kind == 'client_id' else 'object'}:{text}"
    elif text.startswith("/"):
        text = f"resource:{text}"
    elif _PART_OF_GUID.match(text):
        return Entry(f"A GUID has 36 characters; this has {len(text)}.")
    try:
        identity = parse_identity(text)
    except IdentitySyntaxError as error:
        return Entry(f"{error}.")
    kind: Kind = identity.selector  # type: ignore[assignment]
    if not supported(kind, source):
        where = source.label or "this source"
        words = source.selector_reason or f"{where} can't select an identity by {NAMES[kind]}."
        return Entry(words, kind=kind, is_bare=is_bare)
    known = next((view.name for view in existing if view.identity == identity), None)
    if known is not None:
        return Entry(f"It is in the list already, as {known}.", kind=kind, is_bare=is_bare)
    return Entry(f"Adds {identity}", identity, kind, is_bare)
