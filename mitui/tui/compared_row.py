"""One line of a comparison, as the board shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One thing that differs: in which chapter, what, how it is on either side, and why where that is known."""

    chapter: str
    subject: str
    a: str
    b: str
    note: str = ""
