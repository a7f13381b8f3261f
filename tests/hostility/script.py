"""Choices read off a run of bytes, as fuzzers for compiled languages make them.

Hypothesis draws and remembers one value where it would have drawn hundreds: an example takes a tenth of the time, so
that 100,000 of them take minutes. Bytes shrink, and with them what is made of them; where they end, others follow that
are made of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
_DRAWN: Final = 16
_FOLLOWING: Final = 184
_BYTES: Final = st.binary(min_size=_DRAWN, max_size=_DRAWN)


class Script:
    """The choices that these bytes stand for, from the first on."""

    def __init__(self, text: bytes) -> None:
        self._text = text + random.Random(text).randbytes(_FOLLOWING)
        self._at = 0

    def number(self, limit: int) -> int:
        """A number from 0 to ``limit`` - 1."""
        width = max(1, ((limit - 1).bit_length() + 7) // 8)
        self._at += width
        return int.from_bytes(self._text[self._at - width : self._at]) % limit

    def pick(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[self.number(len(choices))]

    def raw(self, length: int) -> bytes:
        """So many bytes, fewer at the end."""
        self._at += length
        return self._text[self._at - length : self._at]

    def several(self, most: int, make: Callable[[Script], T]) -> list[T]:
        """From none to ``most`` of what is made."""
        return [make(self) for _ in range(self.number(most + 1))]


def scripted(make: Callable[[Script], T]) -> st.SearchStrategy[T]:
    """Whatever ``make`` makes of any script."""
    return _BYTES.map(lambda text: make(Script(text)))


SCRIPTS: Final = _BYTES.map(Script)
"""Any script, for a test that makes several things of it."""
