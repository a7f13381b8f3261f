"""What one answer of a vault says about one permission.

Vaults check in a fixed order: network rules, token, permission, and only then whether the object exists. So "not
found" shows that the permission is there, and so does the name of the role assignment that RBAC vaults add to an
answer. Codes decide; the text of a message only where the codes are missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mitui.http import HttpReply
from mitui.keyvault.address import VaultAddress
from mitui.keyvault.error_body import ErrorBody, facts_in, parse_error
from mitui.keyvault.probe_result import VaultFailureKind
from mitui.keyvault.verdict import VaultModel, Verdict
from mitui.safe_text import visible_line

_POLICY_DENIALS: Final = frozenset({"AccessDenied", "ForbiddenByPolicy"})
_POLICY_TEXT: Final = re.compile(r"does not have .{1,60} permission on key vault")
_RBAC_TEXT: Final = "Caller is not authorized to perform action"
_FIREWALL_TEXT: Final = "Client address is not authorized"
_PERIMETER_TEXT: Final = "forbidden by NSP policy"
_CONNECTION_TEXT: Final = ("Public network access is disabled", "not an approved private link")
_OBJECT_STATE_TEXT: Final = re.compile(
    r"Operation \w{1,20} is not (?:allowed on a disabled|permitted on this) (?:secret|key|certificate)"
    r"|not allowed on an? (?:expired|disabled|not yet valid) (?:secret|key|certificate)"
)
_PURGE_BLOCKED: Final = re.compile(
    r'Operation is not allowed\.\s{1,4}Operation: "purge"|Operation "purge" is not enabled'
)
_ASSIGNMENT: Final = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
_CACHE_AGE: Final = re.compile(r"\bra_age=(\d{1,9})\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """The verdict, the line of evidence, and what else the answer tells.

    ``stop`` is set where the answer is not about this permission at all, so that asking on would teach nothing.
    ``message`` comes from outside. ``note`` is a sentence about something unexpected, or "".
    """

    verdict: Verdict
    evidence: str
    status: int
    error: ErrorBody
    request_id: str = ""
    assignment_id: str = ""
    model: VaultModel = "unknown"
    stop: VaultFailureKind | None = None
    facts: tuple[tuple[str, str], ...] = ()
    note: str = ""


def read_reply(reply: HttpReply, address: VaultAddress) -> Reading:
    """Read an answer to a request that carried a token. Never raises."""
    parsed = parse_error(reply.body)
    error = parsed or ErrorBody()
    code = error.inner_code or error.code
    assignment = reply.header("x-ms-keyvault-rbac-assignment-id").strip()
    assignment = assignment if _ASSIGNMENT.match(assignment) else ""
    facts = facts_in(error.message, address)
    age = _CACHE_AGE.search(reply.header("x-ms-keyvault-rbac-cache"))
    if age:
        facts["role_cache_age"] = age[1]
    if reply.header("retry-after").strip().isdigit():
        facts["retry_after"] = reply.header("retry-after").strip()[:6]
    stop = _stop(reply.status, error)
    model = _denied_by(error) if reply.status == 403 and not stop else None
    verdict = Verdict.UNKNOWN if stop else _verdict(reply.status, error, denied=bool(model), assigned=bool(assignment))
    evidence = f"{reply.status} {visible_line(code, 64)}".rstrip()
    if not code and verdict is Verdict.UNKNOWN and not 200 <= reply.status < 300:
        evidence += " without a code" if parsed else " that is not a vault's error"
    return Reading(
        verdict,
        evidence,
        reply.status,
        error,
        visible_line(reply.header("x-ms-request-id"), 64),
        assignment,
        "rbac" if assignment else model or "unknown",
        stop,
        tuple(facts.items()),
        "an unexpected object was there; what came back was not read" if 200 <= reply.status < 300 else "",
    )


def _stop(status: int, error: ErrorBody) -> VaultFailureKind | None:
    message = error.message
    if status == 401:
        if "AKV10022" in message:
            return VaultFailureKind.WRONG_AUDIENCE
        if "AKV10032" in message:
            return VaultFailureKind.WRONG_TENANT
        return VaultFailureKind.TOKEN_REJECTED
    if status == 429:
        return VaultFailureKind.THROTTLED
    if 300 <= status < 400:
        return VaultFailureKind.REPLY_INVALID
    if status == 404 and "VaultNotFound" in (error.code, error.inner_code):
        return VaultFailureKind.VAULT_SOFT_DELETED
    return _network(error) if status == 403 else None


def _network(error: ErrorBody) -> VaultFailureKind | None:
    """The network's verdict in a 403, by code, or by text where there is no inner code."""
    code, message = error.inner_code or error.code, error.message
    if code == "ForbiddenByNsp" or (not error.inner_code and _PERIMETER_TEXT in message):
        return VaultFailureKind.FORBIDDEN_BY_PERIMETER
    if code == "ForbiddenByFirewall" or (not error.inner_code and _FIREWALL_TEXT in message):
        return VaultFailureKind.FORBIDDEN_BY_FIREWALL
    if code == "ForbiddenByConnection" or (not error.inner_code and any(text in message for text in _CONNECTION_TEXT)):
        return VaultFailureKind.FORBIDDEN_BY_CONNECTION
    return None


def _verdict(status: int, error: ErrorBody, *, denied: bool, assigned: bool) -> Verdict:
    codes = (error.code, error.inner_code)
    if status in (400, 403) and _PURGE_BLOCKED.search(error.message):
        return Verdict.BLOCKED
    if denied:
        return Verdict.DENIED
    if status == 403 and ("SecretDisabled" in codes or _OBJECT_STATE_TEXT.search(error.message)):
        return Verdict.GRANTED  # the object's state was looked at, which comes after the permission
    if assigned or 200 <= status < 300:
        return Verdict.GRANTED
    if status == 404 and any(code.endswith("NotFound") for code in codes):
        return Verdict.GRANTED
    return Verdict.UNKNOWN


def _denied_by(error: ErrorBody) -> VaultModel | None:
    """The permission model that denied it, or None if this 403 is no denial."""
    code = error.inner_code or error.code
    if code == "ForbiddenByRbac":
        return "rbac"
    if code in _POLICY_DENIALS:
        return "access_policy"
    if not error.inner_code and _RBAC_TEXT in error.message:
        return "rbac"
    if not error.inner_code and _POLICY_TEXT.search(error.message):
        return "access_policy"
    return None
