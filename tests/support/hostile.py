"""Text made to do harm, and values in which every free text holds it."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from typing import Any, Final, TypeVar

from mitui.claims import Claims
from mitui.engine.identity import ClientId, ObjectId, ResourceId

Value = TypeVar("Value")

CLIPBOARD: Final = "\x1b]52;c;cHduZWQ=\x07"
HOSTILE: Final = (
    CLIPBOARD
    + "\x1b[31m\x1b]0;title\x1b\\\x9b31m\x90q\x9c\u202etxt\u2066\u200b\x00\x7f\b\r\n[/x][/][b]B[@click=app.quit]"
    "[$primary]v\\[x{}%s$v"
)
"""Sequences that would write the clipboard, the title and the colours, C1 controls, overrides and broken markup."""
FORBIDDEN: Final = ("\x1b]52", "\x1b]0;title", "\x1b[31m", "\x9b", "\x90", "\x9c", "\u202e", "\u2066", "\u200b", "\x00")
"""What must never reach a terminal."""


def poisoned(value: Value, payload: str = HOSTILE) -> Value:
    """A copy of a tree of dataclasses in which the payload is added to every free text; enumerations stay."""
    return typing.cast("Value", _poisoned(value, type(value), payload))


def _poisoned(value: Any, hint: Any, payload: str) -> Any:
    if isinstance(value, Claims):
        claims = {f"{name}{payload}": f"{text}{payload}" for name, text in value.payload().items()}
        return Claims(value.header_json, json.dumps({**claims, "aud": payload, payload: [payload, {payload: payload}]}))
    if isinstance(value, ClientId | ObjectId | ResourceId):
        return type(value)(value.value + payload)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = typing.get_type_hints(type(value))
        fields = {
            field.name: _poisoned(getattr(value, field.name), hints[field.name], payload)
            for field in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **fields)
    if isinstance(value, tuple):
        inner = typing.get_args(hint)
        item = inner[0] if len(inner) == 2 and inner[1] is Ellipsis else None
        return tuple(
            _poisoned(each, item or (inner[index] if index < len(inner) else str), payload)
            for index, each in enumerate(value)
        )
    if type(value) is str and (hint is str or (isinstance(hint, types.UnionType) and str in typing.get_args(hint))):
        return value + payload
    return value
