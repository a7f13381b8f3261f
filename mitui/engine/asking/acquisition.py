"""One acquisition: the endpoint's permission, the request with its legs and retries, and the token or the failure."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from mitui.claims import classify_payload, decode
from mitui.clock import Clock
from mitui.durations import in_words
from mitui.engine.asking.clients import Clients
from mitui.engine.asking.endpoint_rule import Approved, judge
from mitui.engine.asking.error_reply import read_error
from mitui.engine.asking.limiter import Limiter
from mitui.engine.asking.refusal import Refusal
from mitui.engine.asking.retry import Retries, retry_after
from mitui.engine.engine_event import EngineEvent, Step
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import Identity
from mitui.engine.selectors import unsupported_reason
from mitui.engine.sources.source import Call, Source
from mitui.engine.token.access_token import AccessToken
from mitui.engine.token.expiry import refresh_moment
from mitui.engine.token.notices import clock_skew, notices, skew_notice
from mitui.engine.token.reply import TokenReply, read_token_reply
from mitui.exchange import Exchange
from mitui.http import GuardedClient, HttpFailure, HttpReply, HttpRequest, TransportProblem, exchange_of

ATTEMPT_SECONDS: Final = 30.0  # for one try with all its legs, where no shorter time is given
CONNECT_SECONDS: Final = 2.0
OUTWARD_CONNECT_SECONDS: Final = 5.0
_UNTIMED: Final = 3600.0
KIND_OF_PROBLEM: Final = {
    TransportProblem.REFUSED: FailureKind.CONNECTION_REFUSED,
    TransportProblem.UNREACHABLE: FailureKind.UNREACHABLE,
    TransportProblem.NAME_NOT_RESOLVED: FailureKind.NAME_NOT_RESOLVED,
    TransportProblem.TIMEOUT: FailureKind.TIMEOUT,
    TransportProblem.CONNECTION_LOST: FailureKind.CONNECTION_LOST,
    TransportProblem.TLS_FAILED: FailureKind.TLS_FAILED,
    TransportProblem.CERTIFICATE_MISMATCH: FailureKind.CERTIFICATE_MISMATCH,
    TransportProblem.REPLY_TOO_LARGE: FailureKind.REPLY_TOO_LARGE,
    TransportProblem.PROXY_FAILED: FailureKind.UNREACHABLE,
    TransportProblem.INVALID_URL: FailureKind.ENDPOINT_INVALID,
}
"""The failure of a token request that had no reply."""
_WHY_WAITING: Final = {
    FailureKind.ENDPOINT_UPDATING: "{service_name} is being upgraded",
    FailureKind.THROTTLED: "{service_name} asks for fewer requests",
    FailureKind.NOT_FOUND: "{service_name} does not know its own address for the moment",
    FailureKind.CONNECTION_REFUSED: "{service_name} does not listen yet",
    FailureKind.CONNECTION_LOST: "{service_name} broke the connection off",
}


@dataclass(frozen=True, slots=True)
class AcquisitionContext:
    """What every acquisition of one engine shares. ``timeout`` is in seconds, None for as long as it takes."""

    environment: HostEnvironment
    source: Source
    clients: Clients
    clock: Clock
    limiter: Limiter
    allow_endpoints: frozenset[str]
    timeout: float | None
    observer: Callable[[EngineEvent], None] | None
    approved: dict[str, Approved] = field(default_factory=dict)  # endpoints by URL that need not be judged again


class Acquisition:
    """One token being had, from the first check to the last retry.

    ``known`` is the token that there is; with ``challenged``, its resource has rejected it.
    """

    def __init__(
        self,
        around: AcquisitionContext,
        identity: Identity,
        resource: str,
        *,
        challenged: bool,
        known: AccessToken | None,
    ) -> None:
        self._around = around
        self._identity = identity
        self._resource = resource
        self._challenged = challenged
        self._known = known
        self._clock = around.clock
        self._source = around.source
        self._attempts = 0
        self._exchanges: list[Exchange] = []
        self._started: float | None = None

    async def run(self) -> AccessToken | TokenFailure:
        """The token, or why there is none. Only cancellation raises."""
        outcome = await self._settle()
        self._report("done", outcome.message if isinstance(outcome, TokenFailure) else "token received")
        return outcome

    async def _settle(self) -> AccessToken | TokenFailure:
        environment = self._around.environment
        if reason := unsupported_reason(self._source.kind, self._identity):
            return self._failure(Refusal(FailureKind.SELECTOR_UNSUPPORTED, reason))
        if unmet_condition := self._source.unmet_condition(environment):
            return self._failure(unmet_condition)
        endpoint = self._source.endpoint(environment)
        approved = self._around.approved.get(endpoint.url) or await judge(
            endpoint, self._around.allow_endpoints, self._clock, timeout=min(CONNECT_SECONDS, self._remaining())
        )
        if isinstance(approved, HttpFailure):
            return self._failure(Refusal(KIND_OF_PROBLEM[approved.problem], approved.message))
        if isinstance(approved, Refusal):
            return self._failure(approved)
        if approved.is_lasting:
            self._around.approved[endpoint.url] = approved
        rejected = self._known if self._challenged else None
        revoked = hashlib.sha256(rejected.secret.reveal().encode()).hexdigest() if rejected is not None else ""
        retries = Retries(self._source.retries)
        while True:
            call = Call(
                environment,
                self._identity,
                self._resource,
                endpoint,
                str(uuid.uuid4()),
                approved.is_loopback,
                self._challenged,
                revoked,
            )
            client = self._around.clients.of(endpoint)
            if isinstance(client, Refusal):
                return self._failure(client)
            request = self._source.request(call)
            if isinstance(request, Refusal):
                return self._failure(request)
            self._attempts += 1
            outcome = await self._attempt(call, request, client, approved)
            if not isinstance(outcome, TokenFailure):
                return outcome
            wait = retries.wait_after(outcome.kind, outcome.retry_after, self._remaining())
            if wait is None:
                return outcome
            why = _WHY_WAITING.get(outcome.kind, "{service_name} answered with an error").format(
                service_name=self._source.service_name
            )
            words = f"waiting {wait:g} s: {why}, attempt {self._attempts + 1} follows"
            self._report("waiting", words, self._clock.now() + wait)
            await self._clock.sleep(wait)

    async def _attempt(
        self, call: Call, request: HttpRequest, client: GuardedClient, approved: Approved
    ) -> AccessToken | TokenFailure:
        sent: tuple[HttpRequest, ...] = ()
        limit: float | None = None
        while True:
            sent = (*sent, request)
            await self._around.limiter.enter(self._waits_its_turn)
            try:
                if self._started is None:
                    self._started = self._clock.monotonic()
                if limit is None:
                    limit = self._clock.monotonic() + min(ATTEMPT_SECONDS, self._remaining())
                    self._report("attempt", f"asking {self._source.service_name}")
                started_at = self._clock.now()
                reply = await client.send(
                    request,
                    deadline=max(0.001, limit - self._clock.monotonic()),
                    connect_timeout=CONNECT_SECONDS if call.endpoint.outward is None else OUTWARD_CONNECT_SECONDS,
                    certificate_sha1=call.endpoint.certificate_sha1,
                    dial=approved.dial,
                )
            finally:
                self._around.limiter.leave()
            self._exchanges.append(exchange_of(request, reply, started_at))
            if isinstance(reply, HttpFailure):
                facts = (("silent", "yes"),) if reply.was_silence else ()
                return self._failure(
                    Refusal(KIND_OF_PROBLEM[reply.problem], self._transport_sentence(reply), facts=facts)
                )
            step = self._source.follow_up(call, sent, reply)
            if step is None:
                return self._read(call, request, reply)
            if isinstance(step, Refusal):
                return self._failure(step, reply)
            request = step

    def _read(self, call: Call, request: HttpRequest, reply: HttpReply) -> AccessToken | TokenFailure:
        now = self._clock.now()
        grant = read_token_reply(reply, now) if 200 <= reply.status < 300 else None
        if isinstance(grant, Refusal):
            return self._failure(grant, reply)
        if grant is None:
            return self._failure(self._read_error(call, request, reply), reply)
        if refusal := self._source.check(call, grant):
            return self._failure(refusal, reply)
        skew = clock_skew(reply, now)
        # What takes the token goes by a clock that is right, whatever this host's own shows.
        ends = grant.expires_at + min(0.0, skew or 0.0)
        if ends <= now:
            return self._failure(_expired(grant, now - ends, skew), reply)
        return self._token(call, grant, ends, skew, now)

    def _read_error(self, call: Call, request: HttpRequest, reply: HttpReply) -> Refusal:
        error = read_error(reply, request.secrets)
        found = self._source.read_error(call, error)
        if isinstance(found, Refusal):
            return found
        facts: list[tuple[str, str]] = [("form", error.form)]
        if error.server:
            facts.append(("server", error.server))
        if 300 <= reply.status < 400:
            facts.append(("location", reply.header("location")[:300]))
        said = {
            "html": f"with a web page ({error.said})" if error.said else "with a web page",
            "empty": "with an empty body",
        }.get(error.form, f": {error.said}" if error.said else "")
        service_name = "something" if error.form == "html" else self._source.service_name
        separator = "" if said.startswith(":") else " "
        message = f"{service_name} answered {reply.status}{separator}{said}".rstrip()
        return Refusal(found or error.usual_kind, message, error.code, tuple(facts))

    def _token(self, call: Call, grant: TokenReply, ends: float, skew: float | None, now: float) -> AccessToken:
        """The token, which is over at ``ends`` by the earlier of this host's clock and the endpoint's."""
        known = self._known  # an endpoint hands the same token out again for hours, and decoding is slow
        claims = known.claims if known is not None and known.secret == grant.secret else decode(grant.secret)
        payload = claims.payload()
        actual = classify_payload(payload)
        return AccessToken(
            secret=grant.secret,
            identity=self._identity,
            resource=self._resource,
            source=self._source.kind,
            token_type=grant.token_type,
            acquired_at=now,
            expires_at=grant.expires_at,
            refresh_at=refresh_moment(now, ends, grant.refresh_in),
            claims=claims,
            actual=actual,
            attempts=self._attempts,
            from_stand_in=call.environment.has_stand_in(call.endpoint.url),
            latency_ms=sum(exchange.elapsed_ms for exchange in self._exchanges),
            notices=notices(self._identity, actual, payload, grant, skew),
            exchanges=tuple(self._exchanges),
        )

    def _failure(self, refusal: Refusal, reply: HttpReply | None = None) -> TokenFailure:
        return TokenFailure(
            kind=refusal.kind,
            message=refusal.message,
            source=self._source.kind,
            identity=str(self._identity),
            resource=self._resource,
            http_status=reply.status if reply is not None else None,
            code=refusal.code,
            retry_after=retry_after(reply, self._clock.now()) if reply is not None else None,
            attempts=self._attempts,
            failed_at=self._clock.now(),
            exchanges=tuple(self._exchanges),
            facts=refusal.facts,
        )

    def _transport_sentence(self, failure: HttpFailure) -> str:
        return f"{self._source.service_name} can't be asked: {failure.message}"

    def _remaining(self) -> float:
        if self._around.timeout is None:
            return _UNTIMED
        spent = 0.0 if self._started is None else self._clock.monotonic() - self._started
        return max(0.0, self._around.timeout - spent)

    def _waits_its_turn(self) -> None:
        self._report("waiting", "waiting for its turn: other requests are under way")

    def _report(self, kind: Step, words: str, until: float | None = None) -> None:
        if self._around.observer is not None:
            self._around.observer(EngineEvent(self._identity, self._resource, kind, words, self._attempts, until))


def _expired(grant: TokenReply, over: float, skew: float | None) -> Refusal:
    message = f"the token that came had expired {in_words(over)} before"
    facts = [("expires_at", f"{grant.expires_at:.0f}")]
    notice = skew_notice(skew)
    if notice is not None:
        message += f"; {notice.message}"
        facts.append(("clock_skew", f"{skew:.0f}"))
    return Refusal(FailureKind.TOKEN_EXPIRED, message, facts=tuple(facts))
