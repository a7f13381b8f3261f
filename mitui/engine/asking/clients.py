"""Which HTTP client asks an endpoint: the host's own, or one that goes out as an SDK in this environment would."""

from __future__ import annotations

from typing import Final

from mitui.clock import Clock
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.regular_file import UnreadFile, read_regular_file
from mitui.engine.sources.source import Endpoint, Outward
from mitui.http import GuardedClient

LARGEST_CA: Final = 1 << 20  # bytes


class Clients:
    """``near`` is the client for endpoints of this host, which belongs to the caller; the others are opened here.

    ``ca_file`` is trusted by those in place of what the environment names.
    """

    def __init__(self, near: GuardedClient, environment: HostEnvironment, clock: Clock, ca_file: str = "") -> None:
        self._near = near
        self._environment = environment
        self._clock = clock
        self._ca_file = ca_file
        self._outward: dict[tuple[Outward, str], GuardedClient] = {}

    def of(self, endpoint: Endpoint) -> GuardedClient | Refusal:
        """The client for this endpoint; a Refusal where the CA that it must be verified with can't be read."""
        outward = endpoint.outward
        if outward is None:
            return self._near
        authorities = self._only_authorities(outward)
        if isinstance(authorities, Refusal):
            return authorities
        key = (outward, authorities)
        if key not in self._outward:
            self._outward[key] = GuardedClient(
                self._clock,
                proxies=self._environment.variables if outward.proxied else None,
                ca_file=self._ca_file or outward.ca_file,
                only_ca_data=authorities,
                server_name=outward.server_name,
                enclosed=self._environment.enclosed,
            )
        return self._outward[key]

    def _only_authorities(self, outward: Outward) -> str | Refusal:
        """The only authorities to trust, as PEM; read anew each time, because a cluster changes its own."""
        if not outward.only_ca_file:
            return outward.only_ca_data
        found = read_regular_file(self._environment.path(outward.only_ca_file), LARGEST_CA, follow_links=True)
        why = found.problem.replace("_", " ") if isinstance(found, UnreadFile) else "" if found.content else "empty"
        if isinstance(found, UnreadFile) or why:
            message = f"the CA file {outward.only_ca_file[:300]} can't be used: it is {why}"
            return Refusal(FailureKind.TLS_FAILED, message, facts=(("path", outward.only_ca_file),))
        return found.content.decode("ascii", "replace")

    async def aclose(self) -> None:
        """Close every connection of the clients that were opened here."""
        every, self._outward = list(self._outward.values()), {}
        for client in every:
            await client.aclose()
