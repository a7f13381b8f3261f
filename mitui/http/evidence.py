"""An exchange as evidence: everything that tells what went wrong, and nothing that must stay secret."""

from __future__ import annotations

import re
from typing import Final

from mitui.exchange import Exchange
from mitui.http.message import HttpFailure, HttpReply, HttpRequest

EXCERPT: Final = 2048
REDACTED: Final = "(redacted)"
_KEPT_HEADERS: Final = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "date",
        "l5d-proxy-connection",
        "l5d-proxy-error",
        "location",
        "metadata-flavor",
        "proxy-authenticate",
        "retry-after",
        "server",
        "via",
        "www-authenticate",
        "x-correlation-id",
        "x-ms-client-request-id",
        "x-ms-keyvault-network-info",
        "x-ms-keyvault-rbac-assignment-id",
        "x-ms-keyvault-rbac-cache",
        "x-ms-keyvault-region",
        "x-ms-keyvault-service-version",
        "x-ms-request-id",
        "x-squid-error",
    }
)
_SHORT: Final = 8
"""Characters below which a secret is covered only where it stands as a word or value of its own.

Platforms hand out GUIDs, keys and tokens, all of them longer by far. What is shorter was typed by hand for a test, and
its few letters stand in ordinary words: covered there as well, they would garble the text, and tell the secret by what
is missing.
"""
_BEFORE: Final = r"(?:(?<![\w'-])|(?<=%[0-9A-Fa-f]{2})|(?<=[^\w'-]')|(?<=^'))"
_AFTER: Final = r"(?![\w-])"
_TOKEN_LIKE: Final = re.compile(r"eyJ[\w-]{6,}(?:\.[\w-]*)*")
_TOKEN_FIELD: Final = re.compile(r'("(?:access|refresh|id)_token"\s*:\s*")(?:[^"\\]++|\\.)*+')


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """``text`` without the secrets, and without anything that looks like a token or stands where one belongs."""
    for secret in secrets:
        for part in (secret, secret.strip(), secret.partition(" ")[2].strip()):  # "Basic <key>" holds a key of its own
            if len(part.strip()) >= _SHORT:
                text = text.replace(part, REDACTED)
            elif part.strip():
                text = re.sub(f"{_BEFORE}{re.escape(part)}{_AFTER}", REDACTED, text)
    if '_token"' in text:
        text = _TOKEN_FIELD.sub(rf"\1{REDACTED}", text)
    return _TOKEN_LIKE.sub(REDACTED, text) if "eyJ" in text else text


def exchange_of(request: HttpRequest, outcome: HttpReply | HttpFailure, started_at: float) -> Exchange:
    """The exchange as evidence that is safe to show; ``started_at`` is in epoch seconds."""
    names = tuple(name for name, _ in request.headers)
    secrets = request.secrets
    url = redact(request.url, secrets)
    if isinstance(outcome, HttpFailure):
        trouble = redact(outcome.message, secrets)
        return Exchange(
            request.method, url, names, started_at, outcome.elapsed_ms, trouble=trouble, proxy=outcome.proxy
        )
    text = outcome.body[: 8 * EXCERPT].decode("utf-8", "replace")
    return Exchange(
        request.method,
        url,
        names,
        started_at,
        outcome.elapsed_ms,
        outcome.status,
        redact(outcome.reason, secrets)[:256],
        tuple((name, redact(value, secrets)[:512]) for name, value in outcome.headers if name.lower() in _KEPT_HEADERS),
        redact(text, secrets)[:EXCERPT],
        proxy=outcome.proxy,
    )
