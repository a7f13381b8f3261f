"""Whether SDKs agree on where to ask, and whether it is worth a warning where they don't: two questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mitui.wording import listed

if TYPE_CHECKING:
    from mitui.diagnosis.advice import SdkChoice

_NOTHING: Final = "sends nothing"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the ``count`` SDKs go the same way, ``together``, and what the matter is with the rest.

    ``disputed`` is what deserves a warning: SDKs differ of which each could do otherwise on such a host. Those that
    can't are counted, and are none. ``sentence`` says it all in words.
    """

    count: int
    together: int
    disputed: bool
    sentence: str

    @property
    def unanimous(self) -> bool:
        """Whether every one of them asks the same source at the same address."""
        return self.together == self.count

    @property
    def share(self) -> str:
        """``16 of 17 agree``"""
        return f"{self.together} of {self.count} agree"


def agreement_of(choices: Iterable[SdkChoice], *, found: bool = True) -> Agreement:
    """How far these agree; ``found`` is whether there is an endpoint here at all, as far as mitui knows."""
    every = tuple(choices)
    if not every:
        return Agreement(0, 0, False, "What the SDKs would do is not known yet.")
    ways = Counter(each.asks for each in every)
    able = Counter(each.asks for each in every if not each.limit) or ways
    leading = max(able, key=lambda way: ways[way])
    disputed = len(able) > 1
    if disputed:
        sentence = _dispute(ways)
    else:
        alike = [each for each in every if each.asks == leading]
        rest = [each for each in every if each.asks != leading]
        sentence = f"{_common(alike, len(every), found=found)}{_others(rest, leading)}"
    return Agreement(len(every), ways[leading], disputed, sentence)


def _dispute(ways: Counter[tuple[str | None, str]]) -> str:
    sources = Counter(source for source, _ in ways)
    parts = ", ".join(
        f"{count} {_way(source, endpoint if sources[source] > 1 else '')}"
        for (source, endpoint), count in ways.most_common()
    )
    return f"The SDKs disagree on this host: {parts}."


def _common(alike: list[SdkChoice], count: int, *, found: bool) -> str:
    source, endpoint = alike[0].source, alike[0].endpoint
    every = len(alike) == count
    who = "Every SDK" if every else f"{len(alike)} of {count} SDKs"
    if source is None:
        return f"{who} {'sends' if every else 'send'} nothing here."
    if found:
        return f"{who} {'picks' if every else 'pick'} the same source here: {source}."
    where = _way(source, endpoint)
    return f"No SDK finds an endpoint here: every one asks {where}." if every else f"{who} ask {where}, in vain."


def _others(rest: list[SdkChoice], leading: tuple[str | None, str]) -> str:
    """Those that do otherwise on every such host, together where they go the same way."""
    if not rest:
        return ""
    ways: dict[tuple[str | None, str], list[str]] = {}
    for each in rest:
        ways.setdefault(each.asks, []).append(each.sdk)
    parts = [
        f"{listed(names, 'and')} {_verb(source, endpoint if source == leading[0] else '', len(names))}"
        for (source, endpoint), names in ways.items()
    ]
    who = "The other goes its" if len(rest) == 1 else "The others go their"
    return f" {who} own way on every such host: {'; '.join(parts)}."


def _verb(source: str | None, endpoint: str, count: int) -> str:
    if source is None:
        return "sends nothing" if count == 1 else "send nothing"
    return f"{'picks' if count == 1 else 'pick'} {_way(source, endpoint)}"


def _way(source: str | None, endpoint: str) -> str:
    return _NOTHING if source is None else f"{source} at {endpoint}" if endpoint else source
