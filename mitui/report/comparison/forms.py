"""Differences as text, Markdown and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from mitui import __version__
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.difference import TITLES, Difference
from mitui.report.markdown_words import code
from mitui.report.values import iso
from mitui.safe_text import visible_line
from mitui.wording import counted

SCHEMA_VERSION: Final = 1
_LONGEST: Final = 1024
_PROCESS: Final = re.compile(r"\Apid:([0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class Side:
    """One side: ``name`` is how it was asked for, a file's or ``-`` or ``pid:N``."""

    name: str
    snapshot: Snapshot

    @property
    def words(self) -> str:
        """Which host it was, when, and how it was there, for somebody who does not see the command either."""
        told = (self.snapshot.host.name, iso(self.snapshot.generated_at) or "", self.snapshot.status)
        name = "this host" if self.name == "-" else _PROCESS.sub(r"this host as process \1 sees it", self.name)
        return f"{name}: {', '.join(each for each in told if each)}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``masked``: ids are compared by their masks."""

    a: Side
    b: Side
    differences: tuple[Difference, ...]
    masked: bool = False


def verdict(comparison: Comparison) -> str:
    """The one line that says it."""
    count = len(comparison.differences)
    words = "nothing differs" if not count else counted(count, "thing differs", "things differ")
    return f"{words}; ids are compared by their masks" if comparison.masked else words


def as_text(comparison: Comparison) -> str:
    """For people, safe to print."""
    return "\n".join(_text_lines(comparison)) + "\n"


def _text_lines(comparison: Comparison) -> Iterator[str]:
    yield verdict(comparison)
    yield f"  A  {_line(comparison.a.words)}"
    yield f"  B  {_line(comparison.b.words)}"
    for chapter, several in _chapters(comparison.differences):
        yield ""
        yield chapter
        for each in several:
            yield f"  - {_line(each.subject)}"
            yield f"      A  {_line(each.a)}"
            yield f"      B  {_line(each.b)}"
            if each.note:
                yield f"      {_line(each.note)}"


def as_markdown(comparison: Comparison) -> str:
    """For a ticket."""
    return "\n".join(_markdown_lines(comparison)) + "\n"


def _markdown_lines(comparison: Comparison) -> Iterator[str]:
    yield f"## Managed identity: {verdict(comparison)}"
    yield ""
    yield f"- A: {code(comparison.a.words)}"
    yield f"- B: {code(comparison.b.words)}"
    for chapter, several in _chapters(comparison.differences):
        yield from ("", f"### {chapter[:1].upper()}{chapter[1:]}", "", "| What | A | B | Why |", "|---|---|---|---|")
        for each in several:
            yield f"| {' | '.join(_cell(text) for text in (each.subject, each.a, each.b, each.note))} |"


def as_json(comparison: Comparison) -> str:
    """For programs, ASCII with escapes."""
    return json.dumps(comparison_document(comparison), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain values; keys are added and never taken away."""
    return {
        "schema_version": SCHEMA_VERSION,
        "mitui_version": __version__,
        "masked": comparison.masked,
        "a": _side(comparison.a),
        "b": _side(comparison.b),
        "differences": difference_values(comparison.differences),
    }


def difference_values(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Differences as plain values."""
    return [
        {"chapter": each.chapter, "subject": each.subject, "a": each.a, "b": each.b, "note": each.note or None}
        for each in differences
    ]


def _side(side: Side) -> dict[str, Any]:
    snapshot = side.snapshot
    return {
        "name": side.name,
        "host": snapshot.host.name,
        "generated_at": iso(snapshot.generated_at),
        "status": snapshot.status,
    }


def _chapters(differences: Sequence[Difference]) -> Iterator[tuple[str, list[Difference]]]:
    for chapter, several in groupby(differences, key=lambda each: each.chapter):
        yield TITLES[chapter], list(several)


def _line(text: str) -> str:
    return visible_line(text, _LONGEST)


def _cell(text: str) -> str:
    return code(text) if text else ""
