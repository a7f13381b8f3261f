"""What is wrong on a host, each thing once: what has one way out is one finding, with all that it concerns.

Five tokens that fail since their identity is not assigned are one finding, and so are two identities that ask for one
resource that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from mitui.report.values import Values
from mitui.wording import counted, listed

Label = Literal["Failed", "Cause", "Missing", "Warning"]
Subject = tuple[str, str]
"""The identity, "" for the host itself, and what of it: a token's resource, a vault or a permission; "" for all."""

_NAMED: Final = 3
"""How many are named, of identities and of what is said of one of them; the others are counted."""


@dataclass(slots=True)
class Finding:
    """``causes`` in words, each once. ``advice`` has the remedy and the commands; ``failures`` what failed by it."""

    label: Label
    advice: Values
    causes: list[str] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    failures: list[tuple[Subject, Values]] = field(default_factory=list)

    @property
    def has_way_out(self) -> bool:
        """Whether it says what to do."""
        return bool(self.advice.get("remedy") or self.advice.get("commands"))

    @property
    def also_tried(self) -> dict[str, list[Subject]]:
        """Each second question with its answer, and what it was asked about."""
        found: dict[str, list[Subject]] = {}
        for subject, failure in self.failures:
            for words in failure["also_tried"]:
                found.setdefault(words, []).append(subject)
        return found

    def add(self, cause: str, subject: Subject, values: Values) -> None:
        """Note that it concerns this, too."""
        if cause not in self.causes:
            self.causes.append(cause)
        if subject not in self.subjects:
            self.subjects.append(subject)
        if "also_tried" in values:
            self.failures.append((subject, values))


class Findings:
    """All of a report in the order of its headline: tokens that failed, then vaults, and warnings last."""

    def __init__(self, report: Values) -> None:
        self._numbers: dict[int, int] = {}
        found: dict[object, Finding] = {}
        for label, cause, subject, values in _told(report):
            key = _way_out(values) or (label, cause, values.get("kind"), values.get("http_status"))
            found.setdefault(key, Finding(label, values)).add(cause, subject, values)
            self._numbers[id(values)] = [*found].index(key) + 1
        self.all = tuple(found.values())

    def number_of(self, values: Values | None) -> int:
        """Which of them, counted from 1, tells of this failure, permission or warning of the report; 0 for none."""
        return self._numbers.get(id(values), 0)


def concerning(subjects: Iterable[Subject]) -> str:
    """``batch: management.azure.com, vault.azure.net and 3 more``; "" where it is the host itself."""
    by_identity: dict[str, list[str]] = {}
    for identity, what in subjects:
        by_identity.setdefault(identity, []).append(what)
    if "" in by_identity:
        return ""
    alike: dict[tuple[str, ...], list[str]] = {}
    for identity, things in by_identity.items():
        alike.setdefault(tuple(filter(None, things)), []).append(identity)
    groups = [_group(identities, things) for things, identities in alike.items()]
    more = sum(map(len, [*alike.values()][_NAMED:]))
    return "; ".join([*groups[:_NAMED], *([f"{counted(more, 'more identity', 'more identities')}"] if more else [])])


def _group(identities: list[str], things: tuple[str, ...]) -> str:
    names = _some(identities)
    return f"{names}: {_some([thing.removeprefix('https://') for thing in things])}" if things else names


def _some(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return listed(names, "and")
    return f"{', '.join(names[: _NAMED - 1])} and {len(names) - _NAMED + 1} more"


def _way_out(values: Values) -> object:
    remedy, commands = values.get("remedy"), tuple(values.get("commands") or ())
    return (remedy, commands) if remedy or commands else None


def _told(report: Values) -> Iterator[tuple[Label, str, Subject, Values]]:
    source = report["source"]["failure"]
    if source:
        yield _failed(source, ("", ""))
    for identity in report["identities"]:
        name = identity["identity"]["name"]
        yield from (
            _failed(each["failure"], (name, each["resource"])) for each in identity["tokens"] if each["failure"]
        )
    for identity in report["identities"]:
        yield from _of_vaults(identity)
    yield from (("Warning", each["message"], ("", ""), each) for each in report["warnings"])
    for identity in report["identities"]:
        name = identity["identity"]["name"]
        yield from (("Warning", each["message"], (name, ""), each) for each in identity["_own_warnings"])
        for token in identity["tokens"]:
            yield from (("Warning", each["message"], (name, token["resource"]), each) for each in token["_warnings"])


def _of_vaults(identity: Values) -> Iterator[tuple[Label, str, Subject, Values]]:
    name = identity["identity"]["name"]
    for vault in identity["vaults"]:
        if vault["failure"]:
            yield _failed(vault["failure"], (name, vault["vault"]))
        for each in wanted_and_not_granted(vault):
            if each["cause"] is not None:
                yield "Missing", each["cause"], (name, f"{each['_label']} on {vault['vault']}"), each


def _failed(failure: Values, subject: Subject) -> tuple[Label, str, Subject, Values]:
    if failure["cause"] is None:
        return "Failed", failure["message"], subject, failure
    return "Cause", failure["cause"], subject, failure


def wanted_and_not_granted(vault: Values) -> list[Values]:
    """The permissions that are missing, each once."""
    return [
        each for each in vault["permissions"] if each["_counts"] and each["wanted"] and each["verdict"] != "granted"
    ]


class ToldOnce:
    """Remembers where something was told first, so that it is referred to there the next time."""

    def __init__(self) -> None:
        self._first: dict[object, Subject] = {}

    def reference(self, key: object, subject: Subject) -> str:
        """Nothing the first time; then ``as https://vault.azure.net``, or ``as with web`` for another identity."""
        first = self._first.setdefault(key, subject)
        if first == subject:
            return ""
        (identity, what), (own, thing) = first, subject
        if identity == own:
            return f"as {what}"
        return f"as with {identity}" if what == thing else f"as {what} of {identity}"
