"""Vaults that are none, and networks that lie: a failure with a sentence, in time, and no token sent."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from mitui.claims import Claims
from mitui.clock import SystemClock
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.token.access_token import AccessToken
from mitui.exchange import Exchange
from mitui.http import GuardedClient
from mitui.keyvault.probe import probe_vault
from mitui.keyvault.probe_result import ProbeResult, VaultFailureKind
from mitui.keyvault.verdict import Verdict
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import (
    CALLER,
    Source,
    address_of,
    cell,
    probe,
    token_for,
    tokens_seen,
)

TIMEOUT = 0.6


def assert_failed(result: ProbeResult, stage: str, kind: str, part: str) -> None:
    assert result.failure is not None
    assert (result.failure.stage, result.failure.kind) == (stage, kind)
    assert part in result.failure.message
    assert "\n" not in result.failure.message
    statuses = {each.stage: each.status for each in result.stages}
    assert statuses[stage] == "failed"  # type: ignore[index]
    names = list(statuses)
    assert all(statuses[name] == "skipped" for name in names[names.index(stage) + 1 :])  # type: ignore[arg-type]
    assert {each.verdict for each in result.permissions} <= {Verdict.UNKNOWN, Verdict.UNTESTED}


@pytest.mark.parametrize(
    ("fault", "moments", "stage", "kind", "part"),
    [
        ("challenge.missing", (), "challenge", "not_a_vault", "no Bearer challenge"),
        ("challenge.other_scheme", (), "challenge", "not_a_vault", "no Bearer challenge"),
        ("challenge.garbage", (), "challenge", "not_a_vault", "no Bearer challenge"),
        ("challenge.duplicated", (), "challenge", "challenge_mismatch", "disagree"),
        ("challenge.hostile_resource", (), "challenge", "challenge_mismatch", "https://management.azure.com"),
        ("challenge.elsewhere", (), "challenge", "not_a_vault", "redirect"),
        ("hostile.redirect", ("health",), "health", "not_a_vault", "redirect"),
        ("hostile.portal", (), "health", "not_a_vault", "intercepts TLS"),
        ("network.no_info", (), "health", "not_a_vault", "without a vault's headers"),
        ("hostile.secret_body", ("challenge",), "challenge", "not_a_vault", "200 and not with 401"),
        ("hostile.huge_body", ("challenge",), "challenge", "not_a_vault", "200 and not with 401"),
        ("hostile.slow_drip", ("challenge",), "challenge", "not_a_vault", "200 and not with 401"),
        ("service.unavailable", ("challenge",), "challenge", "vault_server_error", "503"),
        ("service.throttled", ("challenge",), "challenge", "vault_throttled", "throttles"),
        ("wire.silent", (), "health", "vault_timeout", "within"),
        ("wire.reset", (), "health", "vault_connection_failed", "answer properly"),
        ("wire.half_open", (), "tls", "vault_timeout", "TLS was not agreed within"),
        ("tls.wrong_name", (), "tls", "vault_tls_failed", "not for contoso-kv.vault.azure.net"),
        ("tls.expired", (), "tls", "vault_tls_failed", "expired"),
        ("tls.plain_http", (), "tls", "vault_tls_failed", "does not speak TLS"),
    ],
)
async def test_no_token_is_asked_for_or_sent(
    fault: str, moments: tuple[str, ...], stage: str, kind: str, part: str
) -> None:
    source = Source()
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        vault.fail(fault, moments=moments)  # type: ignore[arg-type]
        started = time.monotonic()
        result = await probe(vault, source, timeout=TIMEOUT)
        elapsed = time.monotonic() - started
        assert tokens_seen(vault) == 0
    assert source.asked == []
    assert elapsed < 3 * TIMEOUT + 1
    assert_failed(result, stage, kind, part)


async def test_a_connection_that_is_reset_at_once_fails_wherever_that_shows_first() -> None:
    source = Source()
    with SimulatedVault() as vault:
        vault.fail("wire.reset_on_connect")
        result = await probe(vault, source, timeout=TIMEOUT)
        assert not vault.requests
    assert source.asked == []
    assert result.failure is not None
    assert result.failure.stage in ("connect", "tls")
    assert_failed(result, result.failure.stage, result.failure.kind, "")


@pytest.mark.parametrize(
    "fault",
    [
        "challenge.authorization_uri",
        "challenge.unquoted",
        "challenge.no_space",
        "challenge.scope",
        "challenge.claims",
        "challenge.hostile_login",
    ],
)
async def test_an_unusual_challenge_of_the_right_vault_is_accepted(fault: str) -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Secrets User")
        vault.fail(fault)
        result = await probe(vault)
    assert result.failure is None
    assert cell(result, "secrets/get").verdict is Verdict.GRANTED


async def test_an_issuer_that_this_host_does_not_trust_may_be_an_intercepting_proxy() -> None:
    source = Source()
    with SimulatedVault() as vault:
        client = GuardedClient(SystemClock(), connect_to={vault.host: vault.address})
        result = await probe(vault, source, client=client)
        await client.aclose()
        assert not vault.requests
    assert_failed(result, "tls", "vault_tls_failed", "intercepts TLS")
    assert result.failure is not None
    assert result.failure.fact("tls_problem") == "unknown_issuer"
    assert source.asked == []


@pytest.mark.parametrize(
    ("source", "kind", "part"),
    [
        (Source(token_for("https://management.azure.com")), "wrong_audience", "AKV10022"),
        (Source(token_for("https://vault.azure.net/")), "wrong_audience", "AKV10022"),
        (Source(token_for(tenant="0b5e3a7c-1111-4c3e-9a55-d2f1c0ffee00")), "wrong_tenant", "AKV10032"),
        (
            Source(TokenFailure(FailureKind.IDENTITY_NOT_FOUND, "Identity not found", "imds", "system", "x", 400)),
            "no_token",
            "Identity not found",
        ),
    ],
)
async def test_a_token_that_the_vault_would_refuse_is_not_sent(source: Source, kind: str, part: str) -> None:
    with SimulatedVault() as vault:
        result = await probe(vault, source)
        assert tokens_seen(vault) == 0
    assert_failed(result, "token", kind, part)


async def test_the_vaults_own_application_id_is_an_audience_too() -> None:
    with SimulatedVault() as vault:
        result = await probe(vault, Source(token_for("cfa8b339-82a2-471a-a3c9-0fc0be7a4093")))
    assert result.failure is None


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (token_for("https://management.azure.com"), "wrong_audience"),
        (token_for(iss="https://sts.windows.net/0b5e3a7c-1111-4c3e-9a55-d2f1c0ffee00/"), "wrong_tenant"),
    ],
)
async def test_what_cannot_be_read_in_a_token_the_vault_says(token: AccessToken, kind: str) -> None:
    with SimulatedVault() as vault:
        result = await probe(vault, Source(replace(token, claims=Claims())))
    assert_failed(result, "permissions", kind, "AKV100")
    assert result.requests_sent == 3


async def test_no_nextlink_and_no_redirect_is_followed() -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Administrator")
        vault.fail("hostile.next_link")
        lists = await probe(vault)
        vault.heal()
        vault.fail("hostile.redirect")
        redirected = await probe(vault)
    assert lists.failure is None
    assert_failed(redirected, "permissions", "vault_reply_invalid", "not followed")


@pytest.mark.parametrize("fault", ["hostile.secret_body", "hostile.huge_body", "hostile.slow_drip"])
async def test_a_body_that_may_be_a_secret_is_never_read(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    with SimulatedVault() as vault, caplog.at_level(logging.DEBUG):
        vault.fail(fault)
        started = time.monotonic()
        result = await probe(vault, depth="deep", timeout=TIMEOUT)
        elapsed = time.monotonic() - started
        assert vault.mutating_requests_that_could_succeed() == []
        assert {each.method for each in vault.requests} == {"GET"}  # the random name seems to exist
        canary = vault.canary
    assert elapsed < 3
    assert canary not in repr(result)
    assert canary not in caplog.text
    assert cell(result, "secrets/get").verdict is Verdict.GRANTED
    assert any("secrets/get" in note and "not read" in note for note in result.notes)


@pytest.mark.parametrize(
    ("fault", "kind"), [("wire.silent", "vault_timeout"), ("wire.reset", "vault_connection_failed")]
)
async def test_a_vault_that_falls_silent_midway_ends_the_probe_in_time(fault: str, kind: str) -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, "Key Vault Secrets User")
        vault.fail(fault, path="/keys/*", moments=("caller",))
        started = time.monotonic()
        result = await probe(vault, timeout=TIMEOUT)
        assert time.monotonic() - started < 2 * TIMEOUT + 1
    assert result.failure is not None
    assert (result.failure.kind, result.failure.stage) == (kind, "permissions")
    assert "stopped answering" in result.failure.message
    assert cell(result, "secrets/get").verdict is Verdict.GRANTED  # what was learnt before stays
    assert cell(result, "keys/get").evidence.startswith("no reply")
    assert cell(result, "certificates/get").evidence.startswith("not asked")
    assert cell(result, "certificates/get").verdict is Verdict.UNKNOWN


async def test_half_an_error_is_no_verdict() -> None:
    with SimulatedVault() as vault:
        vault.fail("hostile.half_json")
        result = await probe(vault)
    assert cell(result, "secrets/get").verdict is Verdict.UNKNOWN
    assert result.model == "unknown"


CHALLENGE = (
    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer "
    b'authorization="https://login.microsoftonline.com/72f9ab01-86f1-41af-91ab-2d7cd011db47", '
    b'resource="https://vault.azure.net"\r\n'
)


@asynccontextmanager
async def raw_vault(answer: Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server on loopback that answers each request head as it likes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(await reader.readuntil(b"\r\n\r\n"), writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def probe_url(url: str, source: Source | None = None) -> ProbeResult:
    client = GuardedClient(SystemClock())
    try:
        address = address_of(url, allow_loopback=True)
        return await probe_vault(address, source or Source(), client, SystemClock(), timeout=TIMEOUT)
    finally:
        await client.aclose()


async def test_a_challenge_with_an_endless_body_is_cut_off() -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        if b"/healthstatus" in head:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        writer.write(CHALLENGE + b"Content-Length: 104857600\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    source = Source()
    async with raw_vault(answer) as url:
        result = await probe_url(url, source)
    assert_failed(result, "challenge", "vault_reply_invalid", "larger than 16,384 bytes")
    assert source.asked == []


async def test_a_challenge_that_drips_is_given_up_in_time() -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        if b"/healthstatus" in head:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        for byte in CHALLENGE + b"Content-Length: 0\r\n\r\n":
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)

    started = time.monotonic()
    async with raw_vault(answer) as url:
        result = await probe_url(url)
    assert time.monotonic() - started < 2
    assert_failed(result, "challenge", "vault_timeout", "within 0.6 s")


async def test_an_error_with_a_secret_in_it_shows_its_code_and_message_only() -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        if b"uthorization" in head:
            body = b'{"value":"canary-17","error":{"code":"SecretNotFound","message":"x","value":"canary-18"}}'
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        else:
            writer.write(CHALLENGE + b"Content-Length: 9\r\n\r\ncanary-19")

    async with raw_vault(answer) as url:
        result = await probe_url(url)
    assert cell(result, "secrets/get").verdict is Verdict.GRANTED
    assert "canary" not in repr(result)


async def test_an_emulator_gets_no_token_of_a_real_identity_endpoint() -> None:
    real = Exchange("GET", "http://169.254.169.254/metadata/identity/oauth2/token", (), 0.0, 1.0, 200)
    source = Source(replace(token_for(), exchanges=(real,)))
    with SimulatedVault(tls=False) as vault:
        result = await probe(vault, source)
        assert tokens_seen(vault) == 0
        assert_failed(result, "token", "no_token", "does not go to a vault on this machine")
        simulated = replace(real, url="http://127.0.0.1:5000/metadata/identity/oauth2/token")
        result = await probe(vault, Source(replace(token_for(), exchanges=(simulated,))))
    assert result.failure is None
    assert [stage.status for stage in result.stages] == ["ok", "ok", "skipped", "ok", "ok", "ok", "ok"]


async def test_the_token_is_nowhere_in_the_result(caplog: pytest.LogCaptureFixture) -> None:
    source = Source()
    with SimulatedVault() as vault, caplog.at_level(logging.DEBUG):
        result = await probe(vault, source)
    token = source.token
    assert not isinstance(token, TokenFailure)
    for part in token.secret.reveal().split("."):
        assert part not in repr(result)
        assert part not in caplog.text


async def test_nobody_listening_and_an_unknown_name_are_told_apart() -> None:
    refused = await probe_url("http://127.0.0.1:9")
    assert_failed(refused, "connect", "vault_connection_failed", "refused")
    client = GuardedClient(SystemClock())
    unknown = await probe_vault(address_of(), Source(), client, SystemClock(), timeout=TIMEOUT)
    await client.aclose()
    assert_failed(unknown, "resolve", "vault_name_not_resolved", "contoso-kv.vault.azure.net can't be resolved")
    assert unknown.requests_sent == 0
    assert unknown.failure is not None
    assert unknown.failure.kind is VaultFailureKind.NAME_NOT_RESOLVED
