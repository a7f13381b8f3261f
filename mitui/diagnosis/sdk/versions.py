"""Versions of packages in order, as far as registries agree: by their numbers, a pre-release before its release."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_PARTS: Final = re.compile(r"v?(\d{1,9}(?:\.\d{1,9}){0,5})(.*)")
_FINAL: Final = re.compile(r"(?:[.-]?(?:post|final|ga|release)\S*|\+\S*)?", re.IGNORECASE)


@lru_cache(maxsize=256)
def _key(version: str) -> tuple[tuple[int, ...], bool, str]:
    match = _PARTS.fullmatch(version)
    if match is None:
        return (), False, version
    numbers = [int(each) for each in match[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    is_final = _FINAL.fullmatch(match[2]) is not None
    return tuple(numbers), is_final, "" if is_final else match[2]


def in_range(version: str, since: str, until: str) -> bool:
    """Whether it is ``since`` or later and before ``until``; an empty bound holds for every version."""
    key = _key(version)
    return (not since or key >= _key(since)) and (not until or key < _key(until))
