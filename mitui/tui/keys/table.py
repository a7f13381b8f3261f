"""The README's list of keys, made from the table; ``python -m mitui.tui.keys.table`` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mitui.tui.keys.action import Place, in_place
from mitui.tui.keys.actions import ACTIONS
from mitui.tui.keys.names import shown_key

PLACES: Final[Mapping[Place, str]] = {
    "board": "| Key | What it does | Name in `[keys]` |",
    "page": "| Key | On pages such as Why and Help | Name in `[keys]` |",
    "dialog": "| Key | In dialogs with a field, and in lists | Name in `[keys]` |",
    "question": "| Key | In questions | Name in `[keys]` |",
}
"""The places in the README's order, each with the head of its table."""


def markdown_table() -> str:
    """Every action with its keys and the name it has in the config's ``[keys]``."""
    parts = []
    for place, title in PLACES.items():
        lines = [title, "|---|---|---|"]
        for action in in_place(place, ACTIONS):
            keys = " ".join(f"`{shown_key(key)}`" for key in action.key_list) or "palette"
            lines.append(f"| {keys} | {action.description} | `{action.id}` |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(markdown_table(), end="")
