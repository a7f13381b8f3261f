"""The way to the vault: addresses, connections, certificate, and a proxy where the environment names one."""

from __future__ import annotations

import ipaddress
import re
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.clock import SystemClock
from mitui.http import GuardedClient
from mitui.keyvault.connection import address_kind, connect_vault, resolve_vault
from mitui.keyvault.stage import Route
from mitui.keyvault.verdict import Verdict
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import CALLER, Source, address_of, cell, probe, tokens_seen
from tests.support.connect_proxy import connect_proxy


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("20.50.2.10", "public"),
        ("10.0.0.5", "private"),
        ("172.16.4.4", "private"),
        ("100.64.1.1", "private"),
        ("fd00::5", "private"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("169.254.169.254", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("168.63.129.16", "Azure's platform address, not a vault's"),
        ("0.0.0.0", "reserved"),
        ("224.0.0.1", "reserved"),
        ("240.0.0.1", "reserved"),
        ("2603:1000::1", "public"),
        ("x", "not an address"),
    ],
)
def test_each_address_is_told_for_what_it_is(address: str, kind: str) -> None:
    assert address_kind(address) == kind


@settings(deadline=None)  # the machine may be busy
@given(st.ip_addresses())
def test_every_address_has_a_kind(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert address_kind(str(address)) != "not an address"


def answer_look_ups(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """What a resolver would say; the network guard lets no test ask one."""

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda host: (host, [], list(addresses)))


async def test_all_addresses_are_shown_with_their_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_look_ups(monkeypatch, "10.0.0.5", "20.50.2.10")
    client = GuardedClient(SystemClock())
    outcome = await resolve_vault(address_of(), client, SystemClock(), 2.0)
    assert outcome.stage.detail == "10.0.0.5 (private), 20.50.2.10 (public)"
    assert dict(outcome.facts) == {"addresses": "10.0.0.5 20.50.2.10", "address_kind": "mixed"}
    assert outcome.notes == ()
    assert outcome.route == Route(("10.0.0.5", "20.50.2.10"), 443)


async def test_a_private_endpoint_shows_in_the_names_between(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_look_ups(monkeypatch, "20.50.2.10")
    names = ["contoso-kv.vault.azure.net", "contoso-kv.privatelink.vaultcore.azure.net", "\x1b[2J"]
    canonical = "data-prod-weu-region.vaultcore.azure.net"
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda _: (canonical, names, ["20.50.2.10"]))
    outcome = await resolve_vault(address_of(), GuardedClient(SystemClock()), SystemClock(), 2.0)
    assert dict(outcome.facts)["aliases"] == f"contoso-kv.privatelink.vaultcore.azure.net {canonical}"
    assert outcome.stage.detail == (
        f"20.50.2.10 (public), by way of contoso-kv.privatelink.vaultcore.azure.net, {canonical}"
    )


@pytest.mark.parametrize("address", ["127.0.0.1", "168.63.129.16", "169.254.1.1"])
async def test_an_address_that_no_vault_has_points_to_the_hosts_file(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    answer_look_ups(monkeypatch, address)
    outcome = await resolve_vault(address_of(), GuardedClient(SystemClock()), SystemClock(), 2.0)
    [note] = outcome.notes
    assert address in note
    assert "hosts file" in note


async def test_each_address_is_tried_and_the_first_that_answers_is_used() -> None:
    with SimulatedVault() as vault:
        ip, port = vault.address
        outcome = await connect_vault(Route(("127.0.0.9", ip), port), SystemClock(), 2.0)
    assert outcome.failure is None
    assert outcome.route is not None
    assert outcome.route.dial == ip
    assert "127.0.0.9 refused" in outcome.stage.detail
    assert f"{ip} " in outcome.stage.detail


async def test_each_time_says_what_it_is_of() -> None:
    with SimulatedVault() as vault:
        result = await probe(vault)
    assert re.fullmatch(r"127\.0\.0\.1 connected in \d+ ms", result.stages[1].detail)


async def test_the_tls_stage_tells_version_issuer_and_days() -> None:
    with SimulatedVault() as vault:
        result = await probe(vault)
    tls = result.stages[2]
    assert tls.stage == "tls"
    assert tls.detail.startswith("TLSv1.3, issued by ")
    assert tls.detail.endswith("days left")
    assert tls.latency_ms is not None
    assert int(result.fact("days_left")) > 0


async def test_the_environments_proxy_is_used_and_named() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Secrets User")
        async with connect_proxy(vault.address) as (proxy, seen):
            client = GuardedClient(
                SystemClock(), proxies={"HTTPS_PROXY": f"http://user:hunter2@{proxy}"}, ca_file=vault.ca_file
            )
            result = await probe(vault, client=client)
            await client.aclose()
    assert result.failure is None
    assert cell(result, "secrets/get").verdict is Verdict.GRANTED
    assert result.fact("proxy") == proxy
    assert f"through the proxy {proxy}" in result.stages[1].detail
    assert result.stages[2].status == "skipped"
    assert set(seen) == {"CONNECT contoso-kv.vault.azure.net:443 HTTP/1.1"}
    assert "hunter2" not in repr(result)


async def test_a_proxy_that_intercepts_tls_gets_no_token() -> None:
    source = Source()
    with SimulatedVault() as vault:
        async with connect_proxy(vault.address) as (proxy, _):
            client = GuardedClient(SystemClock(), proxies={"HTTPS_PROXY": f"http://{proxy}"})  # trusts no such issuer
            result = await probe(vault, source, client=client)
            await client.aclose()
        assert tokens_seen(vault) == 0
    assert result.failure is not None
    assert (result.failure.stage, result.failure.kind) == ("tls", "vault_tls_failed")
    assert [stage.status for stage in result.stages] == ["ok", "ok", "failed", *["skipped"] * 4]
    assert source.asked == []


async def test_a_proxy_that_is_not_there_is_named() -> None:
    client = GuardedClient(SystemClock(), proxies={"HTTPS_PROXY": "http://127.0.0.1:9"})
    with SimulatedVault() as vault:
        result = await probe(vault, client=client)
    await client.aclose()
    assert result.failure is not None
    assert "the proxy 127.0.0.1:9" in result.failure.message
    assert result.failure.stage == "connect"
