"""How another process's view of this host differs from ours."""

from __future__ import annotations

from typing import Final

from mitui.engine.detection import detect
from mitui.engine.evidence import STATE_WORDS
from mitui.engine.host.environment import HostEnvironment

_LONGEST: Final = 160  # characters of an address


def view_note(ours: HostEnvironment, theirs: HostEnvironment) -> str:
    """One or two sentences: where that process looks and where this one does, and by which variables they differ.

    It says nothing of whether anything answers there.
    """
    here, there = detect(ours), detect(theirs)
    names = sorted({each.signal for each in (*here.evidence, *there.evidence) if each.kind == "variable"})
    differing = [
        f"{name} is {STATE_WORDS[theirs.state(name)]} there and {STATE_WORDS[ours.state(name)]} here"
        for name in names
        if _differs(name, ours, theirs)
    ]
    if (here.source, here.endpoint) == (there.source, there.endpoint):
        lead = f"It looks for an endpoint where this shell does: {there.label}."
    elif here.source is there.source:
        lead = f"It looks for {there.label} at {there.endpoint[:_LONGEST]}, this shell at {here.endpoint[:_LONGEST]}."
    else:
        lead = f"It sees {there.label}, this shell sees {here.label}."
    return f"{lead} {', '.join(differing)}." if differing else lead


def _differs(name: str, ours: HostEnvironment, theirs: HostEnvironment) -> bool:
    return ours.state(name) != theirs.state(name)
