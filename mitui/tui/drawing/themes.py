"""mitui's own two themes, and the order in which themes are listed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="mitui-dark",
    primary="#7aa2f7",
    secondary="#7dcfff",
    accent="#bb9af7",
    success="#9ece6a",
    warning="#e0af68",
    error="#f7768e",
    foreground="#c0caf5",
    background="#1a1b26",
    surface="#1f2130",
    panel="#24283b",
    dark=True,
    variables={"border": "#7aa2f7", "border-blurred": "#3b4261"},
)
LIGHT: Final = Theme(
    name="mitui-light",
    primary="#2e5fc4",
    secondary="#0b6f8c",
    accent="#7a3fb0",
    success="#3d6b12",
    warning="#8a5a00",
    error="#b3203f",
    foreground="#2b3150",
    background="#f4f5fa",
    surface="#eceef6",
    panel="#dfe2ee",
    dark=False,
    variables={"border": "#2e5fc4", "border-blurred": "#b3b9d1"},
)


def in_order(names: Iterable[str]) -> list[str]:
    """The names of themes as a list shows them: mitui's own first."""
    return sorted(names, key=lambda name: (not name.startswith("mitui"), name))
