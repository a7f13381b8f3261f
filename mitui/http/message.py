"""What is sent and what comes back, as values; and why nothing did."""

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
    """One request. A header whose value is a Secret is shown by its name only.

    ``body_secrets`` are values in the body that must not be repeated; a body that holds any is a Secret itself.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: bytes | Secret = b""
    body_secrets: tuple[Secret, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be repeated."""
        in_headers = (value.reveal() for _, value in self.headers if isinstance(value, Secret))
        return (*in_headers, *(each.reveal() for each in self.body_secrets))


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole reply; ``elapsed_ms`` runs from before the connection to the last byte of the body.

    ``phases`` times the steps to a new connection ("resolve", "connect", "tls"), in milliseconds; it is empty where an
    open connection was used again. ``proxy`` is the host and port of the proxy that was used, "" without one.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    elapsed_ms: float
    phases: tuple[tuple[str, float], ...] = ()
    proxy: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, whatever its case, or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """Why there is no reply, in words that are safe to show apart from control characters.

    ``phases`` holds the steps that were done before it failed, ``proxy`` is as in HttpReply.
    """

    problem: TransportProblem
    message: str
    elapsed_ms: float
    phases: tuple[tuple[str, float], ...] = ()
    proxy: str = ""

    @property
    def was_silence(self) -> bool:
        """Whether the time ran out on a connection that had been accepted, a new one or one that was used again."""
        connected = not self.phases or any(name == "connect" for name, _ in self.phases)
        return self.problem is TransportProblem.TIMEOUT and connected
