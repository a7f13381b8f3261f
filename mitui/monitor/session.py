"""What lives as long as one view of the host: its environment, the engine on it, and the clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mitui.clock import Clock
from mitui.engine.engine_event import EngineEvent
from mitui.engine.evidence import Detection
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.token_engine import TokenEngine
from mitui.http import GuardedClient
from mitui.monitor.plan import Plan, PlannedVault

if TYPE_CHECKING:
    from mitui.keyvault.address import VaultAddress


class Session:
    """The engine and the HTTP clients for one environment; closed as a whole when another view is taken."""

    def __init__(
        self,
        environment: HostEnvironment,
        detection: Detection,
        clock: Clock,
        plan: Plan,
        observer: Callable[[EngineEvent], None],
    ) -> None:
        self.environment = environment
        self.detection = detection
        self.clock = clock
        self.client = GuardedClient(clock, connect_to=environment.connect_to, enclosed=environment.enclosed)
        self.engine = TokenEngine(
            environment,
            detection,
            self.client,
            clock,
            timeout=plan.timeout,
            allow_endpoints=plan.allow_endpoints,
            ca_file=plan.ca_file,
            observer=observer,
        )
        self._outward: dict[object, GuardedClient] = {}

    def vault_client(self, vault: PlannedVault, address: VaultAddress) -> GuardedClient:
        """The client that reaches this vault as an SDK in this environment would: through its proxy, if it has one."""
        key = (vault.ca_file, vault.connect_to, address.host if vault.connect_to else "")
        if key not in self._outward:
            connect_to = {address.host: vault.connect_to} if vault.connect_to else None
            self._outward[key] = GuardedClient(
                self.clock,
                proxies=self.environment.variables,
                ca_file=vault.ca_file,
                connect_to=connect_to,
                enclosed=self.environment.enclosed,
            )
        return self._outward[key]

    def arm_client(self) -> GuardedClient:
        """The client for Azure Resource Manager."""
        return self._outward.setdefault(
            "arm", GuardedClient(self.clock, proxies=self.environment.variables, enclosed=self.environment.enclosed)
        )

    async def aclose(self) -> None:
        """Close every connection at once."""
        await self.engine.aclose()
        for client in (self.client, *self._outward.values()):
            await client.aclose()
