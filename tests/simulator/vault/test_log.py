"""What the vault says about the requests that it got."""

from __future__ import annotations

import threading

import pytest

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import ABSENT, CALLER, VERSION, Wire

RIGHT_BODIES = {
    f"PUT /secrets/{ABSENT}": {"value": ""},
    f"PUT /secrets/{ABSENT}?x=1": {},
    f"POST /keys/{ABSENT}/create": {"kty": "RSA"},
    f"PUT /keys/{ABSENT}": {"key": {"kty": "RSA", "n": "AA", "e": "AQAB"}},
    f"POST /certificates/{ABSENT}/create": {},
    f"POST /certificates/{ABSENT}/import": {"value": "AA"},
    f"PUT /certificates/issuers/{ABSENT}": {"provider": "x"},
    "PUT /certificates/contacts": {"contacts": []},
    "DELETE /secrets/there": None,
    "PATCH /secrets/there/": {"tags": {}},
    "POST /keys/there/rotate": None,
    "PUT /keys/there/rotationpolicy": {},
    "DELETE /keys/there": None,
}


@pytest.mark.parametrize("operation", RIGHT_BODIES)
def test_what_only_a_missing_right_holds_back_is_found(vault: SimulatedVault, wire: Wire, operation: str) -> None:
    vault.secrets["there"] = "x"
    vault.add_key("there")
    method, _, path = operation.partition(" ")
    assert wire.send(method, path, RIGHT_BODIES[operation]).status == 403
    assert [each.path for each in vault.mutating_requests_that_could_succeed()] == [path.partition("?")[0]]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (f"GET /secrets/{ABSENT}", None),
        (f"DELETE /secrets/{ABSENT}", None),
        (f"DELETE /deletedsecrets/{ABSENT}", None),
        (f"POST /deletedsecrets/{ABSENT}/recover", None),
        (f"POST /secrets/{ABSENT}/backup", None),
        ("POST /secrets/restore", {"value": "A" * 86}),
        (f"PATCH /secrets/{ABSENT}/{VERSION}", {"attributes": {"enabled": True}}),
        (f"PUT /secrets/{ABSENT}", b"{"),
        (f"POST /keys/{ABSENT}/create", {"kty": "none"}),
        (f"POST /keys/{ABSENT}/rotate", None),
        (f"POST /keys/{ABSENT}/{VERSION}/sign", {"alg": "RS256", "value": "AAAA"}),
        (f"POST /certificates/{ABSENT}/pending/merge", {"x5c": ["AAAA"]}),
        ("PUT /secrets/a_b", {"value": "x"}),
    ],
)
def test_what_could_change_nothing_is_not(vault: SimulatedVault, wire: Wire, operation: str, body: object) -> None:
    method, _, path = operation.partition(" ")
    wire.send(method, path, body)
    vault.grant(CALLER, "Key Vault Administrator")
    wire.send(method, path, body)
    assert len(vault.requests) == 2
    assert vault.mutating_requests_that_could_succeed() == []


def test_what_did_change_the_vault_is_found_too(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Secrets Officer")
    assert wire.send("PUT", "/secrets/new", {"value": "x"}).status == 200
    assert [each.status for each in vault.mutating_requests_that_could_succeed()] == [200]
    assert vault.secrets["new"] == "x"


def test_a_token_before_the_challenge_is_found(vault: SimulatedVault, wire: Wire) -> None:
    wire.bare("GET", "/healthstatus")
    wire.send("GET", "/secrets")
    wire.bare("GET", "/secrets")
    wire.send("GET", "/secrets")
    assert vault.authorizations_before_challenge() == [vault.requests[1]]


def test_a_token_is_early_where_no_challenge_ever_came(vault: SimulatedVault, wire: Wire) -> None:
    vault.fail("challenge.missing")
    wire.bare("GET", "/secrets")
    wire.send("GET", "/secrets")
    assert vault.authorizations_before_challenge() == [vault.requests[1]]


def test_the_names_in_use(vault: SimulatedVault, wire: Wire) -> None:
    for path in (
        "/secrets",
        f"/secrets/{ABSENT}/versions",
        "/keys/other",
        "/deletedcertificates/third",
        "/healthstatus",
    ):
        wire.bare("GET", path)
    assert vault.names_used() == {ABSENT, "other", "third"}


def test_requests_from_many_threads_are_all_written_down(vault: SimulatedVault) -> None:
    def ask(number: int) -> None:
        client = Wire(vault)
        for _ in range(20):
            client.send("GET", f"/secrets/name-{number}")
        client.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(vault.requests) == 160
    assert vault.names_used() == {f"name-{number}" for number in range(8)}
    assert [each.at for each in vault.requests[-1:]] > [0.0]


def test_a_request_is_written_down_as_it_came(vault: SimulatedVault, wire: Wire) -> None:
    wire.bare("POST", "/keys/restore?api-version=7.4&a=1&a=2", b'{"value":"AA"}', {"User-Agent": "mitui/0 (probe)"})
    (request,) = vault.requests
    assert (request.method, request.path, request.body) == ("POST", "/keys/restore", b'{"value":"AA"}')
    assert request.query == {"api-version": ["7.4"], "a": ["1", "2"]}
    assert request.headers["user-agent"] == "mitui/0 (probe)"
    assert (request.operation, request.status, request.challenged) == ("keys/restore", 401, True)
