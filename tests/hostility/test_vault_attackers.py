"""Vaults under an attacker's control, over real sockets: they get nothing.

What an attacker can choose: a variable, a name's addresses, an answer, a certificate, a proxy. Each server here counts
what it receives after the handshakes, and the network guard of the suite what would have left this machine.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mitui.clock import SystemClock
from mitui.http import GuardedClient
from mitui.keyvault.probe import probe_vault
from mitui.simulator.certificates import server_context, write_authority
from mitui.simulator.sources.pinned_tls import pinned_tls
from mitui.simulator.vault.server import SimulatedVault
from tests.hostility.attacker import ANSWER, assert_old_clients_are_served, old_tls, resolver
from tests.keyvault.support import CALLER, Source, address_of, tokens_seen
from tests.support.raw_server import RawServer

VAULTS = (
    "http://contoso-kv.vault.azure.net",
    "https://contoso-kv.vault.azure.net:8443",
    "https://contoso-kv.vault.azure.net.",
    "https://contoso-kv.vault.azure.net.evil.example",
    "https://contoso-kv.evilvault.azure.net",
    "https://contoso-kvvault.azure.net",
    "https://contoso-kv.vault.azure.net@evil.example",
    "https://evil.example/contoso-kv.vault.azure.net",
    "https://evil.example#.vault.azure.net",
    "https://evil.example?.vault.azure.net",
    "https://evil.example\\.vault.azure.net",
    "https://contoso-kv.vault.azure.net%2eevil.example",
    "https://contoso-kv.vault。azure。net",
    "https://contoso-kv.vаult.azure.net",
    "https://xn--contoso-kv.vault.azure.net",
    "https://[::ffff:127.0.0.1]",
    "https://2130706433",
    "https://127.0.0.1",
    "https://localhost.",
)


@pytest.mark.parametrize("text", VAULTS)
def test_no_address_but_a_vaults_is_probed(text: str) -> None:
    with pytest.raises(AssertionError, match="VaultFailure"):
        address_of(text)


@pytest.mark.parametrize("location", ["https://evil.example/", "http://contoso-kv.vault.azure.net/", "//evil.example"])
@pytest.mark.parametrize("moment", ["health", "challenge", "caller"])
async def test_a_vaults_redirect_leads_nowhere(moment: Any, location: str, only_loopback: list[object]) -> None:
    with SimulatedVault(tls=False) as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        vault.fail("hostile.redirect", moments=(moment,), elsewhere=location)
        client = GuardedClient(SystemClock())
        result = await probe_vault(address_of(vault.url, allow_loopback=True), Source(), client, SystemClock())
        await client.aclose()
        assert tokens_seen(vault) <= (moment == "caller")
    assert result.failure is not None
    assert set(only_loopback) <= {"127.0.0.1"}, "its own address is all that is looked up"


async def test_a_vaults_name_that_changes_its_address_leads_to_nobody_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: what was resolved first is what every later connection goes to."""
    met: list[int] = []
    with ExitStack() as stack:
        vault = SimulatedVault(host="127.0.0.2", port=443)
        try:
            stack.enter_context(vault)
            tls = pinned_tls("attacker").context
            server = await asyncio.start_server(lambda *_: met.append(1), "127.0.0.3", 443, ssl=tls)
        except PermissionError:
            pytest.skip("this account may not listen on port 443")
        monkeypatch.setattr(socket, "getaddrinfo", resolver(("127.0.0.2",), ("127.0.0.3",)))
        async with server:
            vault.grant(CALLER, "Key Vault Secrets User")
            client = GuardedClient(SystemClock(), ca_file=vault.ca_file)
            result = await probe_vault(address_of(), Source(), client, SystemClock())
            await client.aclose()
        assert tokens_seen(vault) > 5
    assert met == []
    assert result.failure is None


async def test_tls_is_not_downgraded_for_a_vault(tmp_path: Path) -> None:
    address = address_of()
    source = Source()
    async with RawServer([ANSWER], close=True, tls=old_tls(server_context.__wrapped__(address.host))) as server:
        await assert_old_clients_are_served(server)
        client = GuardedClient(
            SystemClock(),
            ca_file=write_authority(tmp_path / "ca.pem"),
            connect_to={address.host: ("127.0.0.1", server.port)},
        )
        result = await probe_vault(address, source, client, SystemClock(), timeout=3)
        await client.aclose()
        assert server.received == []
    assert result.failure is not None
    assert result.failure.stage == "tls"
    assert source.asked == []


async def test_a_vault_of_the_right_name_without_its_certificate_gets_nothing() -> None:
    """Whoever answers for the name: with a certificate of no authority, of another name, or with none."""
    address = address_of()
    for tls in (pinned_tls("attacker").context, server_context("evil.example"), None):
        async with RawServer([ANSWER], close=True, tls=tls) as server:
            source = Source()
            client = GuardedClient(SystemClock(), connect_to={address.host: ("127.0.0.1", server.port)})
            result = await probe_vault(address, source, client, SystemClock(), timeout=1)
            await client.aclose()
            assert server.received == []
        assert result.failure is not None
        assert (result.failure.stage, source.asked) == ("tls", [])
