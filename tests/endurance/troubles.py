"""What can be wrong with the world, and the failures that may come of it."""

from __future__ import annotations

from typing import Final

FAULTS: Final[dict[str, frozenset[str]]] = {
    "imds.throttle": frozenset({"throttled"}),
    "imds.gone": frozenset({"endpoint_updating"}),
    "imds.updating": frozenset({"not_found"}),
    "imds.restart": frozenset({"server_error"}),
    "imds.unknown": frozenset({"server_error"}),
    "reset": frozenset({"connection_lost"}),
    "closed": frozenset({"connection_lost"}),
    "blackhole": frozenset({"timeout"}),
    "html": frozenset({"reply_not_json"}),
    "half-json": frozenset({"reply_not_json"}),
    "truncated": frozenset({"connection_lost"}),
    "expired": frozenset({"token_expired"}),
    # On a busy machine a refusal may come when the simulated time is over already.
    "network": frozenset({"connection_refused", "connection_lost", "timeout"}),
    "identity": frozenset({"identity_not_found"}),
    "agent": frozenset({"connection_refused", "timeout"}),
    "defect": frozenset({"defect"}),
}
"""The kinds of failure that a request may end in because of each trouble."""
SILENCES: Final[dict[str, frozenset[str]]] = {
    **{name: FAULTS[name] for name in ("network", "reset", "closed", "truncated")},
    "html": frozenset({"no_endpoint"}),
}
"""The kinds of failure of a source that is silent, or where something answers in its place."""
UNANSWERED: Final = frozenset({"network", "agent", "defect", "blackhole"})
"""Troubles in which a request may end in a failure although nothing answers it."""


def kinds_of(troubles: set[str]) -> frozenset[str]:
    """The kinds of failure that may come of these."""
    return frozenset().union(*(FAULTS[each] for each in troubles))
