"""One thing that differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar, get_args

T = TypeVar("T")

Chapter = Literal["source", "sdk", "identity", "claims", "token", "permission", "vault", "warning"]
CHAPTERS: Final[tuple[Chapter, ...]] = get_args(Chapter)
"""In the order in which a difference matters: what comes first often explains what comes after."""

TITLES: Final[dict[Chapter, str]] = {
    "source": "the identity source",
    "sdk": "what each SDK does",
    "identity": "whose identity answers",
    "claims": "what the tokens say",
    "token": "which resources get a token",
    "permission": "what the vault allows",
    "vault": "the way to the vault",
    "warning": "warnings",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """``subject`` is what differs, ``a`` and ``b`` how it is on either side, ``note`` why, where that is known.

    The texts may come from outside.
    """

    chapter: Chapter
    subject: str
    a: str
    b: str
    note: str = ""


def together(found: Iterable[tuple[T, str]]) -> Iterator[tuple[T, str]]:
    """What is alike once, with the names of all that have it."""
    names: dict[T, list[str]] = {}
    for each, name in found:
        names.setdefault(each, []).append(name)
    return ((each, ", ".join(several)) for each, several in names.items())


def reasons(a: str, b: str) -> str:
    """Why it is as it is on either side: whose reason it is must be told where both have one."""
    if not (a and b) or a == b:
        return a or b
    return f"A: {a}{'' if a.endswith('.') else ';'} B: {b}"
