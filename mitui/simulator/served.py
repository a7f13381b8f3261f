"""What a simulated host or vault was asked and what it said, without anything secret."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from mitui.simulator.base64url import claims_of
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import Reply


@dataclass(frozen=True, slots=True)
class Served:
    """One request that was dealt with. ``at`` is in epoch seconds, ``milliseconds`` how long the answer took.

    ``server`` is a kind of host or the name of a vault; ``identity`` is a name, "system", or what was asked for where
    nobody goes by that. ``status`` is 0 where no reply was sent. ``fault`` names the fault that had a hand in it. The
    query, the headers and the bodies, which hold secrets, are not here.
    """

    at: float
    server: str
    method: str
    path: str
    identity: str
    resource: str
    status: int
    milliseconds: float
    fault: str = ""


def served(
    server: str,
    request: RecordedRequest,
    answer: object,
    started: float,
    identity: str,
    resource: str,
    fault: str = "",
) -> Served:
    """What came of ``request``; ``started`` is a reading of ``time.perf_counter()``."""
    status = answer.status if isinstance(answer, Reply) else 0
    milliseconds = (time.perf_counter() - started) * 1e3
    return Served(request.at, server, request.method, request.path, identity, resource, status, milliseconds, fault)


def served_by_token(server: str, request: RecordedRequest, answer: object, started: float) -> Served:
    """The same where the token says who asks and for what."""
    claims = claims_of(request.headers.get("authorization", "")) or {}
    return served(server, request, answer, started, str(claims.get("oid", "")), str(claims.get("aud", "")))


Watcher = Callable[[Served], None]
