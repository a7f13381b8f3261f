"""Whatever an endpoint sends, an acquisition ends in a token or a typed failure, in time and in bounded memory."""

from __future__ import annotations

import asyncio
import json
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId, Identity
from mitui.engine.token.access_token import AccessToken
from mitui.simulator.host import SimulatedHost
from mitui.simulator.sources.pinned_tls import pinned_tls
from tests.engine.support import SYSTEM, VAULT, engine_in, engine_on, failure
from tests.support.raw_server import RawServer

TIMEOUT = 0.25
SOURCES = ("imds", "app_service", "azure_arc", "azure_ml", "cloud_shell", "service_fabric")
WEB = ClientId("6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        *("access_token", "expires_on", "expires_in", "refresh_in", "token_type", "client_id", "resource"),
        *("error", "error_description", "message", "statusCode", "Message", "code", "ExceptionMessage"),
    ]
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(FIELDS, VALUES, max_size=6).map(lambda body: json.dumps(body).encode()),
    VALUES.map(lambda body: json.dumps(body).encode()),
    st.text(max_size=100).map(lambda text: f"<html><title>{text}</title>".encode("utf-8", "replace")),
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"Server", b"Retry-After", b"Date", b"Location", b"WWW-Authenticate", b"Content-Encoding"]),
        st.one_of(
            st.binary(max_size=40).map(lambda text: text.translate(None, b"\r\n\0")),
            st.sampled_from(
                [
                    b"IMDS/150",
                    b"-1",
                    b"99999999999999999999",
                    b"Sun, 06 Nov 1994 08:49:37 GMT",
                    b"Sun, 99 Xxx 9999 99:99:99 GMT",
                    b"Basic realm=/etc/shadow",
                    b"Basic realm=/var/opt/azcmagent/tokens/good.key",
                    b"gzip",
                ]
            ),
        ),
    ),
    max_size=4,
)
STATUSES = st.one_of(
    st.sampled_from([200, 201, 204, 301, 304, 400, 401, 403, 404, 408, 410, 429, 500, 503]), st.integers(100, 999)
)


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """How the endpoint answers; ``wrong_by`` falsifies Content-Length, ``cut_at`` ends the connection early."""

    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    wrong_by: int = 0
    cut_at: int | None = None
    drip: bool = False

    def pieces(self) -> list[bytes]:
        lines = [b"HTTP/1.1 %d Whatever" % self.status, b"Content-Length: %d" % max(0, len(self.body) + self.wrong_by)]
        lines += [name + b": " + value for name, value in self.headers]
        text = (b"\r\n".join(lines) + b"\r\n\r\n" + self.body)[: self.cut_at]
        return [text[start : start + 1] for start in range(len(text))] if self.drip else [text]


MISBEHAVIOURS = st.builds(
    Misbehaviour,
    status=STATUSES,
    headers=HEADERS.map(tuple),
    body=BODIES,
    wrong_by=st.sampled_from([0, 0, 0, -1, -7, 5, 1 << 60]),
    cut_at=st.none() | st.integers(0, 200),
    drip=st.sampled_from([False, False, False, True]),
)


def _variables(source: str, url: str) -> dict[str, str]:
    if source == "imds":
        return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": url}
    if source == "app_service":
        return {"IDENTITY_ENDPOINT": url, "IDENTITY_HEADER": "CANARY-HEADER"}
    if source == "azure_arc":
        return {"IDENTITY_ENDPOINT": url, "IMDS_ENDPOINT": url}
    if source == "azure_ml":
        return {"MSI_ENDPOINT": url, "MSI_SECRET": "CANARY-HEADER"}
    if source == "cloud_shell":
        return {"MSI_ENDPOINT": url}
    return {
        "IDENTITY_ENDPOINT": url,
        "IDENTITY_HEADER": "CANARY-HEADER",
        "IDENTITY_SERVER_THUMBPRINT": pinned_tls("node").thumbprint,
    }


async def _meet(source: str, misbehaviour: Misbehaviour, root: Path, identity: Identity) -> Any:
    tls = pinned_tls("node").context if source == "service_fabric" else None
    async with RawServer(misbehaviour.pieces(), pace=0.002 if misbehaviour.drip else 0, close=True, tls=tls) as server:
        environment = HostEnvironment(MappingProxyType(_variables(source, server.url)), root)
        async with engine_in(environment, timeout=TIMEOUT) as engine:
            return await engine.acquire(identity, VAULT)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host")
    keys = folder / "var/opt/azcmagent/tokens"
    keys.mkdir(parents=True)
    (keys / "good.key").write_text("CANARY-KEY\n")
    return folder


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(misbehaviour=MISBEHAVIOURS)
@example(Misbehaviour(200, (), b'{"access_token":"a.b.c","expires_on":"9999999999"}'))
@example(Misbehaviour(200, (), b'{"access_token":"t","expires_in":60,"client_id":5}'))
@example(Misbehaviour(401, ((b"WWW-Authenticate", b"Basic realm=/var/opt/azcmagent/tokens/good.key"),)))
@example(Misbehaviour(400, (), b'{"error":"CANARY-HEADER","error_description":"no CANARY-HEADER"}'))
@example(Misbehaviour(200, (), b"{" * 100_000))
@example(Misbehaviour(400, (), b"<script" * 100_000))
@example(Misbehaviour(200, (), b"x" * 500, 1 << 60))
def test_it_ends_in_a_token_or_a_typed_failure(source: str, root: Path, misbehaviour: Misbehaviour) -> None:
    started = time.monotonic()
    identity = WEB if source in ("imds", "azure_arc", "app_service") and len(misbehaviour.body) % 2 else SYSTEM
    got = asyncio.run(_meet(source, misbehaviour, root, identity))
    assert isinstance(got, (AccessToken, TokenFailure))
    assert time.monotonic() - started < TIMEOUT + 3  # a machine under load is slow, but never hangs
    if source in ("app_service", "azure_ml", "service_fabric"):
        assert "CANARY-HEADER" not in repr(got)
    if isinstance(got, TokenFailure):
        assert isinstance(got.kind, FailureKind)
        assert got.message
        assert "\n" not in got.message


async def test_a_body_without_end_takes_no_memory() -> None:
    with SimulatedHost("imds") as host:
        host.fail("huge")
        async with engine_on(host) as engine:
            failure(await engine.acquire(SYSTEM, VAULT))
            tracemalloc.start()
            try:
                got = failure(await engine.acquire(SYSTEM, VAULT))
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
    assert got.kind is FailureKind.REPLY_TOO_LARGE
    assert peak < 8 << 20
