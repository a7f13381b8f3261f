"""How another process's view of this host differs from ours."""

from __future__ import annotations

from typing import Final

from mitui.engine.detection import detect
from mitui.engine.evidence import STATE_WORDS, Detection
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import AZURE_CLIENT_ID

_LONGEST: Final = 160  # characters of an address


def view_note(ours: HostEnvironment, theirs: HostEnvironment, *, silent: bool = False) -> str:
    """One or two sentences: where that process looks and where this one does, and by which variables they differ.

    Whether anything answers it says of ours alone, where nothing did: ``silent``.
    """
    here, there = detect(ours), detect(theirs)
    names = sorted({each.signal for each in (*here.evidence, *there.evidence) if each.kind == "variable"})
    differing = [words for name in names if (words := _difference(name, ours, theirs))]
    lead = _lead(here, there, ", where nothing answered" if silent else "")
    return f"{lead} {', '.join(differing)}." if differing else lead


def _lead(here: Detection, there: Detection, answer: str) -> str:
    if (here.source, here.endpoint) == (there.source, there.endpoint):
        return f"It looks for an endpoint where this shell does: {there.label}{answer}."
    if here.source is there.source:
        return (
            f"It looks for {there.label} at {there.endpoint[:_LONGEST]}, this shell at "
            f"{here.endpoint[:_LONGEST]}{answer}."
        )
    return f"It looks for {there.label}, this shell for {here.label}{answer}."


def _difference(name: str, ours: HostEnvironment, theirs: HostEnvironment) -> str:
    """How a variable differs, in words; "" where it does not. Of endpoints the lead tells."""
    if ours.state(name) != theirs.state(name):
        return f"{name} is {STATE_WORDS[theirs.state(name)]} there and {STATE_WORDS[ours.state(name)]} here"
    if name == AZURE_CLIENT_ID and ours.get(name).strip().lower() != theirs.get(name).strip().lower():
        return f"{name} names another identity there"
    return ""
