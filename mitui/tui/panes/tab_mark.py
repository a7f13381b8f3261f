"""The mark behind the title of a tab that is not in front: that there is trouble behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mitui.tui.drawing import glyphs
from mitui.tui.drawing.lines import Line, Role, span
from mitui.tui.scene import Scene

_TROUBLE: Final[Mapping[str, tuple[str, Role]]] = {
    "failed": (glyphs.CRITICAL, "error"),
    "critical": (glyphs.CRITICAL, "error"),
    "warning": (glyphs.WARNING, "warn"),
}
"""By a vault's status, the worst first."""


def tab_mark(name: str, scene: Scene) -> Line:
    """A glyph for the worst of the selected identity's vaults, where one is not well; nothing on any other tab."""
    if name != "vault":
        return ()
    found = {vault.status for vault in scene.vaults}
    return next(((span(" "), span(*said)) for status, said in _TROUBLE.items() if status in found), ())
