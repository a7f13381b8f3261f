"""A pod on the board: its identity, its own token beside the access tokens, and the node's IMDS beneath it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.clock import ManualClock
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId, ObjectId
from mitui.engine.source_kind import SourceKind
from mitui.monitor import intents
from mitui.monitor.defaults import in_another_view
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.monitor.snapshot import Snapshot
from mitui.report.json_report import document, json_report
from mitui.report.markdown import markdown_report
from mitui.report.redaction import redact
from mitui.report.text import text_report
from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.identities import KUBELET_IDENTITY
from mitui.simulator.sources.pod import TOKEN_FILE, Credential
from mitui.simulator.sources.workload_identity import write_token
from tests.monitor.follower import ARM, VAULT, environment_of_host, following

WEB = ClientId(default_identities()[0].client_id)
PLAN = Plan(allow_endpoints=frozenset({"127.0.0.1"}))


@pytest.fixture
def pod(clock: ManualClock) -> Iterator[SimulatedHost]:
    with SimulatedHost("workload_identity", now=clock.now) as host:
        yield host


async def _complete(pod: SimulatedHost, clock: ManualClock, plan: Plan = PLAN, **variables: str) -> Snapshot:
    async with following(plan, environment_of_host(pod, **variables), clock) as board:
        return await board.complete()


def _kinds(snapshot: Snapshot) -> list[str]:
    return [each.kind for each in snapshot.warnings]


async def test_a_healthy_pod(pod: SimulatedHost, clock: ManualClock) -> None:
    snapshot = await _complete(pod, clock)
    assert snapshot.status == "ok"
    assert snapshot.source.kind is SourceKind.WORKLOAD_IDENTITY
    assert [each.identity for each in snapshot.identities] == [WEB]
    assert [(each.resource, each.status) for each in snapshot.identities[0].tokens] == [(ARM, "ok"), (VAULT, "ok")]
    own = snapshot.source.federated
    assert own is not None
    assert (own.status, own.resource, own.failure) == ("ok", "api://AzureADTokenExchange", None)
    assert own.expires_at == pytest.approx(clock.now() + 3600, abs=2)
    assert own.refresh_at == pytest.approx(clock.now() + 2880, abs=2)
    assert own.claims.text("sub") == "system:serviceaccount:shop:web"
    assert snapshot.host.name == pod.pod.name


async def test_the_nodes_identity_beside_it_is_a_finding(pod: SimulatedHost, clock: ManualClock) -> None:
    [beside] = (await _complete(pod, clock)).warnings
    assert beside.kind == "node_identity_beside"
    assert f"the node's client ID is {KUBELET_IDENTITY}" in beside.message
    pod.imds_restricted = True
    restricted = await _complete(pod, clock)
    assert (_kinds(restricted), restricted.status) == ([], "ok")


async def test_a_refused_exchange_and_the_credential_to_make(pod: SimulatedHost, clock: ManualClock) -> None:
    pod.credentials = (replace(Credential(), subject="system:serviceaccount:default:web"),)
    snapshot = await _complete(pod, clock)
    assert snapshot.status == "critical"
    failure = snapshot.identities[0].tokens[0].failure
    assert failure is not None
    assert failure.kind == "assertion_rejected"
    assert "--subject system:serviceaccount:shop:web" in failure.causes[0].commands[-1]


async def test_the_pods_own_token_is_followed(pod: SimulatedHost, clock: ManualClock) -> None:
    async with following(PLAN, environment_of_host(pod), clock) as board:
        await board.complete()
        for passed, status in ((3290, "ok"), (20, "expiring"), (400, "expired")):
            await clock.advance(passed)
            await board.until(lambda snapshot, status=status: _own(snapshot) == status)  # type: ignore[misc]
        assert board.last.status != "ok"
        write_token(pod)
        board.send(intents.SetInterval(10))
        await clock.advance(61)
        await board.until(lambda snapshot: _own(snapshot) == "ok")
        (pod.root / TOKEN_FILE.lstrip("/")).unlink()
        await clock.advance(61)
        await board.until(lambda snapshot: _own(snapshot) == "failed")
        own = board.last.source.federated
    assert own is not None
    assert own.failure is not None
    assert own.failure.kind == "assertion_unreadable"
    assert own.failure.causes[0].kind == "federated_token_file_unreadable"


def _own(snapshot: Snapshot) -> str:
    return snapshot.source.federated.status if snapshot.source.federated is not None else ""


async def test_a_pod_whose_identity_nobody_names(pod: SimulatedHost, clock: ManualClock) -> None:
    snapshot = await _complete(pod, clock, AZURE_CLIENT_ID="")
    assert snapshot.status == "critical"
    [identity] = snapshot.identities
    assert "use client:<guid>" in identity.unsupported
    failure = identity.tokens[0].failure
    assert failure is not None
    assert failure.causes[0].kind == "no_client_id_for_pod"


async def test_an_identity_that_a_person_names_is_asked_for(pod: SimulatedHost, clock: ManualClock) -> None:
    jobs = default_identities()[1]
    named = tuple(PlannedIdentity(each, "x", "option") for each in (ClientId(jobs.client_id), ObjectId(jobs.object_id)))
    snapshot = await _complete(pod, clock, replace(PLAN, identities=named))
    assert [each.status for each in snapshot.identities] == ["ok", "critical"]


async def test_the_clouds_own_audiences_are_asked_for(pod: SimulatedHost, clock: ManualClock) -> None:
    snapshot = await _complete(pod, clock, Plan(), AZURE_AUTHORITY_HOST="https://login.microsoftonline.us/")
    resources = [each.resource for each in snapshot.identities[0].tokens]
    assert resources == ["https://management.usgovcloudapi.net", "https://vault.usgovcloudapi.net"]


async def test_reports_tell_the_pods_token_and_never_show_it(pod: SimulatedHost, clock: ManualClock) -> None:
    snapshot = await _complete(pod, clock, replace(PLAN, resources=(PlannedResource(ARM, "ARM", "option"),)))
    raw = (pod.root / TOKEN_FILE.lstrip("/")).read_text()
    own = document(snapshot)["source"]
    assert isinstance(own, dict)
    assert own["federated_token"]["audience"] == "api://AzureADTokenExchange"
    assert own["federated_token"]["claims"]["sub"] == "system:serviceaccount:shop:web"
    assert "pod token expires in" in text_report(snapshot)
    for report in (json_report(snapshot), text_report(snapshot), markdown_report(snapshot), repr(snapshot)):
        assert raw not in report
        assert raw.split(".")[1] not in report
        assert raw.split(".")[2] not in report
    masked = json.dumps(document(redact(snapshot)))
    assert "shop:web" not in masked
    assert pod.pod.name not in masked


def test_another_view_has_its_own_default(tmp_path: Path) -> None:
    with SimulatedHost("workload_identity") as host:
        pod = HostEnvironment(host.variables, host.root)
    plain = HostEnvironment({}, tmp_path)
    kept = PlannedIdentity(ObjectId(default_identities()[1].object_id), "jobs", "state")
    system = in_another_view([], plain)
    assert [each.identity.selector for each in system] == ["system"]
    there = in_another_view([*system, kept], pod)
    assert [(each.identity.selector, each.origin) for each in there] == [
        ("client_id", "default"),
        ("object_id", "state"),
    ]
    assert in_another_view(there, plain) == [*system, kept]
    named = [PlannedIdentity(WEB, "web", "option")]
    assert in_another_view(named, plain) == named
