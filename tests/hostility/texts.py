"""What comes from outside, made of a script: closer to the truth than noise is."""

from __future__ import annotations

import json
import struct
from typing import Any, Final

from hypothesis import settings

from tests.hostility.script import Script
from tests.support.hostile import HOSTILE

SOME: Final = settings(max_examples=max(30, settings().max_examples if settings().max_examples > 1000 else 0))
"""A few examples of what takes long, and as many as of anything else in the long form."""

_SAID: Final = (
    HOSTILE,
    "AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.",
    "AADSTS500011: The resource principal named x was not found in the tenant",
    "AADSTS" + "9" * 40,
    "Identity not found",
    "No Managed Identity found",
    "(pid: 1) exception: x ExceptionMessage: y",
    "${jndi:ldap://x}",
    "[bold red]x[/]",
    "1767312000",
    "1/16/2027 5:24:12 AM +00:00",
    "2027-10-18T19:51:37.0000000+00:00",
    "-1",
    "1e400",
    "9" * 400,
    "NaN",
    "0x10",
    "٣",
    "",
    "\ud800",
    "a" * 5000,
    "/subscriptions/x/resourcegroups/y/providers/Microsoft.ManagedIdentity/userAssignedIdentities/z",
    "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2",
    "system:serviceaccount:a:b",
)
_ALPHABETS: Final = (
    *(
        "abcdefghijklmnopqrstuvwxyz",
        "0123456789",
        " .:,;=/\\\"'[]{}()<>%$#@!?&*+-_|~^`",
        "\t\r\n\0\x07\x1b\x7f\x85\x9b",
    ),
    *(
        "éßñÀ",
        "\u200b\u200d\u202e\u2066\ufeff\u061c\xad",
        "漢字かな한",
        "👩🏽💻",
        "\u0301\u0489",
        "٣४０",
        "\ud800\udfff",
    ),
)
_NUMBERS: Final = (
    *(0, -1, 1, 0.5, 1_767_312_000, 1_767_312_000_000, 2**31, 2**53, 2**63, 10**20, -(10**20), 10**400),
    *(1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf"), 86_400, 253_402_300_800),
)


def word(script: Script) -> str:
    """A text: one that means something here, or up to 24 letters of any kind."""
    if script.number(3) == 0:
        return script.pick(_SAID)
    alphabet = script.pick(_ALPHABETS)
    if script.number(4):
        return "".join(alphabet[each % len(alphabet)] for each in script.raw(script.number(25)))
    return "".join(script.pick(script.pick(_ALPHABETS)) for _ in range(script.number(13)))


def value(script: Script, depth: int = 3) -> Any:
    """A JSON value, up to so deep."""
    kind = script.number(8 if depth else 5)
    if kind == 0:
        return script.pick((None, True, False, [], {}))
    if kind == 1:
        return script.pick(_NUMBERS)
    if kind == 2:
        return struct.unpack(">d", script.raw(8).ljust(8, b"\0"))[0]
    if kind in (3, 4):
        return word(script)
    if kind == 5:
        return [value(script, depth - 1) for _ in range(script.number(4))]
    return {word(script): value(script, depth - 1) for _ in range(script.number(4))}


_FIELDS: Final = (
    *("access_token", "expires_on", "expires_in", "refresh_in", "token_type", "client_id", "resource", "object_id"),
    *("error", "error_description", "error_codes", "message", "statusCode", "Message", "code", "ExceptionMessage"),
    *("correlationId", "correlation_id", "innererror", "details", "msi_res_id", "not_before", "error_uri"),
)


def as_json(document: Any) -> bytes:
    """A document as the bytes of a body or a file."""
    return json.dumps(document).encode("utf-8", "surrogatepass")


def body(script: Script) -> bytes:
    """A reply's body that follows no recording: a token, an error of every shape, a half, a page, a nest, noise."""
    kind = script.number(7)
    if kind == 0:
        return script.raw(script.number(100))
    if kind == 1:
        return as_json({"error": {script.pick(_FIELDS): value(script) for _ in range(script.number(5))}})
    if kind == 2:
        return as_json(value(script))
    if kind == 3:
        text = word(script)
        return f"<html><title>{text}</title><body>{text}".encode("utf-8", "replace")
    if kind == 4:
        depth = script.number(3000)
        return b"[" * depth + b"]" * depth
    whole = as_json({script.pick(_FIELDS): value(script) for _ in range(script.number(8))})
    return whole[:-7] if kind == 5 else whole


def moment(script: Script) -> str:
    """A time as a header spells it, or nearly."""
    kind = script.number(4)
    if kind == 0:
        return word(script)
    if kind == 1:
        return str(script.pick((1, -1)) * script.number(10**24))
    if kind == 2:
        return str(struct.unpack(">d", script.raw(8).ljust(8, b"\0"))[0])
    day, month = script.pick(("Sun", "Xxx", "sUN")), script.pick(("Nov", "Foo", "Feb"))
    zone = script.pick(("GMT", "+9999", "-0000", "EST", ""))
    year, hour = script.pick((script.number(100_000), 1994, 2026)), script.number(30)
    return f"{day}, {script.number(40):02} {month} {year:04} {hour:02}:49:37 {zone}"


def header(script: Script) -> tuple[str, str]:
    """A header of a reply."""
    name = script.pick(("Retry-After", "Date", "Server", "Location", "Content-Type", "WWW-Authenticate", "Via"))
    return name, moment(script) if name in ("Retry-After", "Date") else word(script)


STATUSES: Final = (200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 405, 410, 429, 500, 503, 599)
