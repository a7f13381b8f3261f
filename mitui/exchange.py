"""One request and its reply, as evidence that is safe to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what came back, without secrets: header names but not their values, no token, no secret value.

    ``started_at`` is in epoch seconds, ``elapsed_ms`` in milliseconds. ``status`` is None when no reply came; then
    ``trouble`` says in a few words what happened instead ("connection refused").
    ``reply_headers`` keeps only headers that help a diagnosis; ``body`` is an excerpt of at most 2,048 characters in
    which every JWT is replaced. ``proxy`` is the host and port of the proxy that was used, "" without one. The texts
    come from outside: pass them through ``visible()`` before they are drawn.
    """

    method: str
    url: str
    header_names: tuple[str, ...]
    started_at: float
    elapsed_ms: float
    status: int | None = None
    reason: str = ""
    reply_headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    trouble: str = ""
    proxy: str = ""
