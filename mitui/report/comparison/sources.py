"""What differs about the source, the variables that choose it, and what each SDK makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.engine.evidence import Evidence
from mitui.engine.source_kind import SourceKind
from mitui.monitor.snapshot import Snapshot, SourceView
from mitui.report.comparison.difference import Difference, reasons
from mitui.report.comparison.identities import cause

_NOTHING: Final = "sends nothing"
_LACKING: Final = ("unset", "absent")


def source_differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """The source first, then each variable and file that is not the same."""
    one, other = a.source, b.source
    if _words(one) != _words(other):
        yield Difference("source", "source", _words(one), _words(other), _why(one, other))
    had, has = (each.failure.message if each.failure is not None else "there is one" for each in (one, other))
    if had != has:
        yield Difference("source", "endpoint", had, has, reasons(cause(one.failure), cause(other.failure)))
    yield from _signals(one, other)
    for subject, had, has in (
        ("kind of host", a.host.kind, b.host.kind),
        ("cloud", a.host.cloud, b.host.cloud),
    ):
        if had != has and had and has:
            yield Difference("source", subject, had, has)


def _words(source: SourceView) -> str:
    # Where there is no source, the endpoint is one that was tried in vain.
    is_there = source.endpoint and source.kind is not SourceKind.NONE
    return f"{source.kind} at {source.endpoint}" if is_there else str(source.kind)


def _why(a: SourceView, b: SourceView) -> str:
    """Why each side passes over what the other picks: the variable that makes the difference."""
    found = []
    for name, source, picked in (("A", a, b.kind), ("B", b, a.kind)):
        found += [f"{name}: {each.reason}" for each in source.verdicts if each.source == picked and not each.matched]
    return "; ".join(dict.fromkeys(found))


def _signals(a: SourceView, b: SourceView) -> Iterator[Difference]:
    """Variables and files; what a probe answered is told by the source itself."""
    one, other = ({each.signal: each for each in source.evidence if each.kind != "probe"} for source in (a, b))
    for signal in dict.fromkeys((*one, *other)):
        found = (one.get(signal), other.get(signal))
        had, has = map(_state, found)
        # What only one side looked at, and in vain, makes no difference.
        if had != has and any(each is not None and each.state not in _LACKING for each in found):
            yield Difference("source", signal, had, has)


def _state(evidence: Evidence | None) -> str:
    if evidence is None:
        return "not looked at"
    is_shown = evidence.kind == "variable" and bool(evidence.note)
    return f"{evidence.state}: {evidence.note}" if is_shown else evidence.state


def sdk_differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """SDKs that go elsewhere, those together that do so for the same reasons; then what the processes carry."""
    one, other = ({each.sdk: each for each in side.source.sdk_choices} for side in (a, b))
    both = [name for name in one if name in other]
    groups: dict[tuple[str, str, str], list[str]] = {}
    for name in both:
        had, has = _pick(one[name]), _pick(other[name])
        if had == has and one[name].ahead != other[name].ahead:
            groups.setdefault((_chain(one[name]), _chain(other[name]), ""), []).append(name)
        elif had != has:
            notes = (("A", one[name].note), ("B", other[name].note))
            note = "; ".join(f"{side}: {words}" for side, words in notes if words)
            groups.setdefault((had, has, note), []).append(name)
    for (had, has, note), names in groups.items():
        who = "every SDK" if len(names) == len(both) > 1 else ", ".join(names)
        yield Difference("sdk", who, had, has, note)
    for name in both:
        if one[name].fault != other[name].fault:
            yield Difference("sdk", one[name].name, one[name].fault or "no fault", other[name].fault or "no fault")
    if a.process is not None and b.process is not None:
        carried = [_carried(each) for each in (a.process, b.process)]
        if carried[0] != carried[1]:
            yield Difference("sdk", "what the process carries", *carried)


def _pick(choice: SdkChoice) -> str:
    source, endpoint = choice.asks
    return f"{source} at {endpoint}" if source and endpoint else source or _NOTHING


def _chain(choice: SdkChoice) -> str:
    return f"{choice.ahead} first in DefaultAzureCredential, else {_pick(choice)}" if choice.ahead else _pick(choice)


def _carried(process: ProcessFacts) -> str:
    return process.carried or "nothing that is known"
