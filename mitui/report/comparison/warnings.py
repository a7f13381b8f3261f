"""Warnings that only one side has, by their kind: what they say may hold a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mitui.diagnosis.advice import HealthWarning
from mitui.monitor.identity_view import IdentityView
from mitui.report.comparison.difference import Difference

_NONE = "none"


def warnings_by_kind(a: Iterable[HealthWarning], b: Iterable[HealthWarning]) -> Iterator[Difference]:
    """What warns on one side only."""
    one, other = ({each.kind: each.message for each in side} for side in (a, b))
    for kind in dict.fromkeys((*one, *other)):
        if kind not in one or kind not in other:
            yield Difference("warning", kind, one.get(kind, _NONE), other.get(kind, _NONE))


def identity_warnings(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Those of the identity, then those of the tokens that both were asked for, told together where they are alike."""
    yield from warnings_by_kind(a.warnings, b.warnings)
    others = {each.resource: each for each in b.tokens}
    alike: dict[Difference, list[str]] = {}
    for token in a.tokens:
        if (other := others.get(token.resource)) is not None:
            for each in warnings_by_kind(token.warnings, other.warnings):
                alike.setdefault(each, []).append(token.resource)
    for each, resources in alike.items():
        yield Difference("warning", f"{', '.join(resources)}: {each.subject}", each.a, each.b)
