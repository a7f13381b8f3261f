"""What a simulated host or vault was asked and what it said, without anything secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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


Watcher = Callable[[Served], None]
