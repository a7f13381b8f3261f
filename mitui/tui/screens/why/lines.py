"""A page about one thing that is wrong, as plain values: headings, with what stands below each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mitui.diagnosis.steps import Use, to_copy

Tone = Literal["plain", "muted", "ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Say:
    """A paragraph."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and what stands beside it."""

    label: str
    value: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Label:
    """What the commands below it are for; ``tone`` is that of a warning where they cost something."""

    text: str
    tone: Tone = "muted"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Text as it came over the wire."""

    text: str


Line = Say | Pair | Label | Use | Excerpt
"""A Use is a command to run elsewhere; it can be marked and copied."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a word beside it ("likely"), and what stands below."""

    title: str
    lines: tuple[Line, ...]
    note: str = ""

    @property
    def commands(self) -> tuple[Use, ...]:
        """Its commands, in the order shown."""
        return tuple(line for line in self.lines if isinstance(line, Use))


@dataclass(frozen=True, slots=True)
class Why:
    """Everything there is to say about one thing that failed, was denied or deserves a look.

    ``title`` names the thing, ``headline`` what is the matter with it, ``detail`` the words to search for.
    """

    title: str
    headline: str
    tone: Tone
    detail: str
    sections: tuple[Section, ...]

    @property
    def commands(self) -> tuple[str, ...]:
        """Every command, in the order shown."""
        return tuple(use.command for section in self.sections for use in section.commands)

    @property
    def to_copy(self) -> int:
        """Which of the commands is marked at first: of those that come first, the one that mends
        and costs nothing."""
        return to_copy(next((section.commands for section in self.sections if section.commands), ()))
