"""How long the steps to a new connection take: noted by what dials, read by whoever sends."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

PHASES: Final[ContextVar[list[tuple[str, float]] | None]] = ContextVar("mitui_http_phases", default=None)


def note_phase(name: str, seconds: float) -> None:
    """Note a step that is done, for the exchange that is under way in this task."""
    phases = PHASES.get()
    if phases is not None:
        phases.append((name, seconds * 1000))
