"""The refresher against simulated hosts over real sockets, with the time in the test's hands."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, aclosing
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import pytest

from mitui.clock import ManualClock, SystemClock
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId, Identity, ObjectId, SystemAssigned
from mitui.engine.source_kind import SourceKind
from mitui.monitor import intents
from mitui.monitor.events import LIMIT, EventLog
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.monitor.refresher import Refresher
from mitui.monitor.remembered import Remembered
from mitui.monitor.snapshot import Snapshot
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import default_identities
from tests.diagnosis.carried.programs import WAITING_PYTHON, running
from tests.monitor.follower import ARM, VAULT, environment_of_host, following

WEB = ClientId("6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")
ONE = Plan(resources=(PlannedResource(ARM, "ARM", "option"),))
WAITING = (sys.executable, "-c", WAITING_PYTHON)


def named(snapshot: Snapshot) -> list[tuple[Identity, str]]:
    """The identities on the board, with their names."""
    return [(each.identity, each.name) for each in snapshot.identities]


def token_requests(host: SimulatedHost) -> list[dict[str, list[str]]]:
    return [each.query for each in host.requests if "metadata" in each.headers and "oauth2" in each.path]


async def test_the_first_snapshot_comes_at_once_with_the_source_and_its_evidence(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    stream = Refresher(Plan(), environment_of_host(vm), clock).snapshots()
    first = await anext(stream)
    await stream.aclose()
    assert vm.requests == []
    assert (first.phase, first.status, first.complete) == ("starting", "unknown", False)
    assert first.source.kind is SourceKind.IMDS
    assert {each.signal for each in first.source.evidence} >= {"IDENTITY_ENDPOINT", "MSI_ENDPOINT"}
    assert first.source.sdk_choices
    assert [each.name for each in first.identities] == ["system-assigned"]


async def test_with_nothing_configured_the_defaults_are_looked_at_and_said(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    environment = environment_of_host(vm, AZURE_CLIENT_ID=WEB.value.upper())
    async with following(Plan(), environment, clock) as board:
        last = await board.complete()
    assert last.status == "ok"
    assert last.host.name == "vm-web-01"
    assert [str(each.identity) for each in last.identities] == ["system", f"client:{WEB.value}"]
    assert [each.origin for each in last.identities] == ["default", "environment"]
    assert [each.resource for each in last.identities[0].tokens] == [ARM, VAULT]
    said = " ".join(last.assumptions)
    for words in ("system-assigned", "AZURE_CLIENT_ID", "Key Vault", "AzurePublicCloud"):
        assert words in said


async def test_the_cloud_of_the_host_chooses_the_resources(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.machine = replace(vm.machine, cloud="AzureUSGovernmentCloud")
    async with following(Plan(), environment_of_host(vm), clock) as board:
        last = await board.complete()
    assert [each.resource for each in last.identities[0].tokens] == [
        "https://management.usgovcloudapi.net",
        "https://vault.usgovcloudapi.net",
    ]


async def test_a_client_id_that_is_no_guid_is_not_offered(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(ONE, environment_of_host(vm, AZURE_CLIENT_ID="web"), clock) as board:
        last = await board.complete()
    assert len(last.identities) == 1
    assert any("AZURE_CLIENT_ID" in each.message for each in last.warnings)


async def test_the_raw_token_is_nowhere_in_a_snapshot(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(Plan(), environment_of_host(vm), clock) as board:
        await board.complete()
        assert board.refresher.raw_token(SystemAssigned(), ARM).startswith("eyJ")
        assert board.refresher.raw_token(WEB, ARM) == ""
    assert "eyJ" not in repr(board.seen)
    assert board.token.claims.text("aud") == ARM


async def test_equal_snapshots_are_not_yielded_twice(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        await clock.settle()
        count = len(board.seen)
        board.send(intents.SelectIdentity(SystemAssigned()))
        board.send(intents.RemoveVault("nothing"))
        await clock.settle()
        assert len(board.seen) == count
    assert all(before != after for before, after in zip(board.seen, board.seen[1:], strict=False))


async def test_a_token_is_asked_for_again_when_it_is_due(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.lifetime = 4 * 3600
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        first = board.token
        assert first.refresh_at == first.next_attempt_at
        await clock.advance(2 * 3600 - 60)
        assert len(token_requests(vm)) == 1
        await clock.advance(61)
        await board.until(lambda _: board.token.acquired_at != first.acquired_at)
    assert len(token_requests(vm)) == 2
    assert board.token.claims_before == first.claims


async def test_a_token_that_runs_out_says_so_on_time(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.lifetime = 3600
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        vm.fail("imds.notfound")
        statuses = []
        for _ in range(3600 // 60 + 1):
            await clock.advance(60)
            statuses.append(board.token.status)
        await board.until(lambda _: board.token.status == "failed")
    assert statuses[0] == "ok"
    assert board.token.expires_at is not None
    assert board.token.claims


async def test_expiring_and_expired_without_any_request(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.lifetime = 240
    async with following(replace(ONE, interval=10_000), environment_of_host(vm), clock) as board:
        snapshot = await board.complete()
        assert (board.token.status, snapshot.status) == ("expiring", "warning")
        board.send(intents.SetInterval(80_000))
        vm.fail("slow", seconds=4)
        await clock.advance(241)
        await board.until(lambda _: board.token.status == "expired")
        assert board.last.status == "critical"


async def test_a_failure_stands_beside_the_last_good_token(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        good = board.token
        vm.fail("imds.notfound")
        board.send(intents.Refresh(ARM))
        await board.until(lambda _: board.token.failure is not None)
        token = board.token
        assert token.failure is not None
        assert (token.status, token.failure.kind, token.failure.http_status) == ("failed", "identity_not_found", 400)
        assert (token.claims, token.expires_at) == (good.claims, good.expires_at)
        assert token.failure.causes
        assert token.failure.sdk_messages
        assert "vm-web-01" in " ".join(token.failure.causes[0].commands)
        assert board.last.status == "critical"
        vm.heal()
        board.send(intents.Refresh())
        await board.until(lambda _: board.token.failure is None)
    assert [each.level for each in board.last.events if "management" in each.subject] == ["ok", "error", "ok"]


@pytest.mark.parametrize(("asked", "pause"), [(1_800, 1_800), (99_999_999_999, 3_600)])
async def test_a_pause_that_the_endpoint_asks_for_is_kept_up_to_an_hour(
    asked: int, pause: int, vm: SimulatedHost, clock: ManualClock
) -> None:
    vm.fail("imds.throttle", retry_after=asked)
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        assert board.token.failure is not None
        assert board.token.next_attempt_at is not None
        assert 0 <= board.token.next_attempt_at - clock.now() - pause <= 1


async def test_failed_tokens_are_tried_again_and_back_off_to_five_minutes(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    vm.fail("imds.notfound")
    waits = []
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        for attempt in range(1, 6):
            asked = len(token_requests(vm))
            assert asked == attempt
            due = board.token.next_attempt_at
            assert due is not None
            waits.append(due - clock.now())
            await clock.advance(due - clock.now() + 0.5)
            await board.until(lambda _, due=due: board.token.next_attempt_at not in (due, None))  # type: ignore[misc]
        assert sum(each.level == "error" for each in board.last.events) == 1
        vm.heal()
        await clock.advance(301)
        await board.until(lambda snapshot: snapshot.status == "ok")
    assert [round(each) for each in waits] == [60, 120, 240, 300, 300]


async def test_waiting_is_visible(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.fail("imds.gone", times=1)
    async with following(ONE, environment_of_host(vm), clock) as board:
        vm.heal()
        vm.fail("imds.gone", match={"resource": ARM})
        seen = await board.until(
            lambda snapshot: (
                bool(snapshot.identities)
                and any(each.activity is not None and each.activity.until is not None for each in board.identity.tokens)
            )
        )
        activity = board.token.activity
        assert activity is not None
        assert activity.until is not None
        assert activity.until > clock.now()
        assert not seen.complete
        vm.heal()
        await clock.advance(activity.until - clock.now() + 1)
        await board.complete()
    assert board.token.status == "ok"
    assert board.token.attempts == 2


async def test_a_selected_identity_shows_at_once_what_is_known(vm: SimulatedHost, clock: ManualClock) -> None:
    plan = replace(
        ONE, identities=(PlannedIdentity(SystemAssigned(), "me", "config"), PlannedIdentity(WEB, "web", "config"))
    )
    memory: list[Remembered] = [Remembered()]
    refresher = Refresher(
        plan, environment_of_host(vm), clock, remember=lambda change: memory.append(change(memory[-1]))
    )
    async with following(plan, environment_of_host(vm), clock, refresher) as board:
        await board.complete()
        asked = len(vm.requests)
        board.send(intents.SelectIdentity(WEB))
        snapshot = await board.until(lambda snapshot: snapshot.selected == 1)
        assert board.token.status == "ok"
        assert snapshot.identities[1].actual.kind == "user-assigned"
        await clock.settle()
        assert len(vm.requests) == asked
    assert memory[-1].selected == str(WEB)


async def test_adding_renaming_and_removing_an_identity(vm: SimulatedHost, clock: ManualClock) -> None:
    memory: list[Remembered] = [Remembered()]
    refresher = Refresher(
        ONE, environment_of_host(vm), clock, remember=lambda change: memory.append(change(memory[-1]))
    )
    async with following(ONE, environment_of_host(vm), clock, refresher) as board:
        await board.complete()
        board.send(intents.AddIdentity(WEB, "web"))
        await board.until(lambda snapshot: snapshot.selected == 1 and board.token.status == "ok")
        assert board.identity.origin == "state"
        board.send(intents.RenameIdentity(WEB, "shop"))
        board.send(intents.RenameIdentity(SystemAssigned(), "this VM"))
        await board.until(lambda snapshot: [each.name for each in snapshot.identities] == ["this VM", "shop"])
        board.send(intents.RemoveIdentity(WEB))
        await board.until(lambda snapshot: len(snapshot.identities) == 1 and snapshot.selected == 0)
        assert memory[-1].identities == ()
        assert memory[-1].names == (("system", "this VM"),)
        board.send(intents.RemoveIdentity(SystemAssigned()))
        empty = await board.until(lambda snapshot: not snapshot.identities)
        assert empty.identity is None
    assert memory[-1].removed == ("system",)


async def test_after_a_removal_the_board_is_on_what_it_was_on_before(vm: SimulatedHost, clock: ManualClock) -> None:
    plan = replace(
        ONE,
        identities=(
            PlannedIdentity(SystemAssigned(), "me", "config"),
            PlannedIdentity(WEB, "web", "config"),
        ),
    )
    added = ObjectId("91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07")
    async with following(plan, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.SelectIdentity(SystemAssigned()))
        board.send(intents.AddIdentity(added, "late"))
        await board.until(lambda snapshot: snapshot.selected == 2)
        board.send(intents.RemoveIdentity(added))
        await board.until(lambda snapshot: len(snapshot.identities) == 2 and snapshot.selected == 0)
        board.send(intents.SelectIdentity(WEB))
        board.send(intents.RemoveIdentity(SystemAssigned()))
        snapshot = await board.until(lambda snapshot: len(snapshot.identities) == 1)
        assert snapshot.identities[0].identity == WEB


async def test_an_identity_that_nobody_named_is_called_what_its_token_says(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    stranger = ObjectId("91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07")
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.AddIdentity(WEB, ""))
        board.send(intents.AddIdentity(stranger, ""))
        last = await board.until(lambda snapshot: len(snapshot.identities) == 3 and snapshot.complete)
        assert [each.name for each in last.identities] == ["system-assigned", "web", str(stranger)]
        assert f"web · {ARM.removeprefix('https://')}" in [event.subject for event in last.events]


async def test_a_token_of_another_identity_lends_no_name(clock: ManualClock) -> None:
    with SimulatedHost("azure_arc", now=clock.now) as host:
        host.legacy_agent = True
        async with following(ONE, environment_of_host(host), clock) as board:
            await board.complete()
            board.send(intents.AddIdentity(WEB, ""))
            last = await board.until(lambda snapshot: len(snapshot.identities) == 2 and snapshot.complete)
            assert last.identities[1].name == str(WEB)


async def test_adding_and_removing_a_resource(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.AddResource(f"{VAULT}/.default", "Key Vault"))
        await board.until(lambda _: len(board.identity.tokens) == 2 and board.identity.tokens[1].status == "ok")
        assert board.identity.tokens[1].resource == VAULT
        board.send(intents.RemoveResource(ARM))
        await board.until(lambda _: [each.resource for each in board.identity.tokens] == [VAULT])


async def test_a_refresh_asks_past_the_cache_and_tells_the_same_token(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.platform_cache = True
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.Refresh())
        await board.until(lambda _: any(each.kind == "same_token" for each in board.token.warnings))
    assert len(token_requests(vm)) == 2
    assert board.last.status == "ok"


async def test_a_token_that_is_due_and_comes_again_is_told_from_one_that_is_not(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    vm.platform_cache = True
    vm.fail("expiring", match={"resource": VAULT}, seconds=252)
    plan = replace(ONE, resources=(*ONE.resources, PlannedResource(VAULT, "", "config")))
    async with following(plan, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.Refresh())
        await board.until(lambda _: all(each.warnings for each in board.identity.tokens))
        arm, vault = (next(each for each in board.identity.tokens if each.resource == it) for it in (ARM, VAULT))
    assert "renewal of this token was due" in vault.warnings[0].message
    assert "due" not in arm.warnings[0].message


async def test_what_the_source_cannot_select_fails_and_leaves_the_others_alone(clock: ManualClock) -> None:
    with SimulatedHost("cloud_shell", now=clock.now) as host:
        plan = replace(
            ONE,
            identities=(
                PlannedIdentity(SystemAssigned(), "me", "config"),
                PlannedIdentity(ObjectId("91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07"), "batch", "state"),
            ),
        )
        async with following(plan, environment_of_host(host), clock) as board:
            last = await board.complete()
    batch = last.identities[1]
    assert batch.unsupported
    assert batch.status == "critical"
    assert [(each.status, each.failure and each.failure.kind) for each in batch.tokens] == [
        ("failed", "selector_unsupported")
    ]
    assert {request.query.get("object_id") for request in host.requests} == {None}
    assert last.status == "warning"  # a user's token, but nothing worse
    assert "system" in last.source.selectors
    assert "object_id" not in last.source.selectors


async def test_where_a_person_answers_it_is_not_called_system_assigned(clock: ManualClock) -> None:
    with SimulatedHost("cloud_shell", now=clock.now) as host:
        async with following(replace(ONE, identities=()), environment_of_host(host), clock) as board:
            last = await board.complete()
        assert board.seen[0].identities[0].name == "system-assigned"  # until it has answered
        assert [each.name for each in last.identities] == ["signed-in user"]
        named = replace(ONE, identities=(PlannedIdentity(SystemAssigned(), "me", "config"),))
        async with following(named, environment_of_host(host), clock) as board:
            assert (await board.complete()).identities[0].name == "me"  # as a person calls it


async def test_pause_stops_everything_and_resume_catches_up(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.lifetime = 4 * 3600
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.SetPaused(True))
        paused = await board.until(lambda snapshot: snapshot.paused)
        assert paused.next_check_at is None
        asked = len(vm.requests)
        assert clock.sleeping == 0
        await clock.advance(3 * 3600)
        board.send(intents.Refresh())
        await clock.settle()
        assert len(vm.requests) == asked
        before = board.token.acquired_at
        board.send(intents.SetPaused(False))
        await board.until(lambda snapshot: not snapshot.paused and board.token.acquired_at != before)
    assert len(vm.requests) > asked


async def test_pausing_while_everything_is_under_way(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.fail("slow", seconds=30)
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.until(lambda _: True)
        board.send(intents.SetPaused(True))
        await board.until(lambda snapshot: snapshot.paused)
        vm.heal()
        board.send(intents.SetPaused(False))
        last = await board.complete()
    assert last.status == "ok"


async def test_the_interval_has_a_floor(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.SetInterval(0.1))
        snapshot = await board.until(lambda snapshot: snapshot.interval == 2.0)
        assert snapshot.next_check_at == clock.now() + 2


async def test_a_slow_endpoint_is_asked_all_the_same(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.fail("slow", seconds=2.3)
    async with following(ONE, environment_of_host(vm), clock) as board:
        slow = await board.until(lambda snapshot: bool(snapshot.warnings))
        assert (slow.source.kind, slow.source.failure, slow.source.answered_ms) == (SourceKind.IMDS, None, None)
        assert (slow.warnings[0].kind, slow.source.evidence[-1].state) == ("endpoint_slow", "silent")
        last = await board.until(lambda snapshot: snapshot.complete)
        assert (board.token.status, last.status) == ("ok", "warning")
        assert last.source.answered_ms is not None
        vm.heal()
        await clock.advance(60)
        await board.until(lambda snapshot: not snapshot.warnings)


async def test_no_endpoint_is_a_verdict_with_what_was_tried(clock: ManualClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        where = f"http://127.0.0.1:{taken.getsockname()[1]}"
        environment = HostEnvironment(MappingProxyType({"AZURE_POD_IDENTITY_AUTHORITY_HOST": where}))
        async with following(Plan(), environment, clock) as board:
            last = await board.complete()
    failure = last.source.failure
    assert failure is not None
    assert (last.status, last.source.kind, failure.kind) == ("unknown", SourceKind.NONE, "no_endpoint")
    assert failure.message.startswith("no managed identity endpoint")
    assert failure.causes
    assert (last.source.evidence[-1].kind, last.source.evidence[-1].state) == ("probe", "silent")
    assert [each.status for each in last.identities] == ["unknown"]
    assert all(each.failure is not None for each in last.identities[0].tokens)


async def test_a_black_hole_is_a_verdict_within_three_seconds() -> None:
    with socket.socket() as hole, ExitStack() as waiting:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        for _ in range(8):  # a full queue: whoever comes next gets no answer at all, as from a network's black hole
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(hole.getsockname())
        where = f"http://127.0.0.1:{hole.getsockname()[1]}"
        environment = HostEnvironment(MappingProxyType({"AZURE_POD_IDENTITY_AUTHORITY_HOST": where}))
        started = time.monotonic()
        async for snapshot in Refresher(Plan(), environment, SystemClock()).snapshots():
            if snapshot.complete:
                break
        assert time.monotonic() - started < 3.0
    assert snapshot.source.failure is not None


async def test_something_that_takes_connections_and_says_nothing_is_told_of_within_three_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as tarpit:
        where = f"http://127.0.0.1:{tarpit.getsockname()[1]}"
        environment = HostEnvironment(MappingProxyType({"AZURE_POD_IDENTITY_AUTHORITY_HOST": where}))
        told_after: float | None = None
        started = time.monotonic()
        async for snapshot in Refresher(replace(ONE, timeout=3.0), environment, SystemClock()).snapshots():
            if snapshot.warnings and told_after is None:
                told_after = time.monotonic() - started
            if snapshot.complete:
                break
    assert told_after is not None
    assert told_after < 3.0
    assert [each.kind for each in snapshot.warnings] == ["endpoint_slow"]
    assert snapshot.identity is not None
    failure = snapshot.identity.tokens[0].failure
    assert (snapshot.status, failure and failure.causes[0].kind) == ("critical", "endpoint_silent")


async def test_snapshots_keep_their_pace_but_an_intent_is_answered_at_once(vm: SimulatedHost) -> None:
    pace = 1.0
    moments: list[float] = []
    refresher = Refresher(Plan(), environment_of_host(vm), SystemClock(), pace=pace)
    async with aclosing(refresher.snapshots()) as snapshots:
        async for snapshot in snapshots:
            moments.append(time.monotonic())
            if snapshot.interval == 30.0:
                break
            if snapshot.complete:
                refresher.send(intents.SetInterval(30.0))
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(gap >= pace * 0.9 for gap in gaps[:-1])
    assert gaps[-1] < pace / 2


async def test_an_endpoint_that_comes_back_is_noticed(clock: ManualClock) -> None:
    with SimulatedHost("imds", now=clock.now) as host:
        host.fail("docker")
        async with following(ONE, environment_of_host(host), clock) as board:
            silent = await board.complete()
            assert silent.source.failure is not None
            assert "Docker" in silent.source.failure.message
            host.heal()
            await clock.advance(61)
            await board.until(lambda snapshot: snapshot.status == "ok")
        assert board.last.source.failure is None
        assert board.last.source.kind is SourceKind.IMDS


async def test_an_agent_that_is_installed_meanwhile_is_found(vm: SimulatedHost, clock: ManualClock) -> None:
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        agent = vm.root / "opt/azcmagent/bin/himds"
        agent.parent.mkdir(parents=True)
        agent.touch()
        await clock.advance(61)
        await board.until(lambda snapshot: snapshot.source.kind is SourceKind.AZURE_ARC)


async def test_intents_are_taken_while_everything_is_black_holed(clock: ManualClock) -> None:
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen()
        variables = {"IDENTITY_ENDPOINT": f"http://127.0.0.1:{hole.getsockname()[1]}", "IDENTITY_HEADER": "x"}
        async with following(ONE, HostEnvironment(MappingProxyType(variables)), clock) as board:
            await board.until(lambda snapshot: snapshot.source.kind is SourceKind.APP_SERVICE)
            started = time.monotonic()
            board.send(intents.AddIdentity(WEB, "web"))
            await board.until(lambda snapshot: snapshot.selected == 1)
            assert time.monotonic() - started < 0.5
            started = time.monotonic()
        assert time.monotonic() - started < 0.3
    assert not board.last.complete


async def test_closing_leaves_no_task_and_no_thread_that_counts(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.fail("slow", seconds=30)
    before = {each for each in threading.enumerate() if not each.daemon}
    stream = Refresher(Plan(), environment_of_host(vm), clock).snapshots()
    await anext(stream)
    pull = asyncio.create_task(anext(stream))
    await clock.settle()
    pull.cancel()
    await asyncio.gather(pull, return_exceptions=True)
    await stream.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert {each for each in threading.enumerate() if not each.daemon} == before


async def test_hosts_that_answer_nonsense_leave_the_board_alive(vm: SimulatedHost, clock: ManualClock) -> None:
    for fault in ("garbage", "html", "half-json", "empty-body", "expired"):
        vm.heal()
        vm.fail(fault, match={"resource": VAULT})
        async with following(Plan(), environment_of_host(vm), clock) as board:
            last = await board.complete()
        arm, vault = last.identities[0].tokens
        assert arm.status == "ok"
        assert vault.failure is not None


async def test_another_process_and_back(vm: SimulatedHost, clock: ManualClock) -> None:
    with SimulatedHost("app_service", now=clock.now) as app, running(WAITING, env=app.variables) as process:
        async with following(ONE, environment_of_host(vm), clock) as board:
            await board.complete()
            board.send(intents.LookAs(process))
            await board.until(lambda snapshot: snapshot.source.kind is SourceKind.APP_SERVICE and snapshot.complete)
            assert board.last.source.process_id == process
            assert "IDENTITY_ENDPOINT is set there and not set here" in board.last.source.process_note
            assert board.last.status == "ok"
            board.send(intents.LookAs(2**30))
            await board.until(lambda snapshot: "no process" in snapshot.events[-1].message)
            assert board.last.source.kind is SourceKind.APP_SERVICE
            assert "no process" not in board.last.source.process_note, "the view that is on the board keeps its note"
            board.send(intents.LookAs(None))
            await board.until(lambda snapshot: snapshot.source.kind is SourceKind.IMDS and snapshot.complete)
            assert board.last.source.process_note == ""


async def test_a_paused_board_asks_nothing_in_another_view_either(vm: SimulatedHost, clock: ManualClock) -> None:
    with SimulatedHost("app_service", now=clock.now) as app, running(WAITING, env=app.variables) as process:
        async with following(ONE, environment_of_host(vm), clock) as board:
            await board.complete()
            board.send(intents.SetPaused(True))
            board.send(intents.LookAs(process))
            await board.until(lambda snapshot: "paused: resume before" in snapshot.events[-1].message)
            assert board.last.source.kind is SourceKind.IMDS
            assert token_requests(app) == []
            board.send(intents.SetPaused(False))
            board.send(intents.LookAs(process))
            await board.until(lambda snapshot: snapshot.source.kind is SourceKind.APP_SERVICE and snapshot.complete)


async def test_what_a_person_did_with_the_list_holds_in_every_view(vm: SimulatedHost, clock: ManualClock) -> None:
    environment = environment_of_host(vm, AZURE_CLIENT_ID=WEB.value)
    jobs = ObjectId(default_identities()[1].object_id)
    with SimulatedHost("app_service", now=clock.now) as app, running(WAITING, env=app.variables) as process:
        async with following(ONE, environment, clock) as board:
            await board.complete()
            board.send(intents.RenameIdentity(WEB, "shop"))
            board.send(intents.AddIdentity(jobs, "jobs"))
            board.send(intents.SelectIdentity(WEB))
            board.send(intents.RemoveIdentity(SystemAssigned()))
            before = [(WEB, "shop"), (jobs, "jobs")]
            await board.until(lambda snapshot: named(snapshot) == before and snapshot.complete)
            board.send(intents.LookAs(process))
            await board.until(lambda snapshot: snapshot.source.kind is SourceKind.APP_SERVICE and snapshot.complete)
            assert [each.identity for each in board.last.identities] == [jobs], "the process has no AZURE_CLIENT_ID"
            board.send(intents.LookAs(None))
            await board.until(lambda snapshot: snapshot.source.kind is SourceKind.IMDS and snapshot.complete)
            assert named(board.last) == before
            assert board.last.identity is not None
            assert board.last.identity.identity == WEB


async def test_a_process_that_is_not_there_from_the_start(clock: ManualClock) -> None:
    async with following(replace(ONE, process_id=2**30), HostEnvironment(), clock) as board:
        last = await board.complete()
    assert last.status == "unknown"
    assert last.source.failure is not None
    assert last.source.failure.kind == "process_unreadable"
    assert "no process" in last.source.failure.message


async def test_the_assigned_identities_are_listed_on_request(vm: SimulatedHost, clock: ManualClock) -> None:
    plan = replace(ONE, arm_endpoint=vm.url)
    vm.arm_reader = True
    async with following(plan, environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.ListAssigned())
        await board.until(lambda snapshot: snapshot.assigned is not None)
        assert board.last.assigned is not None
        assert WEB.value in str(board.last.assigned.identities)
        vm.arm_reader = False
        board.send(intents.ListAssigned())
        await board.until(lambda snapshot: snapshot.assigned is not None and bool(snapshot.assigned.refusal))


async def test_events_are_bounded() -> None:
    log = EventLog(ManualClock())
    for number in range(LIMIT + 10):
        log.add("info", "x", str(number))
    assert (len(log.events), log.events[0].message) == (LIMIT, "10")


def test_a_snapshot_is_free_of_the_network() -> None:
    code = "import sys, mitui.monitor.snapshot; print([m for m in ('httpx', 'jwt', 'asyncio') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    assert Snapshot() == Snapshot(generated_at=5.0)


@pytest.mark.parametrize(("pace", "count", "expected"), [(0.0, 500, 0.0), (0.1, 2, 0.1), (0.1, 500, 0.5)])
async def test_the_more_is_watched_the_further_snapshots_are_apart(
    vm: SimulatedHost, clock: ManualClock, pace: float, count: int, expected: float
) -> None:
    plan = Plan(resources=tuple(PlannedResource(f"https://r{number}.example") for number in range(count)))
    refresher = Refresher(plan, environment_of_host(vm), clock, pace=pace)
    async with aclosing(refresher.snapshots()) as snapshots:
        await anext(snapshots)
        assert refresher._pace_now == pytest.approx(expected)


async def test_a_process_view_begins_with_the_identity_that_its_default_credential_gets(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    with SimulatedHost("app_service", now=clock.now) as app:
        variables = {**app.variables, "AZURE_CLIENT_ID": WEB.value}
        with running(WAITING, env=variables) as process:
            async with following(Plan(selected=SystemAssigned()), environment_of_host(vm), clock) as board:
                await board.complete()
                board.send(intents.LookAs(process))
                await board.until(lambda snapshot: snapshot.source.kind is SourceKind.APP_SERVICE and snapshot.complete)
                there = board.last
                assert there.identity is not None
                assert there.identity.identity == WEB
                assert any("that of AZURE_CLIENT_ID" in each for each in there.assumptions)
                assert not any("it is the system-assigned one" in each for each in there.assumptions)
                assert any("Key Vault" in each for each in there.assumptions), "what was assumed otherwise still holds"
                assert there.source.identity_note.startswith("DefaultAzureCredential asks for the identity of")
                [seen] = [each for each in there.source.evidence if each.signal == "AZURE_CLIENT_ID"]
                assert (seen.state, seen.note) == ("set", WEB.value)
                assert "AZURE_CLIENT_ID is set there and not set here" in there.source.process_note
                board.send(intents.SelectIdentity(SystemAssigned()))
                await board.until(lambda snapshot: snapshot.selected == 0)
                board.send(intents.LookAs(None))
                await board.until(lambda snapshot: snapshot.source.kind is SourceKind.IMDS and snapshot.complete)
                assert (board.last.selected, board.last.source.identity_note) == (0, "")
                assert any("it is the system-assigned one" in each for each in board.last.assumptions)


async def test_a_source_that_refuses_every_token_is_in_trouble_and_recovers(clock: ManualClock) -> None:
    with SimulatedHost("app_service", now=clock.now) as app:
        environment = environment_of_host(app)
        nowhere = replace(
            environment,
            variables=MappingProxyType({**environment.variables, "IDENTITY_ENDPOINT": "http://127.0.0.1:9/x"}),
        )
        async with following(ONE, nowhere, clock) as board:
            settled = asyncio.ensure_future(board.complete())
            while not settled.done():
                await clock.advance(1)
            last = settled.result()
        assert (last.source.kind, last.source.failure, last.source.trouble) == (
            SourceKind.APP_SERVICE,
            None,
            "connection_refused",
        )
        async with following(ONE, environment, clock) as board:
            assert (await board.complete()).source.trouble == ""


@pytest.mark.parametrize(("chosen", "at"), [(None, 1), (SystemAssigned(), 0)])
async def test_our_own_view_begins_so_too_until_a_person_chose(
    vm: SimulatedHost, clock: ManualClock, chosen: SystemAssigned | None, at: int
) -> None:
    async with following(Plan(selected=chosen), environment_of_host(vm, AZURE_CLIENT_ID=WEB.value), clock) as board:
        last = await board.complete()
    assert last.selected == at
