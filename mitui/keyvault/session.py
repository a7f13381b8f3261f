"""The requests of one run of the probe: counted, sequential, to one host, and with no more read than must be."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

from mitui import __version__
from mitui.clock import Clock
from mitui.exchange import Exchange
from mitui.http import GuardedClient, HttpFailure, HttpReply, HttpRequest, TransportProblem, exchange_of
from mitui.keyvault.address import VaultAddress
from mitui.keyvault.error_body import BODY_LIMIT, parse_error
from mitui.keyvault.probe_result import VaultFailureKind
from mitui.keyvault.stage import Route
from mitui.secret import Secret

MOST_REQUESTS: Final = 30
USER_AGENT: Final = f"mitui/{__version__} (permission-probe)"
_TRANSPORT_KINDS: Final = {
    TransportProblem.NAME_NOT_RESOLVED: VaultFailureKind.NAME_NOT_RESOLVED,
    TransportProblem.TIMEOUT: VaultFailureKind.TIMEOUT,
    TransportProblem.TLS_FAILED: VaultFailureKind.TLS_FAILED,
    TransportProblem.CERTIFICATE_MISMATCH: VaultFailureKind.TLS_FAILED,
    TransportProblem.REPLY_TOO_LARGE: VaultFailureKind.REPLY_INVALID,
    TransportProblem.INVALID_URL: VaultFailureKind.ADDRESS_REFUSED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the exchange as it may be shown."""

    outcome: HttpReply | HttpFailure
    exchange: Exchange


class VaultSession:
    """Sends requests to one vault. Every one carries the same client request id, which the audit log keeps."""

    def __init__(
        self,
        address: VaultAddress,
        client: GuardedClient,
        clock: Clock,
        route: Route,
        *,
        timeout: float,
        client_request_id: str,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._address = address
        self._client = client
        self._clock = clock
        self._route = route
        self._timeout = timeout
        self._headers = (("User-Agent", user_agent), ("x-ms-client-request-id", client_request_id))
        self.sent = 0

    async def ask(self, method: str, target: str, *, token: Secret | None = None, body: bytes = b"") -> Answer:
        """Send one request. The body of a 2xx is never read, since it could be a secret; errors up to 16 KiB.

        ``target`` begins with a slash. Only cancellation raises.
        """
        headers: list[tuple[str, str | Secret]] = [*self._headers]
        if token is not None:
            headers.append(("Authorization", Secret(f"Bearer {token.reveal()}")))
        if body:
            headers.append(("Content-Type", "application/json"))
        request = HttpRequest(method, f"{self._address.url}{target}", tuple(headers), body)
        started = self._clock.now()
        if self.sent >= MOST_REQUESTS:
            raise RuntimeError("the probe's table asks for more requests than one run may send")
        self.sent += 1
        outcome = await self._client.send(
            request,
            deadline=self._timeout,
            connect_timeout=min(5.0, self._timeout),
            body_limit=BODY_LIMIT,
            read_body=lambda status: not 200 <= status < 300,
            dial=self._route.dial,
        )
        return Answer(outcome, _presentable(exchange_of(request, outcome, started), outcome, token))


def transport_failure(failure: HttpFailure) -> VaultFailureKind:
    """The kind of vault failure for an exchange that brought no whole reply."""
    return _TRANSPORT_KINDS.get(failure.problem, VaultFailureKind.CONNECTION_FAILED)


def _presentable(exchange: Exchange, outcome: HttpReply | HttpFailure, token: Secret | None) -> Exchange:
    """The exchange with nothing of the body but the error's code and message."""
    if isinstance(outcome, HttpFailure) or not outcome.body:
        return exchange
    error = parse_error(outcome.body)
    if error is None:
        return replace(exchange, body=f"({len(outcome.body):,} bytes that are not a vault's error, not shown)")
    text = error.as_json()
    if token is not None and token:
        text = text.replace(json.dumps(token.reveal(), ensure_ascii=False)[1:-1], "…")
    return replace(exchange, body=text[:2048])
