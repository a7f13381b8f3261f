"""Sound input with something changed: a few bytes, or a value where a document has another."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Final

from mitui.http import HttpReply
from tests.hostility.script import Script
from tests.hostility.texts import STATUSES, as_json, header, value, word

_PIECES: Final = (
    *(bytes([each]) for each in b"\0\x7f\xff\n\t \"\\'{}[],:=-09./<>"),
    *(
        b"\r\n",
        b"../",
        b"\\u0000",
        b"\\ud800",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xae",
        b"\x1b]52;c;eA==\x07",
    ),
    *(b"NaN", b"Infinity", b"1e999", b"-1", b"null", b"true", b"%00", b"${x}", b"A" * 4096),
    *(b"\xff\xff\xff\xff", b"\xff\xff\xff\xff\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\x80"),
)


def changed(script: Script, sound: bytes) -> bytes:
    """These bytes with from one to four changes: written over, put in, left out, doubled, cut off."""
    text = bytearray(sound)
    for _ in range(1 + script.number(4)):
        at = script.number(len(text) + 1)
        how = script.number(7)
        if how == 0:
            text[at : at + 1] = script.raw(1)
        elif how == 1:
            new = script.raw(1 + script.number(8))
            text[at : at + len(new)] = new
        elif how == 2:
            text[at:at] = script.pick(_PIECES)
        elif how == 3:
            new = script.pick(_PIECES)
            text[at : at + len(new)] = new
        elif how == 4:
            del text[at : at + 1 + script.number(16)]
        elif how == 5:
            text[at:at] = text[at : at + 1 + script.number(64)]
        elif script.number(4) == 0:
            del text[at:]
        else:
            text[at : at + 1] = bytes(each ^ 1 << script.number(8) for each in text[at : at + 1])
    return bytes(text)


def changed_document(script: Script, document: Any) -> Any:
    """A copy of a JSON document with from one to three of its values replaced, left out, or put elsewhere as well."""
    copy = json.loads(json.dumps(document))
    for _ in range(1 + script.number(3)):
        if not (isinstance(copy, dict | list) and copy):
            return value(script)
        place, key = _place(script, copy)
        how = script.number(5)
        if how == 0:
            del place[key]
        elif how == 1:
            other, where = _place(script, copy)
            place[key] = json.loads(json.dumps(other[where]))
        elif how == 2 and isinstance(place, dict):
            place[script.pick((str(key).upper(), f"{key} ", "__proto__", ""))] = value(script)
        elif how == 3:
            place[key] = [place[key]]
        else:
            place[key] = value(script)
    return copy


def _place(script: Script, document: Any) -> tuple[Any, Any]:
    """An object or a list within, and a key of it."""
    place = document
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = script.pick(keys)
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner) or script.number(5) == 0:
            return place, key
        place = inner


def changed_reply(script: Script, reply: HttpReply) -> HttpReply:
    """The reply with another status, body or header."""
    status, reason, headers, told = reply.status, reply.reason, list(reply.headers), reply.body
    how = script.number(8)
    if how == 0:
        status = script.pick(STATUSES)
    elif how == 1:
        headers.append(header(script))
    elif how == 2 and headers:
        at = script.number(len(headers))
        name, text = headers[at]
        headers[at] = (name, changed(script, text.encode("latin-1", "replace")).decode("latin-1"))
    elif how == 3:
        reason = word(script)
    elif how in (4, 5):
        told = changed(script, told[:20_000])
    else:
        with suppress(ValueError):
            told = as_json(changed_document(script, json.loads(told)))
    return HttpReply(status, reason, tuple(headers), told, reply.elapsed_ms)
