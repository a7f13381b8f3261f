"""Numbers and lists as a sentence has them."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, many: str = "") -> str:
    """``1 token``, ``2 tokens``; ``many`` where more than one is not ``one`` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def listed(words: Sequence[str], last: str) -> str:
    """``a, b or c``: ``last`` is the word before the last of them. There must be one at least."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end
