"""The shared engine: one cache, one request for everyone who wants the same token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mitui.clock import Clock
from mitui.defect import describe
from mitui.engine.asking.acquisition import Acquisition, AcquisitionContext
from mitui.engine.asking.clients import Clients
from mitui.engine.asking.limiter import Limiter
from mitui.engine.engine_event import EngineEvent
from mitui.engine.evidence import Detection
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import Identity
from mitui.engine.resources import normalise_resource
from mitui.engine.sources.registry import source_of
from mitui.engine.token.access_token import AccessToken
from mitui.engine.token.notices import matches
from mitui.http import GuardedClient

CACHED_TOKENS: Final = 10_000
_Key = tuple[str, str]  # (selector, lower-case id)
_FlightKey = tuple[_Key, str, str | None]  # with the resource and the claims challenge


_Outcome = AccessToken | TokenFailure


class _Flight:
    """One acquisition under way and everyone who waits for it; None tells them that it was cancelled."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.waiters: set[asyncio.Future[_Outcome | None]] = set()

    def land(self, outcome: _Outcome | None) -> None:
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(outcome)


class TokenEngine:
    """Tokens of this host's managed identities. All of it runs on one event loop.

    ``timeout`` is the longest that one acquisition may take with its retries, in seconds; None waits for retries as
    long as the source's rules say. ``allow_endpoints`` names hosts that a variable may point to although they are
    neither this machine nor private. ``ca_file`` (PEM) is trusted for Entra ID. ``observer`` is told every attempt and
    every wait; it must not raise.
    """

    def __init__(
        self,
        environment: HostEnvironment,
        detection: Detection,
        client: GuardedClient,
        clock: Clock,
        *,
        timeout: float | None = None,
        allow_endpoints: frozenset[str] = frozenset(),
        ca_file: str = "",
        observer: Callable[[EngineEvent], None] | None = None,
    ) -> None:
        source = source_of(detection.source)
        self._clients = Clients(client, environment, clock, ca_file)
        self._around = (
            AcquisitionContext(
                environment,
                source,
                self._clients,
                clock,
                Limiter(clock),
                frozenset(host.lower() for host in allow_endpoints),
                timeout,
                observer,
            )
            if source is not None
            else None
        )
        self._clock = clock
        self._cache: dict[tuple[_Key, str], AccessToken] = {}
        self._names: dict[_Key, _Key] = {}
        self._flights: dict[_FlightKey, _Flight] = {}

    async def acquire(
        self, identity: Identity, resource: str, *, claims: str | None = None, force: bool = False
    ) -> _Outcome:
        """A token: the cached one until its ``refresh_at``, else a new one.

        ``force`` asks the endpoint whatever is cached. ``claims`` is the challenge of a resource that rejected the
        cached token: it is asked for anew, and replaced once a new one is there. Callers who want the same token at
        the same time share one request; cancelling one of them leaves the others alone. A failure leaves the cache as
        it is.
        """
        resource = normalise_resource(resource)
        if not force and claims is None:
            cached = self._find(identity, resource)
            if cached is not None and self._clock.now() < cached.refresh_at:
                return cached
        key = (self._canonical(identity), resource, claims)
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight()
            flight.task = asyncio.ensure_future(self._fly(flight, key, identity, resource, claims))
        waiter: asyncio.Future[_Outcome | None] = asyncio.get_running_loop().create_future()
        flight.waiters.add(waiter)
        try:
            outcome = await waiter
        finally:
            flight.waiters.discard(waiter)
            if not flight.waiters and flight.task is not None:
                self._forget(key, flight)
                flight.task.cancel()  # nobody waits for it any more; a task that is done stays as it is
        if outcome is None:
            return self._failure(identity, resource, FailureKind.CANCELLED, "the request was cancelled")
        if isinstance(outcome, AccessToken) and outcome.identity != identity:
            return replace(outcome, identity=identity)
        return outcome

    def cached(self, identity: Identity, resource: str) -> AccessToken | None:
        """The token in the cache if it has not expired, due for a refresh or not."""
        return self._find(identity, normalise_resource(resource))

    def move(self, moved: Callable[[AccessToken], AccessToken]) -> None:
        """Keep every token with the times that ``moved`` gives it: the clock they were measured by was set."""
        self._cache = {key: moved(token) for key, token in self._cache.items()}

    async def aclose(self) -> None:
        """Cancel what is under way; those who wait for it get a CANCELLED failure. Close what was opened here."""
        flights = list(self._flights.values())
        tasks = [flight.task for flight in flights if flight.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for flight in flights:
            flight.land(None)  # a task that was cancelled before it began has told no one
        await self._clients.aclose()

    async def _fly(
        self, flight: _Flight, key: _FlightKey, identity: Identity, resource: str, claims: str | None
    ) -> None:
        outcome: _Outcome | None = None
        try:
            outcome = await self._fetch(identity, resource, claims)
        except Exception as error:  # noqa: BLE001 - a defect is an outcome as well: whoever waits must learn of it
            outcome = self._failure(identity, resource, FailureKind.DEFECT, describe(error))
        finally:
            self._forget(key, flight)
            flight.land(outcome)

    def _forget(self, key: _FlightKey, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    async def _fetch(self, identity: Identity, resource: str, claims: str | None) -> _Outcome:
        if self._around is None:
            return self._failure(identity, resource, FailureKind.NO_ENDPOINT, "there is no identity endpoint here")
        acquisition = Acquisition(
            self._around,
            identity,
            resource,
            challenged=claims is not None,
            known=self._find(identity, resource),
        )
        outcome = await acquisition.run()
        if isinstance(outcome, AccessToken):
            self._keep(outcome)
        return outcome

    def _find(self, identity: Identity, resource: str) -> AccessToken | None:
        key = (self._canonical(identity), resource)
        token = self._cache.get(key)
        if token is None:
            return None
        if self._clock.now() >= token.expires_at:
            del self._cache[key]
            return None
        return token if token.identity == identity else replace(token, identity=identity)

    def _keep(self, token: AccessToken) -> None:
        self._learn_names(token)
        key = (self._canonical(token.identity), token.resource)
        self._cache.pop(key, None)
        self._cache[key] = replace(token, from_cache=True)
        if len(self._cache) > CACHED_TOKENS:
            del self._cache[next(iter(self._cache))]

    def _learn_names(self, token: AccessToken) -> None:
        """A user-assigned identity goes by three ids. A token that is its own tells which belong together."""
        actual = token.actual
        if (
            token.identity.value is None
            or actual.kind != "user-assigned"
            or matches(token.identity, actual) is not True
        ):
            return
        mine = self._canonical(token.identity)
        for name in (
            ("client_id", actual.client_id.lower()),
            ("object_id", actual.object_id.lower()),
            ("resource_id", actual.resource_id.lower()),
        ):
            if name[1] and name != mine and name not in self._names and len(self._names) < 3 * CACHED_TOKENS:
                self._names[name] = mine

    def _canonical(self, identity: Identity) -> _Key:
        key = (identity.selector, (identity.value or "").lower())
        return self._names.get(key, key)

    def _failure(self, identity: Identity, resource: str, kind: FailureKind, message: str) -> TokenFailure:
        source = self._around.source.kind if self._around is not None else "none"
        return TokenFailure(kind, message, source, str(identity), resource, failed_at=self._clock.now())
