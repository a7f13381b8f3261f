"""Any reply of a token endpoint becomes a token or a typed failure, and any failure becomes words."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.claims import classify, decode, explain
from mitui.clock import ManualClock
from mitui.engine.asking.acquisition import Acquisition, AcquisitionContext, _retry_after
from mitui.engine.asking.clients import Clients
from mitui.engine.asking.limiter import Limiter
from mitui.engine.asking.refusal import Refusal
from mitui.engine.evidence import SourceKind
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.engine.sources.registry import source_of
from mitui.engine.sources.source import Call
from mitui.engine.token.access_token import AccessToken
from mitui.http import GuardedClient, HttpReply, HttpRequest
from mitui.keyvault.challenge import parse_challenges
from mitui.monitor.watches.failure_views import token_failure_view
from mitui.safe_text import UNSAFE, visible, visible_line
from mitui.secret import Secret
from tests.hostility.jwts import part
from tests.hostility.texts import BODIES, HEADERS, MOMENTS, SOME, STATUSES, VALUES, WORDS

NOW = 1_767_225_600.0
KINDS = [kind for kind in SourceKind if kind is not SourceKind.NONE]
WEB = ClientId("6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")
VARIABLES = MappingProxyType(
    {
        "IDENTITY_ENDPOINT": "https://127.0.0.1:1/x",
        "IMDS_ENDPOINT": "http://127.0.0.1:1",
        "IDENTITY_HEADER": "header",
        "IDENTITY_SERVER_THUMBPRINT": "a" * 40,
        "MSI_ENDPOINT": "http://127.0.0.1:1/x",
        "MSI_SECRET": "secret",
        "AZURE_TENANT_ID": "tenant",
    }
)


@lru_cache
def _asked(kind: SourceKind) -> tuple[Acquisition, Call, Any]:
    environment = HostEnvironment(VARIABLES, Path("/nonexistent"))
    source, clock = source_of(kind), ManualClock(NOW)
    assert source is not None
    clients = Clients(GuardedClient(clock), environment, clock)
    around = AcquisitionContext(environment, source, clients, clock, Limiter(clock), frozenset(), None, None)
    identity = WEB if kind is SourceKind.WORKLOAD_IDENTITY else SystemAssigned()
    call = Call(environment, identity, "https://vault.azure.net", source.endpoint(environment))
    return Acquisition(around, identity, call.resource, challenged=False, known=None), call, source


@SOME
@pytest.mark.parametrize("kind", KINDS)
@given(STATUSES, WORDS, HEADERS, BODIES)
def test_a_reply_is_a_token_or_a_typed_failure_in_words(
    kind: SourceKind, status: int, reason: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    acquisition, call, source = _asked(kind)
    request = HttpRequest("GET", call.endpoint.url)
    reply = HttpReply(status, reason, tuple(headers), body, 1.0)
    step = source.follow_up(call, (request,), reply)
    outcome: AccessToken | TokenFailure | None = None
    if isinstance(step, Refusal):
        outcome = acquisition._failure(step, reply)
    elif step is None:
        outcome = acquisition._read(call, request, reply)
    if isinstance(outcome, AccessToken):
        assert status in (200, 201, 204)
        assert NOW < outcome.expires_at < NOW + 4e8
        assert outcome.refresh_at > NOW
        assert outcome.secret.reveal() not in repr(outcome)
    if isinstance(outcome, TokenFailure):
        assert outcome.kind in FailureKind
        assert outcome.kind is not FailureKind.DEFECT
        assert len(outcome.message) < 3000
        _tell(outcome, call.environment)


def _tell(failure: TokenFailure, environment: HostEnvironment) -> None:
    """Make every word that is made of a failure: none may raise, and none may be unsafe once it is made visible."""
    view = token_failure_view(failure, HostFacts(), environment)
    assert view.causes, failure.kind
    for advice in view.causes:
        for text in (advice.cause, advice.remedy, *advice.commands):
            assert not UNSAFE.search(visible(text))
            assert "\n" not in visible_line(text)


@given(MOMENTS)
def test_retry_after_is_a_time_to_wait_or_nothing(text: str) -> None:
    wait = _retry_after(HttpReply(429, "", (("Retry-After", text),), b"", 1.0), NOW)
    assert wait is None or (math.isfinite(wait) and wait >= 0)


@given(st.one_of(WORDS, st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))))
def test_no_challenge_raises(text: str) -> None:
    for challenge in parse_challenges([text]):
        repr(challenge)


def _jwt(header: Any, payload: Any, end: str) -> str:
    return f"{part(header)}.{part(payload)}.{end}"


@given(st.one_of(WORDS, st.builds(_jwt, VALUES, st.dictionaries(WORDS, VALUES, max_size=5), WORDS)))
def test_any_text_is_decoded_or_has_no_claims(text: str) -> None:
    claims = decode(Secret(text))
    classify(claims)
    for name, value in claims.payload().items():
        assert not UNSAFE.search(visible(explain(name, value)))
