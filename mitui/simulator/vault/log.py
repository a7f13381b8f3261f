"""What a simulated vault was asked."""

from __future__ import annotations

from dataclasses import dataclass

from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import Abort, Reply
from mitui.simulator.vault.routes import Route


@dataclass(frozen=True, slots=True)
class VaultRequest(RecordedRequest):
    """One request with what the vault made of it.

    ``operation`` is such as "secrets/get", or "" where the request named none; ``status`` is 0 where no reply was sent.
    ``could_succeed`` says that the request would have changed the vault if its caller had held every right.
    """

    operation: str = ""
    name: str = ""
    status: int = 0
    challenged: bool = False
    could_succeed: bool = False


def logged(request: RecordedRequest, found: Route | int, answer: Reply | Abort, *, could_succeed: bool) -> VaultRequest:
    """The entry for a request and its answer."""
    headers = answer.headers if isinstance(answer, Reply) else ()
    return VaultRequest(
        method=request.method,
        path=request.path,
        query=request.query,
        headers=request.headers,
        body=request.body,
        at=request.at,
        operation=f"{found.operation.object_type}/{found.operation.verb}" if isinstance(found, Route) else "",
        name=found.name if isinstance(found, Route) else "",
        status=answer.status if isinstance(answer, Reply) else 0,
        challenged=any(name == "WWW-Authenticate" for name, _ in headers),
        could_succeed=could_succeed,
    )
