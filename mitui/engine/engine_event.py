"""What the engine is doing right now, for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mitui.engine.identity import Identity

Step = Literal["attempt", "waiting", "done"]


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """One step of one acquisition. ``until`` is the end of a wait in epoch seconds, None where it is not known."""

    identity: Identity
    resource: str
    kind: Step
    words: str
    attempt: int
    until: float | None = None
