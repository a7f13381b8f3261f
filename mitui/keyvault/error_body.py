"""What a vault says in an error: its codes, and the facts in its text that a remedy can be filled with.

Only ``error.code``, ``error.message`` and the inner code are read. The text is written by whoever answers, so every
fact is matched in full against what such a value may look like, and an ARM ID must be that of the vault we mean.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from mitui.http import redact
from mitui.keyvault.address import VaultAddress

BODY_LIMIT: Final = 16 * 1024
_TEXT_LIMIT: Final = 4096
_CODE_LIMIT: Final = 64
_GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_FACTS: Final = (
    ("caller_appid", re.compile(rf"\bappid=({_GUID})\b")),
    ("caller_oid", re.compile(rf"\boid=({_GUID})\b")),
    ("caller_tenant", re.compile(rf"\biss=https://sts\.windows\.net/({_GUID})/")),
    ("location", re.compile(r";location=([A-Za-z0-9]{2,40})\b")),
    ("source_address", re.compile(r"\bClient address: ([0-9A-Fa-f:.]{3,45}?)\.?(?=[\s;,]|$)")),
    ("action", re.compile(r"\bAction: '(Microsoft\.KeyVault/[A-Za-z/]{1,120})'")),
    (
        "deny_assignment_id",
        re.compile(
            rf"\bDenyAssignmentId: '?((?:/[\w.()/-]{{1,400}}/denyAssignments/)?{_GUID})(?![\w-])",
            re.ASCII | re.IGNORECASE,
        ),
    ),
    ("decision_reason", re.compile(r"\bDecisionReason: '([A-Za-z]{1,60})'")),
    ("expected_audience", re.compile(r"\bExpected (https://[a-z0-9./-]{3,100}?),? found\b", re.IGNORECASE)),
    ("found_audience", re.compile(r"\bInvalid audience\..{0,400}? found: ([!-~]{1,200}?)\.?(?=\s|$)")),
    ("found_tenant", re.compile(rf"\bfound https://sts\.windows\.net/({_GUID})/")),
)
_ARM_ID: Final = re.compile(
    rf"/subscriptions/({_GUID})/resourcegroups/([A-Za-z0-9._()-]{{1,90}})/providers/microsoft\.keyvault"
    r"/vaults/([A-Za-z0-9-]{3,24})(?=[/'\"\s]|$)",
    re.IGNORECASE,
)
_ISSUER: Final = re.compile(rf"https://sts\.windows\.net/({_GUID})/")
# Every vault also accepts these tenants of Microsoft's own, so that its error names them too.
_MICROSOFT_TENANTS: Final = ("72f988bf-", "f8cdef31-", "e2d54eb5-", "33e01921-", "975f013f-")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The error envelope; every field is "" where it is missing. ``message`` holds no token, but is not yet visible."""

    code: str = ""
    message: str = ""
    inner_code: str = ""

    def as_json(self) -> str:
        """The envelope again, with nothing in it that was not read."""
        inner = {"innererror": {"code": self.inner_code}} if self.inner_code else {}
        return json.dumps({"error": {"code": self.code, "message": self.message, **inner}}, ensure_ascii=False)


def parse_error(body: bytes) -> ErrorBody | None:
    """The envelope in an error's body, or None where it is no such JSON. Never raises."""
    try:
        document = json.loads(body[:BODY_LIMIT])
    except (ValueError, RecursionError):
        return None
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return None
    inner = error.get("innererror", error.get("innerError"))
    return ErrorBody(
        _text(error.get("code"), _CODE_LIMIT),
        redact(_text(error.get("message"), _TEXT_LIMIT)),
        _text(inner.get("code"), _CODE_LIMIT) if isinstance(inner, dict) else "",
    )


def facts_in(message: str, address: VaultAddress) -> dict[str, str]:
    """What the text of a 401 or 403 reveals, under the names of ``ProbeResult.facts``."""
    facts = {name: found[1] for name, pattern in _FACTS if (found := pattern.search(message))}
    arm_id = _ARM_ID.search(message)
    if arm_id and (address.loopback or arm_id[3].lower() == address.name):
        subscription, group, vault = arm_id.groups()
        facts["subscription_id"], facts["resource_group"] = subscription.lower(), group
        facts["vault_resource_id"] = (
            f"/subscriptions/{subscription.lower()}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}"
        )
    if "found_tenant" in facts:
        expected = message.partition(" found ")[0]
        tenants = dict.fromkeys(tenant.lower() for tenant in _ISSUER.findall(expected))
        facts["expected_tenants"] = " ".join(t for t in tenants if not t.startswith(_MICROSOFT_TENANTS))
    return facts


def _text(value: object, limit: int) -> str:
    return value[:limit] if isinstance(value, str) else ""
