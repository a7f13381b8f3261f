"""States and failures in the one or two words that fit into a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mitui.diagnosis.warning_kinds import raised
from mitui.keyvault.verdict import Verdict
from mitui.tui.drawing import glyphs
from mitui.wording import counted

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.monitor.identity_view import FailureView, IdentityView, Status, TokenStatus, TokenView, VaultView
    from mitui.tui.drawing.lines import Role

FAILURES: Final[Mapping[str, str]] = {
    "no_endpoint": "no endpoint",
    "not_imds": "not IMDS",
    "endpoint_not_allowed": "not allowed",
    "endpoint_invalid": "bad endpoint",
    "selector_unsupported": "not supported",
    "connection_refused": "refused",
    "unreachable": "unreachable",
    "name_not_resolved": "unknown name",
    "timeout": "timed out",
    "connection_lost": "cut off",
    "tls_failed": "TLS failed",
    "certificate_mismatch": "wrong cert",
    "reply_too_large": "reply too big",
    "reply_not_json": "not JSON",
    "reply_incomplete": "no token",
    "redirected": "redirected",
    "token_expired": "stale token",
    "identity_not_found": "not found",
    "multiple_identities": "ambiguous",
    "identity_echo_missing": "unconfirmed",
    "resource_not_found": "wrong audience",
    "audience_not_supported": "wrong audience",
    "header_rejected": "bad header",
    "bad_request": "bad request",
    "unauthorized": "unauthorized",
    "forbidden": "forbidden",
    "not_found": "not found",
    "method_not_allowed": "wrong method",
    "endpoint_updating": "updating",
    "throttled": "throttled",
    "server_error": "server error",
    "key_file_refused": "bad key file",
    "key_file_unreadable": "key file denied",
    "key_file_missing": "no key file",
    "challenge_missing": "no challenge",
    "assertion_unreadable": "no pod token",
    "assertion_invalid": "not a JWT",
    "assertion_rejected": "token refused",
    "cancelled": "cancelled",
    "defect": "mitui failed",
    "vault_address_refused": "bad address",
    "managed_hsm": "managed HSM",
    "vault_name_not_resolved": "unknown name",
    "vault_connection_failed": "unreachable",
    "vault_timeout": "timed out",
    "vault_tls_failed": "TLS failed",
    "not_a_vault": "not a vault",
    "challenge_mismatch": "wrong challenge",
    "no_token": "no token",
    "wrong_audience": "wrong audience",
    "wrong_tenant": "wrong tenant",
    "token_rejected": "token rejected",
    "forbidden_by_firewall": "firewall",
    "forbidden_by_connection": "private only",
    "forbidden_by_perimeter": "perimeter",
    "vault_soft_deleted": "deleted",
    "vault_throttled": "throttled",
    "vault_server_error": "server error",
    "vault_reply_invalid": "bad reply",
}

STATUS: Final[Mapping[Status, tuple[str, Role]]] = {
    "ok": (glyphs.OK, "ok"),
    "warning": (glyphs.WARNING, "warn"),
    "critical": (glyphs.CRITICAL, "error"),
    "unknown": (glyphs.WAITING, "dim"),
}
TOKEN: Final[Mapping[TokenStatus, tuple[str, Role]]] = {
    "waiting": (glyphs.WAITING, "dim"),
    "ok": (glyphs.OK, "ok"),
    "expiring": (glyphs.WARNING, "warn"),
    "expired": (glyphs.CRITICAL, "error"),
    "failed": (glyphs.CRITICAL, "error"),
}
VERDICT: Final[Mapping[Verdict, tuple[str, Role]]] = {
    Verdict.GRANTED: (glyphs.GRANTED, "ok"),
    Verdict.DENIED: (glyphs.DENIED, "error"),
    Verdict.LIKELY: (glyphs.LIKELY, "ok"),
    Verdict.BLOCKED: (glyphs.BLOCKED, "warn"),
    Verdict.UNKNOWN: (glyphs.UNSURE, "warn"),
    Verdict.UNTESTED: (glyphs.UNTESTED, "dim"),
}
SELECTORS: Final[Mapping[str, str]] = {"client_id": "client", "object_id": "object", "resource_id": "resource"}


_HEALTH: Final = 11
"""The longest word of health, in cells."""


_CAUSES: Final = {"arc_agent_disconnected": "disconnected", "arc_agent_expired": "agent expired"}


def failure_word(failure: FailureView) -> str:
    """A failure in a word or two: what its cause is certain to be, where there is a word for that, else its kind."""
    first = failure.causes[0] if failure.causes else None
    if first is not None and first.certainty == "certain" and first.kind in _CAUSES:
        return _CAUSES[first.kind]
    return kind_word(failure.kind)


def kind_word(kind: str) -> str:
    """A kind of failure in a word or two."""
    return FAILURES.get(kind, kind.replace("_", " "))


def token_word(token: TokenView) -> str:
    """A token's state in a word: its status, or ``warning`` for a good one of which something says it is amiss."""
    return "warning" if token.status == "ok" and raised(token.warnings) else token.status


def resource_name(token: TokenView) -> str:
    """What a person calls a token's resource: its name, else ``vault.azure.net``."""
    return token.name or token.resource.partition("://")[2].rstrip("/") or token.resource


def selector_word(identity: Identity) -> str:
    """``client``, ``object`` or ``resource``; "" for the system-assigned identity."""
    return SELECTORS.get(identity.selector, "")


def identity_value(identity: Identity) -> str:
    """The id that selects it, "" for the system-assigned identity."""
    from mitui.engine.identity import ClientId, ObjectId, ResourceId, SystemAssigned

    match identity:
        case ClientId(value) | ObjectId(value) | ResourceId(value):
            return value
        case SystemAssigned():
            return ""


def identity_health(view: IdentityView, width: int) -> tuple[str, Role, str]:
    """Glyph, role and words of an identity's health in at most ``width`` cells: its worst, and that there is more."""
    glyph, role = STATUS[view.status]
    worst, *more = health_words(view)
    of_vaults = vault_words(view)
    shorter = of_vaults if worst in of_vaults else (worst,)
    ways = (" · ".join((worst, *more)), *shorter)
    if more:
        count = sum(int(number) if (number := words.partition(" ")[0]).isdigit() else 1 for words in more)
        is_worse = view.status == "critical" and any("expired" in words or words in of_vaults for words in more)
        sign = "+" if is_worse else glyphs.WARNING
        beside = (f"{worst} · {of_vaults[-1]}",) if of_vaults and of_vaults[0] in more else ()
        among = f" {sign}{count - 1}" if count > 1 else ""
        ways = (ways[0], *(f"{way}{among}" for way in beside), *(f"{way} {sign}{count}" for way in shorter), *shorter)
    return glyph, role, next((way for way in ways if len(way) <= width), ways[-1])


def vault_words(view: IdentityView) -> tuple[str, ...]:
    """What is the matter with an identity's vaults, in ever fewer words; nothing where all is well.

    A vault that got no token fails for what is told of the token.
    """
    broken = [each for each in view.vaults if each.status in ("failed", "critical") and not _has_no_token(each)]
    if not broken:
        refusing = any(each.status == "warning" for each in view.vaults)
        return ("vault: nothing granted", "vault: none", "vault") if refusing else ()
    if len(broken) > 1:
        return (f"{len(broken)} vaults critical", f"{len(broken)} vaults")
    [vault] = broken
    if vault.failure is not None:
        return (f"vault: {failure_word(vault.failure)}", "vault failed", "vault")
    lacking = list(dict.fromkeys(each.partition("/")[2] for each in vault.wanted_missing))
    what = lacking[0] if len(lacking) == 1 else f"{len(lacking)} rights"
    return (f"vault: {what} denied", "vault denied", "vault") if lacking else ("vault critical", "vault")


def _has_no_token(vault: VaultView) -> bool:
    return vault.failure is not None and vault.failure.kind == "no_token"


def health_words(view: IdentityView) -> list[str]:
    """An identity's health, the worst first: its tokens that are not well and why, and its vaults."""
    if view.unsupported:
        return ["not supported"]
    if view.status in ("ok", "unknown"):
        asked = any(token.status == "waiting" for token in view.tokens)
        return ["ok" if view.status == "ok" else "waiting" if asked else "not asked"]
    counts = Counter("failed" if token.failure is not None else token_word(token) for token in view.tokens)
    warnings = [counted(counts["warning"], "warning")] if counts["warning"] else []
    vaults = [*vault_words(view)[:1]]
    if view.status == "warning":
        if counts["expiring"]:
            return ["expiring", *vaults, *warnings]
        return [*vaults, *warnings] if vaults else ["warning"]
    broken = [f"{counts[state]} {state}" for state in ("failed", "expired") if counts[state]]
    expiring = [f"{counts['expiring']} expiring"] if counts["expiring"] else []
    if not broken:
        return [*(vaults or ["critical"]), *expiring, *warnings]
    failures = {failure_word(token.failure) for token in view.tokens if token.failure is not None}
    if counts["failed"] == len(view.tokens) and len(failures) == 1:
        [word] = failures
        return [word if len(word) <= _HEALTH else "failed", *vaults]
    return [*broken, *vaults, *expiring, *warnings]
