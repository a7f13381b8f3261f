"""What is advised, as sections of the page: the cause, what to do about it, who can, and the commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.placeholders import where_to_find
from mitui.diagnosis.steps import Use, grouped_by_use, uses_of
from mitui.tui.screens.why.lines import Label, Line, Pair, Say, Section


def _steps(advice: Advice | HealthWarning) -> Iterable[tuple[str, list[Line]]]:
    """The commands, each group under its label, "" where there is none for it. Where to find what is not filled in
    stands below them; of those that look something up first, below what mends.
    """
    unfilled: list[str] = []
    for label, uses in grouped_by_use(uses_of(advice)):
        lines: list[Line] = [*uses]
        unfilled += (use.command for use in uses)
        if uses[0].purpose != "look" or "mend" not in advice.purposes:
            found = where_to_find(unfilled, advice.found_above)
            lines += [Pair(f"<{name}>", where, "muted") for name, where in found]
            unfilled = []
        yield label, lines


def _label(text: str, lines: Iterable[Line]) -> Label:
    """The label of these lines, in the tone of a warning where one of the commands costs something."""
    costly = any(isinstance(line, Use) and line.cost for line in lines)
    return Label(text, "warning" if costly else "muted")


def _unsaid(lines: Iterable[Line], said: set[Line | str]) -> Iterator[Line]:
    """Those that do not stand above already; ``said`` are those that do, of a command what it is and not its use."""
    for line in lines:
        key = line.command if isinstance(line, Use) else line
        if key not in said:
            said.add(key)
            yield line


def _doing(advice: Advice, said: set[Line | str]) -> Iterator[Line]:
    """Who may run the commands of an advice, the commands, and where to read on; ``said`` stands above already.

    Who it is comes first, so that it is seen before the commands, however long they are.
    """
    yield from _unsaid([Pair("who can do it", advice.who, "muted")] if advice.who else [], said)
    for label, lines in _steps(advice):
        new = [*_unsaid(lines, said)]
        yield from [_label(label, new)] if label and any(isinstance(line, Use) for line in new) else []
        yield from new
    yield from _unsaid([Pair("to read", advice.link, "muted")] if advice.link else [], said)


def advice_sections(causes: Sequence[Advice]) -> Iterable[Section]:
    """The likeliest cause with its remedy on top, the others below in their rank; nothing is said twice."""
    said: set[Line | str] = set()
    for rank, advice in enumerate(causes):
        doing = tuple(_doing(advice, said))
        if rank:
            remedy = (Say(advice.remedy),) if advice.remedy else ()
            yield Section("Or", (Say(advice.cause), *remedy, *doing), f"{advice.certainty} · {advice.kind}")
            continue
        yield Section("Cause", (Say(advice.cause),), f"{advice.certainty} · {advice.kind}")
        if advice.remedy or doing:
            yield Section("What to do", (Say(advice.remedy), *doing) if advice.remedy else doing)


def warning_sections(warnings: Sequence[HealthWarning], headline: str = "") -> Iterable[Section]:
    """What is the matter and what to do, unless ``headline`` says it already."""
    for warning in warnings:
        lines: list[Line] = [Say(warning.message)] if warning.message != headline else []
        if warning.remedy:
            lines.append(Say(warning.remedy))
        for label, steps in _steps(warning):
            lines += [_label(label, steps), *steps] if label else steps
        yield Section("Worth a look", tuple(lines), warning.kind)
