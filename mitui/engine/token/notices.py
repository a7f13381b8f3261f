"""What is worth saying about a token that was had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mitui.claims import ActualIdentity
from mitui.durations import in_words
from mitui.engine.identity import Identity
from mitui.engine.token.expiry import read_http_date, read_number
from mitui.engine.token.notice import Notice
from mitui.engine.token.reply import TokenReply
from mitui.http import HttpReply

_TOLERANCE: Final = 60.0  # seconds


def notices(
    identity: Identity,
    actual: ActualIdentity,
    payload: Mapping[str, object],
    grant: TokenReply,
    skew: float | None,
) -> tuple[Notice, ...]:
    """Every finding on this token, asked for as ``identity``; ``skew`` is as ``clock_skew`` gives it."""
    found = [
        None if payload else Notice("opaque_token", "the token is no JWT: what it holds can't be shown"),
        _user_token(actual),
        _substitution(identity, actual),
        _expiry(payload, grant),
        _expiry_format(grant),
        skew_notice(skew),
    ]
    return tuple(notice for notice in found if notice is not None)


def matches(identity: Identity, actual: ActualIdentity) -> bool | None:
    """Whether the token is of the identity that was asked for; None where its claims do not tell."""
    if identity.selector == "system":
        known = {"system-assigned": True, "user-assigned": False}
        return known.get(actual.kind)
    got = {"client_id": actual.client_id, "object_id": actual.object_id, "resource_id": actual.resource_id}[
        identity.selector
    ]
    return got.lower() == str(identity.value).lower() if got else None


def clock_skew(reply: HttpReply, now: float) -> float | None:
    """Seconds by which this host's clock is ahead of the endpoint's, by its Date header; None without one.

    None as well for a minute or less: the header has whole seconds, and a reply may have been under way for some.
    """
    moment = read_http_date(reply.header("date"))
    return None if moment is None or abs(now - moment) <= _TOLERANCE else now - moment


def _user_token(actual: ActualIdentity) -> Notice | None:
    if actual.kind != "user":
        return None
    return Notice("user_token", "this is a user's token, not a managed identity's", (("object_id", actual.object_id),))


def _substitution(identity: Identity, actual: ActualIdentity) -> Notice | None:
    if actual.kind == "user" or matches(identity, actual) is not False:
        return None
    got = actual.resource_id or actual.client_id or actual.object_id
    if identity.selector in ("client_id", "object_id"):
        got = actual.client_id if identity.selector == "client_id" else actual.object_id
    asked = "system" if identity.value is None else identity.value
    return Notice(
        "identity_substituted",
        f"asked for {identity}, got the token of {got}",
        (("asked", asked), ("got", got), ("client_id", actual.client_id)),
    )


def _expiry(payload: Mapping[str, object], grant: TokenReply) -> Notice | None:
    stated = read_number(payload.get("exp"))
    if stated is None or abs(stated - grant.expires_at) <= _TOLERANCE:
        return None
    apart = abs(stated - grant.expires_at)
    return Notice(
        "expiry_disagrees",
        f"the reply and the token itself name times of expiry that are {in_words(apart)} apart",
        (("reply", f"{grant.expires_at:.0f}"), ("token", f"{stated:.0f}")),
    )


def _expiry_format(grant: TokenReply) -> Notice | None:
    """A date in place of epoch seconds, which several SDKs can't read."""
    stated = grant.stated_expiry
    if not stated or read_number(stated) is not None:
        return None
    return Notice("expiry_format", f"expires_on is the date {stated!r}", (("stated", stated),))


def skew_notice(skew: float | None) -> Notice | None:
    """That this host's clock is off against the endpoint's, by so many seconds; None where nothing tells so."""
    if skew is None:
        return None
    way = "ahead of" if skew > 0 else "behind"
    return Notice(
        "clock_skew", f"this host's clock is {in_words(abs(skew))} {way} the endpoint's", (("seconds", f"{skew:.0f}"),)
    )
