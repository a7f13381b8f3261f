"""A token as an endpoint's reply grants it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.token.expiry import read_expiry, read_number
from mitui.http import HttpReply
from mitui.secret import Secret

_USABLE: Final = re.compile(r"[!-~]+\Z", re.ASCII)
_ECHOED: Final = ("client_id", "object_id", "msi_res_id", "mi_res_id")


@dataclass(frozen=True, slots=True)
class TokenReply:
    """The token and what the reply says of it. Times are epoch seconds, ``refresh_in`` is in seconds.

    ``echo`` holds the identity's ids as the reply names them, for agents that echo the one they were asked for.
    ``stated_expiry`` is ``expires_on`` as the reply spells it.
    """

    secret: Secret
    token_type: str
    expires_at: float
    refresh_in: float | None = None
    echo: Mapping[str, str] = field(default_factory=dict)
    stated_expiry: str = ""


def read_token_reply(reply: HttpReply, now: float) -> TokenReply | Refusal | None:
    """The grant in a 2xx reply; None when the reply is JSON that speaks of an error instead."""
    try:
        document = json.loads(reply.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Refusal(FailureKind.REPLY_NOT_JSON, _not_json(reply.body))
    if not isinstance(document, dict):
        return Refusal(FailureKind.REPLY_NOT_JSON, "the reply is JSON, but no object with a token in it")
    fields = {str(name).lower(): value for name, value in document.items()}
    token = fields.get("access_token")
    if not isinstance(token, str) or not token:
        if "error" in fields or "message" in fields:
            return None
        return Refusal(FailureKind.REPLY_INCOMPLETE, "the reply holds no access_token")
    if not _USABLE.match(token):
        return Refusal(
            FailureKind.REPLY_INCOMPLETE, "the access_token holds characters that no HTTP header could carry"
        )
    expires_at = read_expiry(fields, now)
    if expires_at is None:
        shown = ", ".join(
            f"{name} {str(fields[name])[:40]!r}" for name in ("expires_on", "expires_in") if name in fields
        )
        return Refusal(
            FailureKind.REPLY_INCOMPLETE,
            f"the reply does not say when the token expires ({shown})"
            if shown
            else "the reply does not say when the token expires",
        )
    token_type = fields.get("token_type")
    return TokenReply(
        Secret(token),
        token_type[:40] if isinstance(token_type, str) and token_type else "Bearer",
        expires_at,
        read_number(fields.get("refresh_in")),
        {name: value for name in _ECHOED if isinstance(value := fields.get(name), str)},
        str(fields.get("expires_on", ""))[:40],
    )


def _not_json(body: bytes) -> str:
    start = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return "the reply is empty where a token was expected"
    if start.startswith(b"<"):
        return "the reply is a web page where a token was expected: something else answers at this address"
    if start.startswith((b"{", b"[")):
        return "the reply is broken JSON: it may have been cut off"
    return "the reply is no JSON where a token was expected"
