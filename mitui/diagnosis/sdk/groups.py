"""Choices that are the same, folded together: what seventeen SDKs do is seldom more than three different things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mitui.diagnosis.advice import SdkChoice


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """SDKs that would ask the same source at the same address, or nothing at all; never empty."""

    choices: tuple[SdkChoice, ...]

    @property
    def source(self) -> str | None:
        return self.choices[0].source

    @property
    def endpoint(self) -> str:
        return self.choices[0].endpoint

    @property
    def carried(self) -> bool:
        """Whether the process at hand carries them."""
        return bool(self.choices[0].carried)

    @property
    def limit(self) -> bool:
        """Whether none of them could do otherwise on such a host."""
        return all(each.limit for each in self.choices)

    @property
    def name(self) -> str:
        """The first of them, and how many more there are."""
        more = len(self.choices) - 1
        return f"{self.choices[0].name} +{more}" if more else self.choices[0].name

    @property
    def names(self) -> str:
        """All of them, those that were run first."""
        kinds = dict.fromkeys(each.basis for each in sorted(self.choices, key=lambda each: each.basis != "run"))
        listed = {kind: ", ".join(each.name for each in self.choices if each.basis == kind) for kind in kinds}
        return "; ".join(f"{kind}: {names}" if kind else names for kind, names in listed.items())


def grouped(choices: Iterable[SdkChoice]) -> tuple[ChoiceGroup, ...]:
    """The groups: first of what the process carries, then the largest; what an SDK can't do on any such host last."""
    found: dict[tuple[object, ...], list[SdkChoice]] = {}
    for each in choices:
        found.setdefault((bool(each.carried), *each.asks), []).append(each)
    groups = [ChoiceGroup(tuple(each)) for each in found.values()]
    return tuple(sorted(groups, key=lambda group: (not group.carried, group.limit, -len(group.choices))))
