"""What counts for each permission, and how many there are of each verdict: the one count that everything tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mitui.keyvault.verdict import Verdict

if TYPE_CHECKING:
    from mitui.keyvault.probe_result import PermissionResult

_RANK: Final = (
    Verdict.GRANTED,
    Verdict.LIKELY,
    Verdict.DENIED,
    Verdict.BLOCKED,
    Verdict.UNKNOWN,
    Verdict.UNTESTED,
)


def one_each(results: Iterable[PermissionResult]) -> tuple[PermissionResult, ...]:
    """One result for each permission: of that on the vault and that on a named secret the one that gives more.

    So it counts for what is wanted, too: a grant on the named secret is enough.
    """
    best: dict[str, PermissionResult] = {}
    for each in results:
        known = best.get(each.word)
        if known is None or _RANK.index(each.verdict) < _RANK.index(known.verdict):
            best[each.word] = each
    return tuple(best.values())


def tally(results: Iterable[PermissionResult]) -> str:
    """How many permissions have which verdict: ``2 granted, 12 denied, 20 untested``; each permission counts once."""
    found = [each.verdict for each in one_each(results)]
    return ", ".join(f"{found.count(verdict)} {verdict}" for verdict in _RANK if verdict in found)
