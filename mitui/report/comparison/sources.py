"""What differs about the source, the variables that choose it, and what each SDK makes of them."""

from __future__ import annotations

from collections.abc import Iterator

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.engine.evidence import Evidence
from mitui.monitor.snapshot import Snapshot, SourceView
from mitui.report.comparison.difference import Difference

_NOTHING = "sends nothing"


def source_differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """The source first, then each variable and file that is not the same."""
    one, other = a.source, b.source
    if (one.kind, one.endpoint) != (other.kind, other.endpoint):
        yield Difference("source", "source", _words(one), _words(other), _why(one, other))
    had, has = (each.failure.message if each.failure is not None else "answers" for each in (one, other))
    if had != has:
        yield Difference("source", "endpoint", had, has, _cause(one) or _cause(other))
    yield from _signals(one, other)
    if a.host.cloud != b.host.cloud and a.host.cloud and b.host.cloud:
        yield Difference("source", "cloud", a.host.cloud, b.host.cloud)


def _words(source: SourceView) -> str:
    return f"{source.kind} at {source.endpoint}" if source.endpoint else str(source.kind)


def _why(a: SourceView, b: SourceView) -> str:
    """Why each side passes over what the other picks: the variable that makes the difference."""
    reasons = []
    for name, source, picked in (("A", a, b.kind), ("B", b, a.kind)):
        reasons += [f"{name}: {each.reason}" for each in source.verdicts if each.source == picked and not each.matched]
    return "; ".join(dict.fromkeys(reasons))


def _cause(source: SourceView) -> str:
    failure = source.failure
    return failure.causes[0].cause if failure is not None and failure.causes else ""


def _signals(a: SourceView, b: SourceView) -> Iterator[Difference]:
    """Variables and files; what a probe answered is told by the source itself."""
    one, other = ({each.signal: each for each in source.evidence if each.kind != "probe"} for source in (a, b))
    for signal in dict.fromkeys((*one, *other)):
        had, has = _state(one.get(signal)), _state(other.get(signal))
        if had != has:
            yield Difference("source", signal, had, has)


def _state(evidence: Evidence | None) -> str:
    if evidence is None:
        return "not looked at"
    is_shown = evidence.kind == "variable" and bool(evidence.note)
    return f"{evidence.state}: {evidence.note}" if is_shown else evidence.state


def sdk_differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """SDKs that go elsewhere, those that go the same ways together; then what the processes carry."""
    one, other = ({each.sdk: each for each in side.source.sdk_choices} for side in (a, b))
    both = [name for name in one if name in other]
    groups: dict[tuple[str, str], list[str]] = {}
    for name in both:
        picks = (_pick(one[name]), _pick(other[name]))
        if picks[0] != picks[1]:
            groups.setdefault(picks, []).append(name)
    for picks, names in groups.items():
        who = "every SDK" if len(names) == len(both) > 1 else ", ".join(names)
        yield Difference("sdk", who, *picks, one[names[0]].note or other[names[0]].note if len(names) == 1 else "")
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


def _carried(process: ProcessFacts) -> str:
    return process.carried or "nothing that is known"
