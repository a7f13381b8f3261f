"""Starting, stopping, recording, and switching faults on and off."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from mitui.simulator.faults.table import list_faults
from mitui.simulator.host import SimulatedHost, default_identities
from tests.simulator.wire import ask, ask_token, token_headers, token_target

_VAULT = {"resource": "https://vault.azure.net"}
_WEB, _JOBS = default_identities()


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", "::", "169.254.169.253"])
def test_it_listens_on_nothing_but_loopback(address: str) -> None:
    with pytest.raises(ValueError, match="listens on loopback"):
        SimulatedHost("imds", host=address)


def test_the_address_of_imds_may_be_asked_for() -> None:
    assert SimulatedHost("imds", host="169.254.169.254", port=80).port == 80


def test_an_unknown_kind_or_fault_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="imds, app_service"):
        SimulatedHost("gcp")
    with SimulatedHost("imds") as host:
        with pytest.raises(ValueError, match=r"no fault 'nonsense'; it has imds\.ok"):
            host.fail("nonsense")
        with pytest.raises(ValueError, match=r"a simulated imds host has no fault 'as\.500'"):
            host.fail("as.500")


def test_it_starts_and_stops_at_once_and_frees_its_port() -> None:
    started = time.perf_counter()
    for _ in range(10):
        with SimulatedHost("imds") as host:
            port = host.port
    assert (time.perf_counter() - started) / 10 < 0.05
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_stopping_ends_requests_that_hang() -> None:
    host = SimulatedHost("imds").start()
    host.fail("blackhole")
    ended: list[BaseException] = []

    def hang() -> None:
        try:
            ask_token(host)
        except OSError as reason:
            ended.append(reason)

    waiting = threading.Thread(target=hang)
    waiting.start()
    while not host.requests:
        time.sleep(0.001)
    host.stop()
    waiting.join(2)
    assert not waiting.is_alive()
    assert len(ended) == 1


def test_requests_are_recorded_as_they_came() -> None:
    with SimulatedHost("imds") as host:
        before = time.time()
        ask_token(host, client_id=_WEB.client_id)
        ask(host, "/x%20y?a=1&a=2&b=", {"X-Odd": "v"}, method="POST", body="form=1")
        first, second = host.requests
    assert (first.method, first.path) == ("GET", "/metadata/identity/oauth2/token")
    assert first.query["client_id"] == [_WEB.client_id]
    assert first.headers["metadata"] == "true"
    assert before <= first.at <= time.time()
    assert (second.path, second.query, second.body) == ("/x y", {"a": ["1", "2"], "b": [""]}, b"form=1")


def test_recording_holds_under_many_threads() -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.throttle", times=10)
        statuses: list[int] = []
        threads = [
            threading.Thread(target=lambda: statuses.extend(ask_token(host).status for _ in range(5))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(host.requests) == 40
    assert sorted(statuses) == [200] * 30 + [429] * 10


def test_a_fault_counts_narrows_and_heals() -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.throttle", times=2)
        assert [ask_token(host).status for _ in range(3)] == [429, 429, 200]
        host.fail("imds.gone", match=_VAULT)
        assert ask_token(host).status == 410
        assert ask_token(host, "https://storage.azure.com").status == 200
        host.heal("imds.throttle")
        assert ask_token(host).status == 410
        host.heal()
        assert ask_token(host).status == 200


@pytest.mark.parametrize("word", ["web", _WEB.client_id, _WEB.object_id.upper(), _WEB.resource_id])
def test_a_fault_of_one_identity_by_any_of_its_names(word: str) -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.notfound", match={"identity": word})
        assert ask_token(host, msi_res_id=_WEB.resource_id).status == 400
        assert ask_token(host, object_id=_JOBS.object_id).status == 200
        assert ask_token(host).status == 200


def test_a_fault_of_the_system_assigned_identity_and_of_a_path() -> None:
    target = "/metadata/instance?api-version=2021-02-01"
    with SimulatedHost("imds") as host:
        host.fail("imds.notfound", match={"identity": "system"})
        assert ask_token(host).status == 400
        assert ask_token(host, client_id=_WEB.client_id).status == 200
        assert ask(host, target, {"Metadata": "true"}).status == 200
        host.fail("imds.throttle", match={"path": "/metadata/instance"})
        assert ask(host, target, {"Metadata": "true"}).status == 429


def test_a_fault_that_lasts_some_time() -> None:
    now = 1_700_000_000.0
    with SimulatedHost("imds", now=lambda: now) as host:
        host.fail("imds.gone", lasting=45)
        assert ask_token(host).status == 410
        now += 44
        assert ask_token(host).status == 410
        now += 1
        assert ask_token(host).status == 200


def test_the_fault_switched_on_last_comes_first() -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.gone")
        host.fail("imds.throttle", times=1)
        assert [ask_token(host).status for _ in range(2)] == [429, 410]


def test_a_form_is_matched_like_a_query() -> None:
    with SimulatedHost("cloud_shell") as host:
        host.fail("cs.session", match=_VAULT)
        assert ask_token(host).status == 400
        assert ask_token(host, "https://storage.azure.com").status == 200


def test_faults_are_listed_for_each_kind() -> None:
    everything = {fault.name for fault in list_faults()}
    assert {fault.name for fault in list_faults("azure_ml")} < everything
    assert all(fault.words for fault in list_faults())


def test_no_secret_in_what_a_host_shows_of_itself() -> None:
    with SimulatedHost("app_service") as host:
        raw = ask(host, token_target(host), token_headers(host)).json["access_token"]
        assert raw not in repr(host)
        assert host.secret not in repr(host)
