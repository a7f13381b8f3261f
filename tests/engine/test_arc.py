"""Azure Arc: both legs, and which key files are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mitui.engine.arc_key_file import key_path, read_key
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.secret import Secret
from mitui.simulator.host import SimulatedHost, default_identities
from tests.engine.support import SYSTEM, VAULT, engine_on, failure, selected, token

WEB = default_identities()[0]
FOLDER = "/var/opt/azcmagent/tokens"


@pytest.mark.parametrize("fault", ["arc.evil.quoted", "arc.evil.newline"])
async def test_odd_but_good_challenges_are_answered(fault: str) -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail(fault)
        async with engine_on(host) as engine:
            token(await engine.acquire(SYSTEM, VAULT))
        assert len(host.requests) == 2


@pytest.mark.parametrize(
    ("fault", "kind", "requests"),
    [
        ("arc.evil", FailureKind.KEY_FILE_REFUSED, 1),
        ("arc.evil.traversal", FailureKind.KEY_FILE_REFUSED, 1),
        ("arc.evil.symlink", FailureKind.KEY_FILE_REFUSED, 1),
        ("arc.evil.big", FailureKind.KEY_FILE_REFUSED, 1),
        ("arc.evil.fifo", FailureKind.KEY_FILE_REFUSED, 1),
        ("arc.evil.digest", FailureKind.CHALLENGE_MISSING, 1),
        ("arc.evil.silent", FailureKind.CHALLENGE_MISSING, 1),
        ("arc.nokey", FailureKind.KEY_FILE_MISSING, 2),
        ("arc.stale", FailureKind.UNAUTHORIZED, 4),
        ("arc.challenge", FailureKind.UNAUTHORIZED, 4),
    ],
)
async def test_bad_challenges_end_in_their_failure(fault: str, kind: FailureKind, requests: int) -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail(fault)
        async with engine_on(host) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
        assert len(host.requests) == requests
        sent = [request.headers.get("authorization", "") for request in host.requests]
    assert got.kind is kind
    assert got.attempts == 1
    if requests == 1:
        assert sent == [""], "the second leg was not sent"


@pytest.mark.parametrize("fault", ["arc.nokey", "arc.stale"])
async def test_a_used_key_restarts_the_exchange_once(fault: str) -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail(fault, times=1)
        async with engine_on(host) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
    assert got.attempts == 1
    assert len(got.exchanges) == len(host.requests)


@pytest.mark.parametrize("selector", ["client_id", "object_id", "resource_id"])
async def test_an_agent_that_ignores_the_selector_is_not_believed(selector: str) -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail("arc.ok.legacy")
        async with engine_on(host) as engine:
            got = failure(await engine.acquire(selected(selector, WEB), VAULT))
            token(await engine.acquire(SYSTEM, VAULT))
    assert got.kind is FailureKind.IDENTITY_ECHO_MISSING


async def test_an_identity_that_is_not_assigned() -> None:
    with SimulatedHost("azure_arc", identities=[]) as host:
        async with engine_on(host) as engine:
            got = failure(await engine.acquire(selected("client_id", WEB), VAULT))
    assert got.kind is FailureKind.IDENTITY_NOT_FOUND
    assert got.http_status == 404


async def test_the_key_never_shows() -> None:
    with SimulatedHost("azure_arc") as host:
        async with engine_on(host) as engine:
            got = token(await engine.acquire(SYSTEM, VAULT))
        key = host.requests[1].headers["authorization"].removeprefix("Basic ")
    assert key
    assert key not in repr(got)
    assert "Authorization" in got.exchanges[1].header_names


async def test_an_endpoint_that_is_no_arc_agent() -> None:
    with SimulatedHost("app_service") as other, SimulatedHost("azure_arc") as host:
        variables = {"IDENTITY_ENDPOINT": other.url + "/msi/token"}
        other.fail("half-json")
        async with engine_on(host, variables=variables) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
    assert got.kind is FailureKind.CHALLENGE_MISSING
    assert "401" in got.message


@pytest.mark.parametrize(
    "realm",
    [
        "/etc/shadow",
        f"{FOLDER}/../x.key",
        f"{FOLDER}//x.key",
        f"{FOLDER}/sub/x.key",
        f"{FOLDER}/x.key.txt",
        f"{FOLDER}/x y.key",
        f"{FOLDER}/.key",
        f"{FOLDER}/x\0.key",
        f"{FOLDER}/ünï.key",
        "var/opt/azcmagent/tokens/x.key",
        "x.key",
        FOLDER,
        f"{FOLDER}/x.key, Basic realm={FOLDER}/y.key",
    ],
)
def test_only_a_key_in_the_agents_directory_may_be_named(realm: str) -> None:
    refused = key_path(HostEnvironment(), [f"Basic realm={realm}"])
    assert isinstance(refused, Refusal)
    assert refused.kind is FailureKind.KEY_FILE_REFUSED


@pytest.mark.parametrize(
    "challenge",
    ["Basic realm={}", 'Basic realm="{}"', "basic REALM={}", "BASIC  realm = {} "],
)
def test_the_spellings_of_a_challenge(challenge: str) -> None:
    path = f"{FOLDER}/5a0e-X.key"
    assert key_path(HostEnvironment(), ["Negotiate", challenge.format(path)]) == path


def test_the_directory_on_windows() -> None:
    windows = HostEnvironment({"ProgramData": r"D:\Data"}, platform="win32")
    path = r"D:\Data\AzureConnectedMachineAgent\Tokens\ab.key"
    assert key_path(windows, [f"Basic realm={path}"]) == path
    assert key_path(windows, [f"Basic realm={path.upper().replace('AB.KEY', 'ab.key')}"]) != ""
    assert isinstance(key_path(windows, [f"Basic realm={FOLDER}/ab.key"]), Refusal)


@pytest.fixture
def agent(tmp_path: Path) -> HostEnvironment:
    (tmp_path / FOLDER.lstrip("/")).mkdir(parents=True)
    return HostEnvironment({}, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe\x00k", b"a\x00b", b"x" * 4097])
def test_a_file_that_holds_no_key(agent: HostEnvironment, content: bytes) -> None:
    path = f"{FOLDER}/k.key"
    agent.path(path).write_bytes(content)
    refused = read_key(agent, path)
    assert isinstance(refused, Refusal)
    assert refused.kind is FailureKind.KEY_FILE_REFUSED


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_a_line_end_is_not_part_of_the_key(agent: HostEnvironment, ending: bytes) -> None:
    path = f"{FOLDER}/k.key"
    agent.path(path).write_bytes(b"k" * 4000 + ending)
    assert read_key(agent, path) == Secret("k" * 4000)


def test_a_directory_in_place_of_the_key(agent: HostEnvironment) -> None:
    agent.path(f"{FOLDER}/k.key").mkdir()
    assert isinstance(read_key(agent, f"{FOLDER}/k.key"), Refusal)


def test_permission_denied_names_the_group(agent: HostEnvironment) -> None:
    path = f"{FOLDER}/k.key"
    agent.path(path).write_text("key")
    agent.path(path).chmod(0o000)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        refused = read_key(agent, path)
    finally:
        os.seteuid(before)
    assert isinstance(refused, Refusal)
    assert refused.kind is FailureKind.KEY_FILE_UNREADABLE
    assert "himds" in refused.message
    assert dict(refused.facts)["group"] == "himds"
