"""What others wrote, by its first sentence."""

from __future__ import annotations

import re
from typing import Final

LONG: Final = 160
"""Characters from which on a message is worth cutting."""
_FIRST: Final = re.compile(r".{24,}?[.!?](?=\s)", re.DOTALL)


def first_sentence(text: str) -> str:
    """The first sentence of a long text, all of a short one or of one that has no end of a sentence in it."""
    found = _FIRST.match(text) if len(text) > LONG else None
    return found.group() if found else text
