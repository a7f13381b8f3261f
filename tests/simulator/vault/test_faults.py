"""Every named fault, as it looks on the wire."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import Any

import pytest

from mitui.simulator.vault.faults import list_vault_faults
from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import ABSENT, CALLER, Wire, token

GET = f"/secrets/{ABSENT}"


def test_an_unknown_fault_or_option_is_named(vault: SimulatedVault) -> None:
    with pytest.raises(ValueError, match=r"no fault is called 'tls\.melted'; there are .*tls\.expired"):
        vault.fail("tls.melted")
    with pytest.raises(ValueError, match=r"service\.throttled takes no speed; options are .*retry_after"):
        vault.fail("service.throttled", speed=3)


def test_a_fault_holds_so_many_times_and_until_healed(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("network.firewall", times=2)
    assert [wire.send("GET", GET).inner for _ in range(3)] == ["ForbiddenByFirewall"] * 2 + ["ForbiddenByRbac"]
    vault.fail("network.firewall")
    vault.fail("permission.numgroups")
    vault.heal("network.firewall")
    assert "numgroups=3;" in wire.send("GET", GET).message
    vault.heal()
    assert "numgroups" not in wire.send("GET", GET).message


def test_a_fault_can_be_kept_to_some_paths_and_moments(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("service.throttled", path="/keys/*")
    assert (wire.send("GET", f"/keys/{ABSENT}").status, wire.send("GET", GET).status) == (429, 403)
    vault.fail("service.unavailable", moments=("health",))
    assert (wire.bare("GET", "/healthstatus").status, wire.send("GET", GET).status) == (503, 403)


def test_faults_add_up(vault: SimulatedVault, wire: Wire) -> None:
    vault.model = "access_policy"
    vault.fail("permission.by_policy")
    vault.fail("permission.numgroups", numgroups=11)
    answer = wire.send("GET", GET)
    assert (answer.inner, "numgroups=11;iss=" in answer.message) == ("ForbiddenByPolicy", True)


def test_a_grant_without_its_headers(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Secrets User")
    vault.fail("permission.no_headers")
    answer = wire.send("GET", GET)
    assert answer.status == 404
    assert not [name for name in answer.headers if "rbac" in name]


def test_errors_without_and_with_another_inner_error(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("permission.no_inner_error", times=1)
    assert set(wire.send("GET", GET).json["error"]) == {"code", "message"}
    vault.fail("permission.inner_error_camel", times=1)
    assert wire.send("GET", GET).json["error"]["innerError"] == {"code": "ForbiddenByRbac"}


def test_decision_reasons(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("permission.reason_null", times=1)
    assert "DecisionReason: null " in wire.send("GET", GET).message
    vault.fail("permission.reason_absent", times=1)
    assert "DecisionReason" not in wire.send("GET", GET).message
    assert "DecisionReason: 'DeniedWithNoValidRBAC' " in wire.send("GET", GET).message


def test_purge_protection_comes_before_existence(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Secrets Officer")
    vault.fail("state.purge_protected")
    answer = wire.send("DELETE", f"/deletedsecrets/{ABSENT}")
    assert (answer.status, answer.code) == (403, "Forbidden")
    assert answer.message.startswith('Operation is not allowed.\r\nOperation: "purge"\r\nCaller: appid=')
    assert answer.message.endswith("Vault: contoso-kv;location=westeurope")


def test_an_old_vault_has_no_soft_delete(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Secrets Officer")
    vault.secrets["a"] = "x"
    vault.fail("state.no_soft_delete")
    answer = wire.send("DELETE", f"/deletedsecrets/{ABSENT}")
    assert (answer.status, answer.code) == (400, "NotSupported")
    assert answer.message == 'Operation "purge" is not enabled for this vault.'
    assert "recoveryId" not in wire.send("DELETE", "/secrets/a").json
    vault.heal()
    assert wire.send("GET", "/deletedsecrets").json["value"] == []


def test_disabled_secrets_and_a_deleted_vault(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Secrets User")
    vault.secrets["a"] = "x"
    vault.fail("state.secret_disabled", times=1)
    assert (answer := wire.send("GET", "/secrets/a")).inner == "SecretDisabled"
    assert "x-ms-keyvault-rbac-assignment-id" in answer.headers
    vault.disable_secret("a")
    assert wire.send("GET", "/secrets/a").message == "Operation get is not allowed on a disabled secret."
    vault.fail("state.soft_deleted")
    answer = wire.send("GET", GET)
    assert (answer.status, answer.code) == (404, "VaultNotFound")
    assert answer.message.startswith("Azure Key Vault 'contoso-kv' has been soft deleted.")


def test_network_faults(vault: SimulatedVault, wire: Wire) -> None:
    for fault, inner in (
        ("network.firewall", "ForbiddenByFirewall"),
        ("network.private_only", "ForbiddenByConnection"),
        ("network.perimeter", "ForbiddenByConnection"),
    ):
        vault.fail(fault, times=1)
        assert wire.send("GET", GET).inner == inner
    vault.fail("network.no_info")
    assert "x-ms-keyvault-network-info" not in wire.bare("GET", "/healthstatus").headers


def test_throttling_with_and_without_retry_after(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("service.throttled", times=1)
    answer = wire.send("GET", GET)
    assert (answer.status, answer.code, "retry-after" in answer.headers) == (429, "Throttled", False)
    assert answer.message.endswith("Reason: VaultRequestTypeLimitReached")
    vault.fail("service.throttled", times=1, retry_after="7")
    assert wire.send("GET", GET).headers["retry-after"] == "7"


def test_a_service_that_fails(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("service.unavailable", times=1)
    answer = wire.send("GET", GET)
    assert (answer.status, answer.headers["content-type"]) == (503, "text/html")
    vault.fail("service.error", times=1)
    assert (answer := wire.send("GET", GET)).status == 500
    assert answer.headers["x-ms-request-id"]


def test_token_faults(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("token.signing_key", times=1)
    assert wire.send("GET", GET).message.startswith("AKV10046: Unable to resolve the key used for signature validation")
    vault.fail("token.revoked", times=1)
    assert "insufficient_claims" in wire.send("GET", GET).headers["www-authenticate"]
    vault.fail("token.other_tenant")
    assert "0b5e3a7c-1111" in wire.bare("GET", GET).headers["www-authenticate"]
    assert wire.send("GET", GET).message.startswith("AKV10032")


def test_redirects_lead_elsewhere(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("hostile.redirect", times=1)
    answer = wire.send("GET", GET)
    assert (answer.status, answer.headers["location"]) == (307, f"https://evil.example.com{GET}")
    vault.fail("challenge.elsewhere", elsewhere="http://127.0.0.1:1")
    assert wire.bare("GET", GET).headers["location"] == f"http://127.0.0.1:1{GET}"


def test_a_next_link_leads_elsewhere(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Reader")
    vault.fail("hostile.next_link")
    assert wire.send("GET", "/secrets").json["nextLink"].startswith("https://evil.example.com:443/secrets?")


def test_a_secret_nobody_asked_for(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("hostile.secret_body", canary="canary-4711")
    assert wire.send("GET", GET).json["value"] == "canary-4711"
    assert wire.bare("GET", GET).status == 401


def test_a_sign_in_page_and_half_an_error(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("hostile.half_json", times=1)
    answer = wire.send("GET", GET)
    assert answer.status == 403
    with pytest.raises(json.JSONDecodeError):
        assert answer.json
    vault.fail("hostile.portal")
    for each in (wire.bare("GET", "/healthstatus"), wire.bare("GET", GET), wire.send("GET", GET)):
        assert (each.status, each.headers["content-type"]) == (200, "text/html")
        assert "x-ms-keyvault-network-info" not in each.headers


def test_a_huge_body_is_announced_and_sent(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("hostile.huge_body", times=1)
    wire.connection.request("GET", GET, headers={"Authorization": f"Bearer {token()}"})
    with wire.connection.getresponse() as reply:
        assert int(reply.getheader("Content-Length", "0")) == 100 * 1024 * 1024
        assert len(reply.read(1 << 20)) == 1 << 20
    wire.close()
    vault.fail("hostile.huge_body", size=1 << 20)
    assert len(wire.send("GET", GET).body) == 1 << 20


def test_a_body_can_drip(vault: SimulatedVault) -> None:
    vault.fail("hostile.slow_drip", pace=0.01)
    slow = Wire(vault)
    started = time.monotonic()
    slow.connection.request("GET", GET, headers={"Authorization": f"Bearer {token()}"})
    with slow.connection.getresponse() as reply:
        # Each byte comes in time for a client that only limits single reads.
        assert len(reply.read(10)) == 10
    assert time.monotonic() - started >= 0.09
    slow.close()
    vault.stop()


def test_a_request_that_is_never_answered(vault: SimulatedVault) -> None:
    vault.fail("wire.silent")
    slow = Wire(vault, timeout=0.1)
    with pytest.raises(TimeoutError):
        slow.send("GET", GET)
    slow.close()
    assert [each.status for each in vault.requests] == [0]


@pytest.mark.parametrize("fault", ["wire.reset", "wire.reset_on_connect"])
def test_connections_are_reset(vault: SimulatedVault, fault: str) -> None:
    vault.fail(fault, times=1)
    client = Wire(vault)
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        client.send("GET", GET)
    client.close()
    again = Wire(vault)
    assert again.send("GET", GET).status == 403
    again.close()


def test_a_half_open_connection_says_nothing(vault: SimulatedVault, wire: Wire) -> None:
    assert wire.send("GET", GET).status == 403
    vault.fail("wire.half_open", times=1)
    with socket.create_connection(vault.address, timeout=0.1) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_every_fault_has_a_word_on_what_it_does_and_can_be_put_in_force(vault: SimulatedVault) -> None:
    listed = list_vault_faults()
    assert len(listed) > 40
    for name, about in listed.items():
        assert about
        vault.fail(name)
    vault.heal()


def test_settings_can_be_assigned_and_have_the_same_effect(vault: SimulatedVault, wire: Wire) -> None:
    values: dict[str, Any] = {"soft_deleted": True, "inner_error": "innerError", "location": "northeurope"}
    for name, value in values.items():
        setattr(vault, name, value)
    answer = wire.send("GET", GET)
    assert (answer.code, answer.headers["x-ms-keyvault-region"]) == ("VaultNotFound", "northeurope")
