"""What a token says of itself: its claims, what each means, and whose token it is.

Managed identity tokens are not meant for their caller: claims are decoded for display and diagnosis only, and the
signature is not verified.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

IdentityKind = Literal["system-assigned", "user-assigned", "user", "unknown"]


@dataclass(frozen=True, slots=True)
class Claims:
    """The decoded header and payload of a token, kept as JSON text (small, immutable, equal by value).

    Both are "" for an opaque token. The signature is not part of it, so no token can be rebuilt from it.
    """

    header_json: str = ""
    payload_json: str = ""

    def payload(self) -> dict[str, object]:
        """The claims in the token's own order; empty for an opaque token."""
        return dict(json.loads(self.payload_json)) if self.payload_json else {}

    def header(self) -> dict[str, object]:
        """The JOSE header; empty for an opaque token."""
        return dict(json.loads(self.header_json)) if self.header_json else {}

    def text(self, name: str) -> str:
        """The named claim if it is a string, else ""."""
        value = self.payload().get(name)
        return value if isinstance(value, str) else ""

    def __bool__(self) -> bool:
        return bool(self.payload_json)


@dataclass(frozen=True, slots=True)
class ActualIdentity:
    """Whose token it is, from its claims and never from what was asked. Ids are "" where the token holds none."""

    kind: IdentityKind = "unknown"
    client_id: str = ""
    object_id: str = ""
    tenant_id: str = ""
    resource_id: str = ""  # xms_mirid: of the identity, or of the host for a system-assigned one
    host_resource_id: str = ""  # xms_az_rid: of the resource that asked
