"""Every named fault, once, as a client meets it."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Callable
from typing import Final

import pytest

from mitui.simulator.faults.table import FAULTS, list_faults
from mitui.simulator.host import SimulatedHost
from mitui.simulator.kinds import KINDS
from tests.simulator.sdk_clients import claims_of
from tests.simulator.wire import Answer, ask, ask_arc_token, ask_token, connect, exchange, token_headers, token_target

Check = Callable[[Answer], bool]


def _flat(status: int, error: str, words: str) -> Check:
    return lambda answer: (
        answer.status == status and answer.json["error"] == error and words in answer.json["error_description"]
    )


def _app(status: int, words: str) -> Check:
    return lambda answer: (
        answer.status == status and words in answer.json["message"] and "x-correlation-id" in answer.headers
    )


def _nested(status: int, code: str) -> Check:
    return lambda answer: answer.status == status and answer.json["error"]["code"] == code


def _expires_on(pattern: str) -> Check:
    return lambda answer: answer.status == 200 and bool(re.fullmatch(pattern, answer.json["expires_on"]))


def _page(answer: Answer) -> bool:
    return answer.headers["content-type"].startswith("text/html") and b"<html>" in answer.body


def _broken_json(answer: Answer) -> bool:
    with pytest.raises(ValueError, match=r"\w"):
        json.loads(answer.body)
    return True


_REPLIES: Final[dict[str, tuple[str, Check]]] = {
    "imds.ok": ("imds", lambda answer: answer.status == 200),
    "imds.nohdr": ("imds", _flat(400, "invalid_request", "Required metadata header")),
    "imds.notfound": ("imds", _flat(400, "invalid_request", "Identity not found")),
    "imds.multi": ("imds", _flat(400, "invalid_request", "Multiple user assigned identities exist")),
    "imds.badres": ("imds", _flat(400, "invalid_resource", "AADSTS500011")),
    "imds.unauthorized": ("imds", _flat(400, "unauthorized_client", "AADSTS700016")),
    "imds.throttle": ("imds", _flat(429, "invalid_request", "Temporarily throttled")),
    "imds.gone": ("imds", lambda answer: (answer.status, answer.body) == (410, b"")),
    "imds.updating": ("imds", lambda answer: (answer.status, answer.json) == (404, {"error": "Not found"})),
    "imds.restart": ("imds", lambda answer: answer.status == 500 and "IIS" in answer.headers["server"]),
    "imds.unknown": ("imds", _flat(500, "unknown", "Failed to retrieve token")),
    "imds.info": ("imds", lambda answer: answer.status == 200),
    "docker": (
        "imds",
        lambda answer: (
            answer.status == 403
            and answer.reason.startswith("connecting to 169.254.169.254:80:")
            and answer.body.decode() == answer.reason
            and answer.headers["connection"] == "close"
        ),
    ),
    "proxy": ("imds", lambda answer: answer.status == 403 and "squid" in answer.headers["server"] and _page(answer)),
    "mesh": ("imds", lambda answer: answer.status == 503 and answer.headers["server"] == "envoy"),
    "linkerd": ("imds", lambda answer: answer.status == 502 and "l5d-proxy-error" in answer.headers),
    "proxy_agent": (
        "imds",
        lambda answer: (answer.status, answer.body, answer.headers["connection"]) == (403, b"", "close"),
    ),
    "as.ok": ("app_service", lambda answer: answer.status == 200),
    "as.2017.win": ("app_service", _expires_on(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M \+00:00")),
    "as.2017.linux": ("app_service", _expires_on(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d \+00:00")),
    "as.iso": ("app_service", _expires_on(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.0000000\+00:00")),
    "as.noid": ("app_service", _app(400, "No Managed Identity found")),
    "as.noid.pascal": ("app_service", lambda answer: answer.json["Message"].startswith("No Managed Identity found")),
    "as.401": ("app_service", _app(401, "Unauthorized")),
    "as.500": ("app_service", _app(500, "while fetching the AAD Token")),
    "aca.noid": ("container_apps", _app(400, "No User Assigned or Delegated Managed Identity")),
    "aca.403": ("container_apps", lambda answer: (answer.status, answer.headers["content-length"]) == (403, "0")),
    "ml.nomsi": ("azure_ml", lambda answer: answer.status == 404 and answer.body.startswith(b"InternalError")),
    "ml.user": ("azure_ml", lambda answer: claims_of(answer.json["access_token"])["idtyp"] == "user"),
    "cs.aud": ("cloud_shell", _nested(400, "AudienceNotSupported")),
    "cs.session": ("cloud_shell", _nested(400, "SessionNotFound")),
    "sf.nosecret": ("service_fabric", _nested(401, "SecretHeaderNotFound")),
    "sf.noid": ("service_fabric", _nested(404, "ManagedIdentityNotFound")),
    **{
        f"wi.{code}": ("workload_identity", _flat(status, error, f"AADSTS{code}: "))
        for code, status, error in (
            (70021, 400, "invalid_request"),
            (700211, 401, "invalid_client"),
            (700212, 401, "invalid_client"),
            (700213, 401, "invalid_client"),
            (7002138, 401, "invalid_client"),
            (700016, 400, "unauthorized_client"),
            (700024, 401, "invalid_client"),
            (700222, 400, "invalid_request"),
            (70023, 401, "invalid_client"),
            (700027, 401, "invalid_client"),
            (90002, 400, "invalid_request"),
            (53003, 400, "access_denied"),
            (7000112, 401, "unauthorized_client"),
            (500011, 400, "invalid_resource"),
            (65001, 400, "invalid_grant"),
            (7000215, 401, "invalid_client"),
        )
    },
    "wi.throttle": ("workload_identity", lambda answer: (answer.status, answer.headers["retry-after"]) == (429, "1")),
    "wi.noexpiry": ("workload_identity", lambda answer: set(answer.json) == {"token_type", "access_token"}),
    "wi.textexpiry": ("workload_identity", lambda answer: answer.json["expires_in"] == "86700"),
    "wi.portal": ("workload_identity", lambda answer: answer.status == 403 and _page(answer)),
    "html": ("imds", lambda answer: answer.status == 200 and _page(answer)),
    "half-json": ("imds", _broken_json),
    "wrong-length": ("app_service", _broken_json),
    "garbage": ("imds", lambda answer: len(answer.body) == 1 << 20),
    "empty-body": ("imds", lambda answer: (answer.status, answer.body) == (200, b"")),
    "not-a-jwt": ("imds", lambda answer: "." not in answer.json["access_token"]),
    "opaque": ("imds", lambda answer: answer.json["access_token"].count(".") == 4),
    "expired": ("imds", lambda answer: int(answer.json["expires_in"]) == -3600),
    "expiring": ("imds", lambda answer: int(answer.json["expires_in"]) == 252),
}
_IN_TESTS_OF_THEIR_OWN: Final = {
    *(name for name in FAULTS if name.startswith("arc.")),
    "imds.nov2",
    "imds.v2",
    "vpn",
    "as.redirect",
    "sf.wrongpin",
    "wi.untrusted",
    "wi.expired",
    "slow",
    "blackhole",
    "reset",
    "closed",
    "drip",
    "truncated",
    "huge",
}


def test_no_fault_is_left_out() -> None:
    assert {fault.name for fault in list_faults()} == set(_REPLIES) | _IN_TESTS_OF_THEIR_OWN
    assert not set(_REPLIES) & _IN_TESTS_OF_THEIR_OWN


@pytest.mark.parametrize("name", _REPLIES)
def test_a_fault_answers_as_the_field_does(name: str) -> None:
    kind, check = _REPLIES[name]
    with SimulatedHost(kind, now=lambda: 1_700_000_000) as host:
        host.fail(name, times=1)
        assert check(ask_token(host))
        assert ask_token(host).status == 200


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "azure_arc"])
@pytest.mark.parametrize("name", ["html", "half-json", "not-a-jwt", "expired", "truncated", "reset", "closed"])
def test_every_kind_of_host_has_the_faults_of_transport(kind: str, name: str) -> None:
    with SimulatedHost(kind) as host:
        healthy = len(ask_token(host).body)
        host.fail(name, times=1)
        try:
            answer = ask_token(host)
        except (OSError, http.client.HTTPException):
            assert name in ("truncated", "reset", "closed")
        else:
            assert name not in ("truncated", "reset", "closed")
            assert len(answer.body) != healthy or name == "expired"
        assert ask_token(host).status == 200


def test_throttling_can_name_a_pause() -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.throttle", times=1)
        assert "retry-after" not in ask_token(host).headers
        host.fail("imds.throttle", times=1, retry_after=7)
        assert ask_token(host).headers["retry-after"] == "7"


def test_a_proxy_can_answer_with_other_statuses_and_for_every_path() -> None:
    with SimulatedHost("imds") as host:
        host.fail("proxy", status=502)
        assert ask_token(host).status == 502
        assert ask(host, "/metadata/instance?api-version=2021-02-01", {"Metadata": "true"}).status == 502


def test_a_vpn_resets_connections_even_those_that_are_open() -> None:
    with SimulatedHost("imds") as host:
        connection = connect(host)
        assert exchange(connection, token_target(host), token_headers(host)).status == 200
        host.fail("vpn")
        with pytest.raises((OSError, http.client.HTTPException)):
            exchange(connection, token_target(host), token_headers(host))
        connection.close()
        with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
            ask_token(host)
        assert len(host.requests) == 1
        host.heal()
        assert ask_token(host).status == 200


def test_a_redirect_leads_to_a_port_that_records_what_follows_it() -> None:
    with SimulatedHost("app_service") as host:
        host.fail("as.redirect", times=1)
        answer = ask_token(host)
        assert answer.status == 302
        assert host.decoy_requests == []
        location = answer.headers["location"]
        port = int(location.split(":")[2].partition("/")[0])
        assert port != host.port
        other = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        exchange(other, "/msi/token", {"X-IDENTITY-HEADER": "leaked"})
        other.close()
        assert host.decoy_requests[0].headers["x-identity-header"] == "leaked"


@pytest.mark.parametrize(
    ("name", "trouble"), [("reset", ConnectionResetError), ("closed", http.client.RemoteDisconnected)]
)
def test_a_connection_that_ends_without_a_reply(name: str, trouble: type[Exception]) -> None:
    with SimulatedHost("imds") as host:
        host.fail(name)
        with pytest.raises(trouble):
            ask_token(host)


def test_a_black_hole_takes_the_request_and_says_nothing() -> None:
    with SimulatedHost("imds") as host:
        host.fail("blackhole")
        connection = connect(host, timeout=0.2)
        with pytest.raises(TimeoutError):
            exchange(connection, token_target(host), token_headers(host))
        connection.close()
        assert len(host.requests) == 1


def test_slow_is_as_slow_as_it_is_told() -> None:
    with SimulatedHost("imds") as host:
        host.fail("slow", seconds=0.15)
        started = time.perf_counter()
        assert ask_token(host).status == 200
        assert time.perf_counter() - started >= 0.15


def _raw(host: SimulatedHost) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", host.port), timeout=5)
    headers = "".join(f"{name}: {value}\r\n" for name, value in token_headers(host).items())
    connection.sendall(f"GET {token_target(host)} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())
    return connection


def test_a_drip_comes_byte_by_byte() -> None:
    with SimulatedHost("imds") as host:
        host.fail("drip", pace=0.01)
        with _raw(host) as connection:
            received = b""
            while b"\r\n\r\n" not in received:
                received += connection.recv(65_536)
            pieces = [connection.recv(65_536) for _ in range(5)]
    assert max(len(piece) for piece in pieces) < 10


def test_an_endless_body_goes_on() -> None:
    with SimulatedHost("imds") as host:
        host.fail("huge")
        with _raw(host) as connection:
            received = 0
            while received < 5 << 20:
                piece = connection.recv(1 << 20)
                assert piece
                received += len(piece)


def test_a_truncated_body_is_shorter_than_announced() -> None:
    with SimulatedHost("imds") as host:
        host.fail("truncated")
        with pytest.raises(http.client.IncompleteRead):
            ask_token(host)


def test_a_page_in_place_of_a_challenge() -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail("html", match={"identity": "system"}, times=1)
        assert _page(ask_token(host))
        assert ask_arc_token(host).status == 200
