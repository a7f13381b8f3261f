"""Two Snapshots, or two identities of one, against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mitui.diagnosis.advice import HealthWarning
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.difference import Difference
from mitui.report.comparison.identities import (
    claim_differences,
    federated_differences,
    identity_differences,
    pairs_of,
    renewal_differences,
    token_differences,
    whose_differences,
)
from mitui.report.comparison.sources import sdk_differences, source_differences
from mitui.report.comparison.vaults import permission_differences, vault_differences


def compare(a: Snapshot, b: Snapshot) -> tuple[Difference, ...]:
    """What differs, in the order in which it matters; times, latencies and the tokens' own ids do not count."""
    pairs = pairs_of(a, b)
    return (
        *source_differences(a, b),
        *sdk_differences(a, b),
        *identity_differences(a, b),
        *federated_differences(a, b),
        *(each for pair in pairs for each in claim_differences(*pair)),
        *(each for pair in pairs for each in token_differences(*pair)),
        *(each for pair in pairs for each in permission_differences(*pair)),
        *(each for pair in pairs for each in vault_differences(*pair)),
        *_warnings("this host", a.warnings, b.warnings),
        *(each for one, other in pairs for each in _warnings(one.name, one.all_warnings, other.all_warnings)),
    )


def compare_identities(a: IdentityView, b: IdentityView) -> tuple[Difference, ...]:
    """What differs between two identities of one host."""
    return (
        *whose_differences(a, b),
        *claim_differences(a, b),
        *token_differences(a, b),
        *permission_differences(a, b),
        *vault_differences(a, b),
        *_warnings(a.name, a.all_warnings, b.all_warnings),
    )


def renewals(a: Snapshot, b: Snapshot) -> tuple[Difference, ...]:
    """Tokens that are others than before, by their own ids and times of issue; what ``compare`` leaves out."""
    return tuple(each for pair in pairs_of(a, b) for each in renewal_differences(*pair))


def _warnings(subject: str, a: Iterable[HealthWarning], b: Iterable[HealthWarning]) -> Iterator[Difference]:
    """Warnings that only one side has, by their kind: what they say may hold a time."""
    one, other = ({each.kind: each for each in side} for side in (a, b))
    for kind in dict.fromkeys((*one, *other)):
        if kind in one and kind not in other:
            yield Difference("warning", f"{subject}: {kind}", one[kind].message, "none")
        elif kind in other and kind not in one:
            yield Difference("warning", f"{subject}: {kind}", "none", other[kind].message)
