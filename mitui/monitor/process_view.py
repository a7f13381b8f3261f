"""How another process's view of this host differs from ours."""

from __future__ import annotations

from mitui.engine.detection import detect
from mitui.engine.evidence import STATE_WORDS
from mitui.engine.host.environment import HostEnvironment


def view_note(ours: HostEnvironment, theirs: HostEnvironment) -> str:
    """One or two sentences: which source that process sees where ours sees another, and by which variables."""
    here, there = detect(ours), detect(theirs)
    names = sorted({each.signal for each in (*here.evidence, *there.evidence) if each.kind == "variable"})
    differing = [
        f"{name} is {STATE_WORDS[theirs.state(name)]} there and {STATE_WORDS[ours.state(name)]} here"
        for name in names
        if _differs(name, ours, theirs)
    ]
    if here.source is there.source:
        lead = f"It sees the same source as this shell: {there.label}."
    else:
        lead = f"It sees {there.label}, this shell sees {here.label}."
    return f"{lead} {', '.join(differing)}." if differing else lead


def _differs(name: str, ours: HostEnvironment, theirs: HostEnvironment) -> bool:
    return ours.state(name) != theirs.state(name)
