"""Why there is no token, as a source says it; the engine adds who asked for what."""

from __future__ import annotations

from dataclasses import dataclass

from mitui.engine.failure import FailureKind


@dataclass(frozen=True, slots=True)
class Refusal:
    """The kind, one sentence, and what ``TokenFailure`` keeps of it."""

    kind: FailureKind
    message: str
    code: str = ""
    facts: tuple[tuple[str, str], ...] = ()
