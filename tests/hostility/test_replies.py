"""Any reply of a token endpoint becomes a token or a typed failure, and any failure becomes words."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given

from mitui.clock import ManualClock
from mitui.diagnosis.assigned_identities import _read as read_assigned
from mitui.engine.asking.acquisition import Acquisition, AcquisitionContext
from mitui.engine.asking.clients import Clients
from mitui.engine.asking.health_check import Answerer, fingerprint
from mitui.engine.asking.limiter import Limiter
from mitui.engine.asking.refusal import Refusal
from mitui.engine.asking.retry import retry_after
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.lookup import _document, _from_compute, _part, _token_binding
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.registry import source_of
from mitui.engine.sources.source import Call
from mitui.engine.token.access_token import AccessToken
from mitui.http import GuardedClient, HttpReply, HttpRequest
from mitui.monitor.watches.failure_views import token_failure_view
from mitui.safe_text import UNSAFE, visible, visible_line
from tests.hostility.mutations import changed, changed_document, changed_reply
from tests.hostility.recorded import NOW, recorded_replies
from tests.hostility.script import SCRIPTS, Script, scripted
from tests.hostility.texts import SOME, STATUSES, as_json, body, header, moment, value, word

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


def _reply(script: Script, kind: SourceKind) -> HttpReply:
    """One that was recorded of this kind of source, changed; or one made up."""
    if script.number(3):
        return changed_reply(script, script.pick(recorded_replies(kind)))
    headers = tuple(script.several(4, header))
    return HttpReply(script.pick(STATUSES), word(script), headers, body(script), 1.0)


def _outcome(kind: SourceKind, reply: HttpReply, *, second_leg: bool = False) -> AccessToken | TokenFailure | None:
    acquisition, call, source = _asked(kind)
    request = HttpRequest("GET", call.endpoint.url)
    sent = (request, HttpRequest("GET", call.endpoint.url)) if second_leg else (request,)
    step = source.follow_up(call, sent, reply)
    if isinstance(step, Refusal):
        return acquisition._failure(step, reply)
    return acquisition._read(call, request, reply) if step is None else None


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_recorded_is_read(kind: SourceKind) -> None:
    whole, *errors = recorded_replies(kind)
    assert isinstance(_outcome(kind, whole, second_leg=True), AccessToken)
    kinds = {outcome.kind for each in errors if isinstance(outcome := _outcome(kind, each), TokenFailure)}
    assert kinds


@SOME
@pytest.mark.parametrize("kind", KINDS)
@given(script=SCRIPTS)
def test_a_reply_is_a_token_or_a_typed_failure(kind: SourceKind, script: Script) -> None:
    reply = _reply(script, kind)
    outcome = _outcome(kind, reply, second_leg=bool(script.number(2)))
    if isinstance(outcome, AccessToken):
        assert reply.status in range(200, 300)
        assert NOW < outcome.expires_at < NOW + 4e8
        assert outcome.refresh_at > NOW
        raw = outcome.secret.reveal()
        assert len(raw) < 40 or raw not in repr(outcome)  # a shorter one may be a number that stands elsewhere, too
    if isinstance(outcome, TokenFailure):
        assert outcome.kind in FailureKind
        assert outcome.kind is not FailureKind.DEFECT
        assert len(outcome.message) < 3000
        assert outcome.retry_after is None or (math.isfinite(outcome.retry_after) and outcome.retry_after >= 0)


@SOME
@given(SCRIPTS)
def test_a_failure_is_put_into_words(script: Script) -> None:
    """None of the words may raise, and none may be unsafe once it is made visible."""
    kind = script.pick(KINDS)
    failure = _outcome(kind, _reply(script, kind))
    if not isinstance(failure, TokenFailure):
        return
    view = token_failure_view(failure, HostFacts(), _asked(kind)[1].environment)
    assert view.causes, failure.kind
    for advice in view.causes:
        for text in (advice.cause, advice.remedy, *advice.commands):
            assert not UNSAFE.search(visible(text))
            assert "\n" not in visible_line(text)


@given(scripted(moment))
def test_retry_after_is_a_time_to_wait_or_nothing(text: str) -> None:
    wait = retry_after(HttpReply(429, "", (("Retry-After", text),), b"", 1.0), NOW)
    assert wait is None or (math.isfinite(wait) and wait >= 0)


DATE = b"Sun, 06 Nov 2094 08:49:37 GMT"


@given(scripted(lambda script: changed(script, DATE)))
def test_a_date_that_is_nearly_one_is_a_time_to_wait_or_nothing(text: bytes) -> None:
    wait = retry_after(HttpReply(429, "", (("Retry-After", text.decode("latin-1")),), b"", 1.0), NOW)
    assert wait is None or (math.isfinite(wait) and wait >= 0)


INSTANCE = {
    "compute": {
        "name": "vm-web-01",
        "location": "westeurope",
        "azEnvironment": "AzurePublicCloud",
        "resourceId": "/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/virtualMachines/z",
        "vmScaleSetName": "",
        "securityProfile": {"securityType": "TrustedLaunch"},
        "tagsList": [{"name": "aks-managed-kubeletIdentityClientID", "value": "6a1c0b7e"}],
        "vmId": "1",
    }
}


@given(scripted(lambda script: as_json(changed_document(script, INSTANCE)) if script.number(4) else body(script)))
def test_a_host_that_tells_anything_of_itself_has_facts_of_texts(told: bytes) -> None:
    reply = HttpReply(200, "OK", (("Server", "IMDS/150"),), told, 1.0)
    facts = _from_compute(_part(_document(reply), "compute"), "Azure VM")
    texts = [facts.name, facts.location, facts.cloud, facts.resource_id, facts.subscription_id, facts.resource_group]
    for text in (*texts, *(part for pair in (*facts.detail, *_token_binding(reply)) for part in pair)):
        assert isinstance(text, str)
        assert len(text) <= 512


ASSIGNED = {
    "identity": {
        "type": "SystemAssigned, UserAssigned",
        "principalId": "0f3c8b1e-6d52-4f7e-8a3b-5d4f2a1c9c41",
        "userAssignedIdentities": {"/subscriptions/x": {"clientId": "6a1c0b7e", "principalId": "91b07d44"}},
    }
}


@given(scripted(lambda script: as_json(changed_document(script, ASSIGNED)) if script.number(4) else body(script)))
def test_a_list_of_identities_is_one_of_texts_or_none(told: bytes) -> None:
    for identity in read_assigned(told) or ():
        assert len(identity) == 3
        assert all(isinstance(each, str) for each in identity)


@given(scripted(lambda script: _reply(script, SourceKind.IMDS)))
def test_whoever_answers_for_imds_is_told_in_a_sentence(reply: HttpReply) -> None:
    answerer, sentence = fingerprint(reply)
    assert answerer in Answerer
    assert sentence


@given(scripted(value))
def test_any_value_is_one_of_json(document: Any) -> None:
    """The strategy itself: what it makes can be sent."""
    assert as_json(document)
