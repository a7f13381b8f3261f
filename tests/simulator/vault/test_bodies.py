"""A body of any shape gets an answer, and a broken one changes nothing."""

from __future__ import annotations

import ipaddress
from typing import Final

import pytest

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import CALLER, Wire

OPERATIONS: Final = (
    "PUT /secrets/a",
    "PATCH /secrets/a",
    "POST /secrets/restore",
    "POST /keys/a/create",
    "PUT /keys/a",
    "PATCH /keys/a",
    "POST /keys/a/sign",
    "POST /keys/a/encrypt",
    "POST /keys/a/release",
    "PUT /keys/a/rotationpolicy",
    "POST /certificates/b/create",
    "POST /certificates/b/import",
    "POST /certificates/b/pending/merge",
    "PATCH /certificates/b/policy",
    "PUT /certificates/issuers/a",
    "PUT /certificates/contacts",
)
NAMES: Final = (
    *("value", "contentType", "attributes", "tags", "kty", "key", "key_size", "key_ops", "alg", "digest", "target"),
    *("policy", "x5c", "lifetimeActions", "provider", "contacts"),
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_property_of_the_wrong_type_is_a_400(vault: SimulatedVault, wire: Wire, operation: str) -> None:
    vault.grant(CALLER, "Key Vault Administrator")
    vault.secrets["a"] = "x"
    vault.add_key("a")
    vault.add_certificate("b")
    method, _, path = operation.partition(" ")
    bodies: tuple[object, ...] = (b"{", b"[]", b"null", b'"text"', b"\xff", {"value": 7}, dict.fromkeys(NAMES, 7))
    for body in bodies:
        answer = wire.send(method, path, body)
        assert (answer.status, answer.code) == (400, "BadParameter"), body
    assert vault.mutating_requests_that_could_succeed() == []
    anything: tuple[object, ...] = ([], {}, "text", -1, None)
    for value in anything:
        assert wire.send(method, path, dict.fromkeys(NAMES, value)).status < 500


@pytest.mark.parametrize("query", ["maxresults=0", "maxresults=26", "maxresults=x", "%24skiptoken=x"])
def test_a_page_size_out_of_range_is_a_400(vault: SimulatedVault, wire: Wire, query: str) -> None:
    vault.grant(CALLER, "Key Vault Reader")
    assert wire.send("GET", f"/secrets?{query}").code == "BadParameter"


def test_a_vault_listens_on_loopback_only() -> None:
    for host in ("0.0.0.0", "::", "10.0.0.1"):
        with pytest.raises(ValueError, match="listens on loopback"):
            SimulatedVault(host=host)
    with SimulatedVault(tls=False, host="127.0.0.2") as vault:
        assert ipaddress.ip_address(vault.address[0]).is_loopback
        assert vault.url.startswith("http://127.0.0.2:")
