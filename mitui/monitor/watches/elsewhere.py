"""What the rest of the board knows of the moment in which one token failed."""

from __future__ import annotations

from mitui.diagnosis.token.elsewhere import MOMENT, Elsewhere
from mitui.engine.failure import TokenFailure
from mitui.monitor.watch_state import WatchState


def elsewhere(watched: WatchState, failure: TokenFailure) -> Elsewhere:
    """Which tokens the same source handed out around then, and which user-assigned identities have tokens here."""
    tokens, user_assigned = [], {}
    for person in watched.identities:
        for resource, state in person.tokens.items():
            token = state.token
            if token is None or token.source != failure.source:
                continue
            if state.failure is None and token.actual.kind == "user-assigned" and token.actual.client_id:
                user_assigned[token.actual.client_id] = person.name
            if abs(token.acquired_at - failure.failed_at) <= MOMENT:
                tokens.append((str(person.planned.identity), resource))
    return Elsewhere(tuple(tokens), tuple((name, client_id) for client_id, name in user_assigned.items()))
