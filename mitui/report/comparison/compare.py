"""Two Snapshots, or two identities of one, against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from mitui.monitor.identity_view import IdentityView
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.difference import Difference, together
from mitui.report.comparison.identities import (
    claim_differences,
    federated_differences,
    pairs_of,
    renewal_differences,
    single_identities,
    token_differences,
    whose_differences,
)
from mitui.report.comparison.sources import sdk_differences, source_differences
from mitui.report.comparison.vaults import permission_differences, vault_differences
from mitui.report.comparison.warnings import identity_warnings, warnings_by_kind

_OfAPair = Callable[[IdentityView, IdentityView], Iterator[Difference]]
_OF_A_PAIR: Final[tuple[_OfAPair, ...]] = (
    whose_differences,
    claim_differences,
    token_differences,
    permission_differences,
    vault_differences,
    identity_warnings,
)
"""In the order of the chapters."""


def compare(a: Snapshot, b: Snapshot) -> tuple[Difference, ...]:
    """What differs, in the order in which it matters; times, latencies and the tokens' own ids do not count."""
    whose, claims, *others, warnings = (tuple(_of_all(each, a, b)) for each in _OF_A_PAIR)
    return (
        *source_differences(a, b),
        *sdk_differences(a, b),
        *single_identities(a, b),
        *whose,
        *federated_differences(a, b),
        *claims,
        *(each for chapter in others for each in chapter),
        *(replace(each, subject=f"this host · {each.subject}") for each in warnings_by_kind(a.warnings, b.warnings)),
        *warnings,
    )


def compare_identities(a: IdentityView, b: IdentityView) -> tuple[Difference, ...]:
    """What differs between two identities of one host; the subjects do not name them."""
    return tuple(each for differences in _OF_A_PAIR for each in differences(a, b))


def renewals(a: Snapshot, b: Snapshot) -> tuple[Difference, ...]:
    """Tokens that are others than before, by their own ids and times of issue; what ``compare`` leaves out."""
    return tuple(_of_all(renewal_differences, a, b))


def _of_all(differences: _OfAPair, a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """Those of every identity that both have; what differs alike for several is told once."""
    found = (
        (each, one.name if one.name == other.name else f"{one.name} / {other.name}")
        for one, other in pairs_of(a, b)
        for each in differences(one, other)
    )
    for each, names in together(found):
        yield replace(each, subject=f"{names} · {each.subject}")
