"""Asks Azure Resource Manager, on request, which identities are assigned to this host."""

from __future__ import annotations

from mitui.clock import Clock
from mitui.diagnosis.assigned_identities import list_assigned
from mitui.engine.failure import TokenFailure
from mitui.engine.identity import Identity
from mitui.engine.resources import default_resources
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.session import Session
from mitui.monitor.watch_state import WatchState


async def ask_assigned(
    watched: WatchState, session: Session, identity: Identity, clock: Clock, arm_endpoint: str
) -> None:
    """Put the answer, or the sentence that says why there is none, on the board."""
    host = watched.source.host
    resource_manager = default_resources(host.cloud)[0]
    token = await session.engine.acquire(identity, resource_manager)
    if isinstance(token, TokenFailure):
        refusal = f"there is no token for {resource_manager} to ask with: {token.message}"
        watched.assigned = AssignedIdentities(clock.now(), refusal=refusal)
        return
    answer = await list_assigned(token, host, session.arm_client(), clock, arm_endpoint=arm_endpoint)
    watched.assigned = AssignedIdentities(clock.now(), answer.identities, answer.refusal)
