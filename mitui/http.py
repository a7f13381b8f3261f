"""The guarded HTTP client: no redirects, capped bodies, one deadline for a whole exchange, optional certificate pin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mitui.secret import Secret


class TransportProblem(StrEnum):
    """Why no whole reply came."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NAME_NOT_RESOLVED = "name_not_resolved"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    TLS_FAILED = "tls_failed"
    CERTIFICATE_MISMATCH = "certificate_mismatch"
    REPLY_TOO_LARGE = "reply_too_large"
    PROXY_FAILED = "proxy_failed"
    INVALID_URL = "invalid_url"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. A header whose value is a Secret is shown by its name only."""

    method: str
    url: str
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole reply; ``elapsed_ms`` runs from before the connection to the last byte of the body."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    elapsed_ms: float

    def header(self, name: str) -> str:
        """The first header of that name, whatever its case, or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """Why there is no reply, in words that are safe to show apart from control characters."""

    problem: TransportProblem
    message: str
    elapsed_ms: float
