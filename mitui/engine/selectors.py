"""Which identities a source can be asked for."""

from __future__ import annotations

from mitui.engine.identity import Identity
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.registry import source_of
from mitui.engine.sources.source import ALL_SELECTORS

_WORDS = {
    "system": "system",
    "client_id": "client:<guid>",
    "object_id": "object:<guid>",
    "resource_id": "resource:<ARM id>",
}


def supported_selectors(source: SourceKind) -> tuple[str, ...]:
    """Those of "system", "client_id", "object_id" and "resource_id" that this source takes."""
    found = source_of(source)
    return found.selectors if found is not None else ALL_SELECTORS


def unsupported_reason(source: SourceKind, identity: Identity) -> str:
    """Why this source can't be asked for this identity, and what it takes instead; "" if it can."""
    found = source_of(source)
    if found is None or identity.selector in found.selectors:
        return ""
    taken = " or ".join(_WORDS[selector] for selector in found.selectors)
    return f"{found.selector_reason}; use {taken}"
