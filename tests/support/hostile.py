"""Text made to do harm, and values in which every free text holds it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Final, TypeVar, cast

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
    return cast("Value", _poisoned(value, "", payload))


def _poisoned(value: Any, annotation: str, payload: str) -> Any:
    if isinstance(value, Claims):
        claims = {f"{name}{payload}": f"{text}{payload}" for name, text in value.payload().items()}
        return Claims(value.header_json, json.dumps({**claims, "aud": payload, payload: [payload, {payload: payload}]}))
    if isinstance(value, ClientId | ObjectId | ResourceId):
        return type(value)(value.value + payload)
    if isinstance(value, tuple):
        inner = _elements(annotation)
        return tuple(_poisoned(each, inner[min(index, len(inner) - 1)], payload) for index, each in enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: _poisoned(getattr(value, field.name), _written(type(value), field.name), payload)
            for field in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **fields)
    return value + payload if type(value) is str and annotation in ("str", "str | None") else value


def _written(owner: type, name: str) -> str:
    """The annotation as it is written; ``field.type`` is not, once cattrs has resolved the class."""
    return next(
        str(each.__annotations__[name]) for each in owner.__mro__ if name in vars(each).get("__annotations__", ())
    )


def _elements(annotation: str) -> list[str]:
    """The annotations inside ``tuple[…]``, as they are written: the modules are not asked, they may import late."""
    inner = annotation.removeprefix("tuple[").removesuffix("]") if annotation.startswith("tuple[") else ""
    parts, depth = [""], 0
    for character in inner:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip() != "..."]
