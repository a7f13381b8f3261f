"""Text from outside as Markdown: it can neither link, format nor mention, and it ends no block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mitui.safe_text import visible_line

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~#!&])")


def prose(text: str) -> str:
    """Text within a sentence."""
    return _SPECIAL.sub(r"\\\1", visible_line(text, 4096)).replace("@", "(at)")


def code(text: str) -> str:
    """Text as inline code, also within a table."""
    safe = visible_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", safe)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if safe.startswith("`") or safe.endswith("`") else ""
    return f"{fence}{pad}{safe}{pad}{fence}"


def block(*texts: str) -> Iterator[str]:
    """A fenced block whose fence is longer than any run of backticks within."""
    lines = [visible_line(text, 4096) for text in texts if text]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *lines, fence, "")
