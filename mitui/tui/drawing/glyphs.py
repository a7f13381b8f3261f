"""The pictures that stand beside every word and colour, and their ASCII twins. Each is one cell wide."""

from __future__ import annotations

from typing import Final

OK: Final = "●"
WARNING: Final = "▲"
CRITICAL: Final = "✗"
UNKNOWN: Final = "○"
WAITING: Final = "◌"
PAUSED: Final = "‖"

SELECTED: Final = "◉"
UNSELECTED: Final = "○"
CURSOR: Final = "▸"

GRANTED: Final = "✓"
DENIED: Final = "✗"
LIKELY: Final = "~"
BLOCKED: Final = "⊘"
UNSURE: Final = "?"
UNTESTED: Final = "·"

BAR: Final = "━"
BAR_HALF: Final = "╸"
RAIL: Final = "─"
BAR_MARK: Final = "╋"
RAIL_MARK: Final = "┼"

CHANGED: Final = "Δ"
ENTER: Final = "↵"

_BOX: Final = {
    **dict.fromkeys("─━═╌┄╸╺╴╶", "-"),
    **dict.fromkeys("│┃║▌▐▎▏▍▋▊▉╎┆", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╋┏┓┗┛┣┫┳┻╔╗╚╝╠╣╦╩╬", "+"),
    **dict.fromkeys("█▀▄▁▂▃▅▆▇░▒▓▔", "#"),
}
TO_ASCII: Final = str.maketrans(
    {
        **_BOX,
        "━": "=",
        "╋": "|",
        "┼": "|",
        "●": "*",
        "▲": "!",
        "✗": "x",
        "✓": "+",
        "○": "o",
        "◉": "@",
        "◌": ".",
        "‖": "|",
        "▸": ">",
        "⊘": "#",
        "·": "-",
        "…": "~",
        "—": "-",
        "–": "-",
        "−": "-",
        "Δ": "%",
        "↵": "<",
        "↑": "^",
        "↓": "v",
        "←": "<",
        "→": ">",
        "≈": "~",
        "×": "x",
        "“": '"',
        "”": '"',
        "’": "'",
        "▼": "v",
        "▶": ">",
        "◀": "<",
    }
)
