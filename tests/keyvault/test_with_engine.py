"""From a simulated host to a simulated vault: the engine's own token, over plain HTTP and over TLS."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from mitui.clock import SystemClock
from mitui.engine.detection import detect
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import client_id
from mitui.engine.token.access_token import AccessToken
from mitui.engine.token_engine import TokenEngine
from mitui.http import GuardedClient
from mitui.keyvault.verdict import Verdict
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import default_identities
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import cell, probe


@pytest.mark.parametrize("tls", [True, False], ids=["TLS", "plain HTTP"])
async def test_an_identity_of_a_simulated_host_meets_its_vault(tls: bool) -> None:
    web, jobs = default_identities()
    clock = SystemClock()
    with SimulatedHost("imds") as host, SimulatedVault(tls=tls) as vault:
        vault.grant(web.object_id, "Key Vault Secrets User")
        environment = HostEnvironment(MappingProxyType(dict(host.variables)), host.root)
        client = GuardedClient(clock)
        engine = TokenEngine(environment, detect(environment), client, clock, timeout=5.0)

        async def token_of_web(resource: str) -> AccessToken | TokenFailure:
            return await engine.acquire(client_id(web.client_id), resource)

        async def token_of_jobs(resource: str) -> AccessToken | TokenFailure:
            return await engine.acquire(client_id(jobs.client_id), resource)

        granted = await probe(vault, token_of_web)
        denied = await probe(vault, token_of_jobs)
        await engine.aclose()
        await client.aclose()
    assert granted.failure is None
    assert cell(granted, "secrets/get").verdict is Verdict.GRANTED
    assert cell(denied, "secrets/get").verdict is Verdict.DENIED
    assert denied.fact("caller_oid") == jobs.object_id
