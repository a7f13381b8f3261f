"""The README's list of keys, made from the table; ``python -m mitui.tui.keys.table`` prints it."""

from __future__ import annotations

from mitui.tui.keys.actions import ACTIONS
from mitui.tui.keys.names import shown_key


def markdown_table() -> str:
    """Every action with its keys and the name it has in the config's ``[keys]``."""
    lines = ["| Key | What it does | Name in `[keys]` |", "|---|---|---|"]
    for action in ACTIONS:
        keys = " ".join(f"`{shown_key(key)}`" for key in action.key_list) or "palette"
        lines.append(f"| {keys} | {action.description} | `{action.id}` |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown_table(), end="")
