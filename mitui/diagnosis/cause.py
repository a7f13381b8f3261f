"""One entry of the catalogue, how it is recognised, and how matching entries become ranked advice.

An entry is data. It is recognised by where the failure came from and by codes first; words of a reply are looked at
only where the wire has no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Generic, TypeVar

from mitui.diagnosis.advice import Advice, Certainty
from mitui.diagnosis.commands import Command, fill_all
from mitui.diagnosis.host_type import HostType

_ORDER: Final[dict[Certainty, int]] = {"certain": 0, "likely": 1, "possible": 2}
_LONGEST_IN_SENTENCE: Final = 160

CaseT = TypeVar("CaseT")
CaseT_contra = TypeVar("CaseT_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Cause(Generic[CaseT]):
    """One cause: its snake_case id, how it is recognised, what it is, what to do and who must do it.

    ``cause`` and ``remedy`` are one sentence each, with ``{fact}`` where a fact belongs. Any one of ``symptoms`` is
    enough. ``proof`` is what must hold besides for a certain cause to be certain; where it does not, it is likely.
    ``certainty`` may be raised by listing the same id twice with different symptoms. ``refuted`` is what shows that it
    can't be, whatever the symptoms say: such a cause is not told.
    """

    kind: str
    symptoms: tuple[Callable[[CaseT], bool], ...]
    cause: str
    remedy: str
    who: str = ""
    commands: tuple[Command, ...] = ()
    link: str = ""
    proof: Callable[[CaseT], bool] | None = None
    certainty: Certainty = "certain"
    refuted: Callable[[CaseT], bool] | None = None


certain = Cause
"""To make an entry with, and likewise ``likely`` and ``possible``: the catalogue reads by how sure a cause is."""
likely = partial(Cause, certainty="likely")
possible = partial(Cause, certainty="possible")


def chapter(link: str, *causes: Cause[CaseT]) -> tuple[Cause[CaseT], ...]:
    """Causes that are read up on at ``link``, but for those that name a page of their own."""
    return tuple(replace(each, link=each.link or link) for each in causes)


def matching(catalogue: Iterable[Cause[CaseT]], case: CaseT) -> list[Cause[CaseT]]:
    """The entries that fit, the surest first and otherwise in the catalogue's order, each id once."""
    fitting = [
        cause if cause.proof is None or cause.proof(case) else replace(cause, certainty="likely")
        for cause in catalogue
        if any(symptom(case) for symptom in cause.symptoms) and not (cause.refuted and cause.refuted(case))
    ]
    found: dict[str, Cause[CaseT]] = {}
    for cause in sorted(fitting, key=lambda each: _ORDER[each.certainty]):
        found.setdefault(cause.kind, cause)
    return list(found.values())


def advice_of(cause: Cause[CaseT], facts: Mapping[str, str], kind_of_host: HostType | None) -> Advice:
    """The entry with this host's facts filled in."""
    words = Spoken(facts)
    steps = fill_all(cause.commands, facts, kind_of_host)
    return Advice(
        cause.kind,
        cause.certainty,
        cause.cause.format_map(words),
        cause.remedy.format_map(words),
        link=cause.link,
        who=cause.who,
        **steps._asdict(),
    )


class Spoken(dict[str, str]):
    """Facts for use in a sentence: shortened, on one line, and a plain noun where one is not known."""

    def __init__(self, facts: Mapping[str, str]) -> None:
        super().__init__({name: _short(value) for name, value in facts.items() if value})

    def __missing__(self, name: str) -> str:
        return _UNKNOWN.get(name, f"the {name.replace('_', ' ')}")


_UNKNOWN: Final = {
    "noun": "host",
    "variable": "A variable",
    "host_name": "this host",
    "resource": "this resource",
    "oid": "the identity",
    "client_address": "this host's address",
    "addresses": "an address",
    "wait": "a moment",
}


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST_IN_SENTENCE else f"{line[: _LONGEST_IN_SENTENCE - 1]}…"
