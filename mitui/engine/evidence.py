"""What detection saw, signal by signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from mitui.engine.source_kind import SourceKind

SignalKind = Literal["variable", "file", "probe"]
SignalState = Literal["set", "empty", "unset", "present", "absent", "answered", "silent", "unreadable"]
STATE_WORDS: Final[dict[SignalState, str]] = {
    "set": "set",
    "empty": "set, but empty",
    "unset": "not set",
    "present": "installed",
    "absent": "not installed",
    "answered": "answered",
    "silent": "no answer",
    "unreadable": "unreadable",
}
"""Each state as a person is told of it, the same on every page."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signal, its state, and a note that is safe to show (never a secret's value)."""

    signal: str
    kind: SignalKind
    state: SignalState
    note: str = ""


@dataclass(frozen=True, slots=True)
class SourceVerdict:
    """Why one source was picked or passed over, in one sentence."""

    source: SourceKind
    matched: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Detection:
    """The source this host has, what it is called to a person, where it is, and the evidence for and against each."""

    source: SourceKind
    label: str
    endpoint: str
    evidence: tuple[Evidence, ...]
    verdicts: tuple[SourceVerdict, ...]
