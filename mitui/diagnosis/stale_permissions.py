"""Whether a role or group that was granted just now can be in a token yet.

Endpoints cache tokens for about a day and can't be made to forget one. Roles that Azure checks on its own side count
at once; groups and app roles count only in a token issued afterwards.
"""

from __future__ import annotations

from mitui.claims import Claims
from mitui.diagnosis.advice import HealthWarning

_NOTEWORTHY = 600  # seconds: younger tokens predate next to nothing


def same_token_warning(before: Claims, after: Claims, *, was_due: bool = False) -> HealthWarning | None:
    """A warning when a refresh brought the very token from before: its ``uti`` is the same. None otherwise.

    ``was_due``: its time for renewal had come.
    """
    unique = after.text("uti")
    if not unique or unique != before.text("uti"):
        return None
    if was_due:
        return HealthWarning(
            "same_token",
            "The renewal of this token was due, and the platform returned the same token again.",
            "mitui asks again by itself. If the same still comes once it has expired, what hands out tokens on this "
            "host is at fault, and every program here that asks for this one is without.",
        )
    return HealthWarning(
        "same_token",
        "The platform returned the same cached token, so a role or group granted since is not in it.",
        "Wait for the platform to renew it, which takes up to 24 hours; roles in Azure RBAC do not depend on it.",
    )


def token_age_note(claims: Claims, now: float) -> str:
    """One sentence on what a token of this age can't know, "" for a young or opaque one; ``now`` in epoch seconds."""
    issued = claims.payload().get("iat")
    if not isinstance(issued, (int, float)) or isinstance(issued, bool):
        return ""
    age = now - issued
    if age < _NOTEWORTHY:
        return ""
    return f"This token was issued {_span(age)} ago: group memberships and app roles granted since are not in it."


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
