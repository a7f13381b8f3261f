"""Warnings that only one side has, by their kind: what they say may hold a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mitui.diagnosis.advice import HealthWarning
from mitui.monitor.identity_view import IdentityView
from mitui.report.comparison.difference import Difference, together
from mitui.report.comparison.identities import tokens_of_both

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
    found = (
        (each, token.resource)
        for token, other in tokens_of_both(a, b)
        for each in warnings_by_kind(token.warnings, other.warnings)
    )
    for each, resources in together(found):
        yield replace(each, subject=f"{resources}: {each.subject}")
