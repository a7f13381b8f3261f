"""What a host and a vault tell of each request, and faults that wait or that are misspelt."""

from __future__ import annotations

import time

import pytest

from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.served import Served
from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import CALLER, Wire
from tests.simulator.wire import VAULT, ask, ask_exchange, ask_token

_WEB = default_identities()[0]
_ARM = "https://management.azure.com/"


def test_each_request_is_told_once_it_is_answered() -> None:
    told: list[Served] = []
    with SimulatedHost("imds") as host:
        host.watch = told.append
        host.fail("imds.throttle", times=1)
        ask_token(host)
        ask_token(host, client_id=_WEB.client_id)
        ask_token(host, client_id="nobody")
    assert [(each.identity, each.status, each.fault) for each in told] == [
        ("system", 429, "imds.throttle"),
        ("web", 200, ""),
        ("nobody", 400, ""),
    ]
    assert {(each.method, each.path, each.resource) for each in told} == {
        ("GET", "/metadata/identity/oauth2/token", VAULT)
    }


def test_a_scope_is_told_as_its_resource() -> None:
    told: list[Served] = []
    with SimulatedHost("workload_identity") as host:
        host.watch = told.append
        host.fail("wi.throttle", match={"resource": VAULT})
        assert ask_exchange(host).status == 429
        assert ask_exchange(host, _ARM).status == 200
    assert [(each.identity, each.resource, each.fault) for each in told] == [
        ("web", VAULT, "wi.throttle"),
        ("web", _ARM, ""),
    ]


def test_a_vault_tells_whose_token_it_saw() -> None:
    told: list[Served] = []
    with SimulatedVault(tls=False) as vault:
        vault.watch = told.append
        client = Wire(vault)
        client.bare("GET", "/secrets/db?api-version=7.4")
        client.send("GET", "/secrets/db")
        client.close()
    assert [(each.server, each.path, each.status) for each in told] == [
        ("contoso-kv", "/secrets/db", 401),
        ("contoso-kv", "/secrets/db", 403),
    ]
    assert (told[0].identity, told[0].resource) == ("", "")
    assert told[1].resource == VAULT
    assert told[1].identity == CALLER


def test_a_fault_that_spares_the_first_requests() -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.gone", times=1, match={"resource": VAULT}, after=2)
        assert ask_token(host, _ARM).status == 200
        assert [ask_token(host).status for _ in range(4)] == [200, 200, 410, 200]


def test_an_option_that_a_fault_has_not_is_refused() -> None:
    with SimulatedHost("imds") as host:
        with pytest.raises(ValueError, match=r"imds\.throttle has no option 'retryafter'; its options: retry_after"):
            host.fail("imds.throttle", retryafter=3)
        with pytest.raises(ValueError, match=r"imds\.gone has no option 'status'; its options: none"):
            host.fail("imds.gone", status=3)


def test_latency_delays_every_answer() -> None:
    with SimulatedHost("imds") as host:
        host.latency = 0.2
        started = time.perf_counter()
        assert ask_token(host).status == 200
        assert time.perf_counter() - started >= 0.2


def test_resource_manager_knows_the_subscription_and_the_tenant() -> None:
    with SimulatedHost("imds") as host:
        bearer = {"Authorization": f"Bearer {ask_token(host, _ARM).json['access_token']}"}
        [subscription] = ask(host, "/subscriptions?api-version=2022-12-01", bearer).json["value"]
        assert ask(host, f"{subscription['id']}?api-version=2022-12-01", bearer).json == subscription
        [tenant] = ask(host, "/tenants?api-version=2022-12-01", bearer).json["value"]
        assert tenant["tenantId"] == subscription["tenantId"] == host.tenant
        assert subscription["state"] == "Enabled"
        assert ask(host, "/subscriptions?api-version=2022-12-01").status == 401
