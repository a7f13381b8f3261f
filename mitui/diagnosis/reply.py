"""What a reply says of itself: whose server it is, what codes are in its body, whether it is a web page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mitui.exchange import Exchange

_AADSTS: Final = re.compile(r"\b(AADSTS\d{3,8}|AKV\d{4,6})\b(?!\Z)")  # at the very end it may be cut
_HTML: Final = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|title|h1)\b", re.IGNORECASE)
_FOREIGN_PAGES: Final = ("text/html", "application/xhtml")


def header(exchange: Exchange | None, name: str) -> str:
    """The first reply header of that name, or ""."""
    if exchange is None:
        return ""
    wanted = name.lower()
    return next((value for key, value in exchange.reply_headers if key.lower() == wanted), "")


def server(exchange: Exchange | None) -> str:
    """The Server header in lower case: ``IMDS/…``, ``Kestrel``, ``squid``, ``EC2ws``."""
    return header(exchange, "server").lower()


def is_imds(exchange: Exchange | None) -> bool:
    """Whether the reply carries IMDS's own Server header."""
    return server(exchange).partition("/")[0] == "imds"


def is_web_page(exchange: Exchange | None) -> bool:
    """Whether the body is HTML, by its type or its look: no identity endpoint answers with that."""
    if exchange is None or exchange.status is None:
        return False
    declared = header(exchange, "content-type").lower()
    return declared.startswith(_FOREIGN_PAGES) or bool(_HTML.search(exchange.body[:512]))


@lru_cache(maxsize=64)
def codes_in(body: str) -> frozenset[str]:
    """Every machine-readable code in an error body, in lower case: OAuth error words, AADSTS and AKV numbers, nested
    ``error.code`` and ``innererror.code``.
    """
    codes = {found.lower() for found in _AADSTS.findall(body)}
    try:
        document = json.loads(body)
    except ValueError:
        return frozenset(codes)
    codes.update(_codes(document))
    return frozenset(codes)


def _codes(document: object, depth: int = 0) -> Iterable[str]:
    if not isinstance(document, dict) or depth > 3:
        return
    for name, value in document.items():
        plain = str(name).lower()
        if plain in ("error", "code") and isinstance(value, str):
            yield value.lower()
        elif plain == "error_codes" and isinstance(value, list):
            yield from (f"aadsts{number}" for number in value if isinstance(number, int))
        elif plain in ("error", "innererror"):
            yield from _codes(value, depth + 1)


def words_of(exchange: Exchange | None) -> str:
    """Everything readable in a reply, or what happened instead of one, in lower case."""
    if exchange is None:
        return ""
    return f"{exchange.reason}\n{exchange.body}\n{exchange.trouble}".lower()
