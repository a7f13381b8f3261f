"""A command that is too long for a line, parted so that a copy of it works all the same."""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len

_WORD: Final = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+""")


def fold_command(command: str, width: int, indent: str = "") -> str:
    """The command in lines of at most ``width`` cells, each but the last ended by a backslash: a shell reads it as one.

    It is parted between arguments only. What is longer than a line stays whole, and so does what a backslash can't
    continue.
    """
    words = _WORD.findall(command)
    if cell_len(indent + command) <= width or "\n" in command or " ".join(words) != command:
        return indent + command
    lines = [indent + words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if cell_len(longer) + 2 <= width:
            lines[-1] = longer
        else:
            lines.append(f"{indent}  {word}")
    return " \\\n".join(lines)
