"""Vaults on the board: probed on request, at the start, at an interval, and until what was denied is granted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from mitui.clock import ManualClock
from mitui.engine.identity import SystemAssigned
from mitui.monitor import intents
from mitui.monitor.identity_view import VaultView
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.refresher import Refresher
from mitui.monitor.remembered import Remembered
from mitui.monitor.snapshot import Snapshot
from mitui.report.markdown import markdown_report
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM
from mitui.simulator.vault.server import SimulatedVault
from mitui.tui.drawing.lines import text_of
from mitui.tui.panes.matrix import lay_out
from tests.monitor.follower import ARM, environment_of_host, following
from tests.monitor.test_refresher import WEB


@pytest.fixture
def vault(clock: ManualClock) -> Iterator[SimulatedVault]:
    with SimulatedVault("contoso-kv", tls=False, clock=clock.now) as simulated:
        yield simulated


def plan_for(vault: SimulatedVault, **changes: object) -> Plan:
    planned = PlannedVault(vault.url, "contoso", want=("secrets/get",), allow_loopback=True, origin="config")
    return Plan(
        identities=(PlannedIdentity(SystemAssigned(), "me", "config"),),
        resources=(PlannedResource(ARM, "ARM", "config"),),
        vaults=(replace(planned, **changes),),  # type: ignore[arg-type]
    )


async def test_nothing_is_sent_to_a_vault_unasked(vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock) -> None:
    async with following(plan_for(vault), environment_of_host(vm), clock) as board:
        await board.complete()
        await clock.advance(3600)
        assert (board.vault.status, board.vault.next_probe_at) == ("unprobed", None)
    assert vault.requests == []


async def test_a_probe_at_the_start_is_part_of_a_complete_snapshot(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    plan = replace(plan_for(vault), probe_at_start=True)
    async with following(plan, environment_of_host(vm), clock) as board:
        last = await board.complete()
    found = board.vault
    assert (found.status, last.status, found.model) == ("critical", "critical", "rbac")
    assert found.wanted_missing == ("secrets/get",)
    denied = next(each for each in found.permissions if each.wanted)
    assert denied.result.verdict == "denied"
    assert SYSTEM.object_id in " ".join(denied.advice[0].commands)
    assert found.requests_sent > 0
    assert any("probing" in each.activity.words for each in _vaults(board.seen) if each.activity is not None)
    assert vault.canary not in repr(board.seen)


async def test_a_grant_turns_it_ok_and_a_result_stays_while_the_next_probe_runs(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    async with following(plan_for(vault), environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.Probe())
        await board.until(lambda _: board.vault.status == "critical")
        vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
        await clock.advance(5)
        board.send(intents.Probe(vault.url))
        await board.until(lambda _: board.vault.activity is not None)
        assert board.vault.status == "critical"
        await board.until(lambda snapshot: board.vault.status == "ok" and snapshot.status == "ok")
        assert board.vault.wanted_missing == ()
        assert any("secrets/get was denied and is now granted" in each.message for each in board.last.events)
        assert any("beyond what is wanted: secrets/list" in each for each in board.vault.notes)


async def test_results_are_kept_for_each_identity(vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock) -> None:
    vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
    async with following(plan_for(vault), environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.Probe())
        await board.until(lambda _: board.vault.status == "ok")
        board.send(intents.AddIdentity(WEB, "web"))
        await board.until(lambda snapshot: snapshot.selected == 1)
        assert board.vault.status == "unprobed"
        board.send(intents.Probe())
        await board.until(lambda _: board.vault.status == "critical")
        assert board.last.identities[0].vaults[0].status == "ok"


async def test_the_watch_probes_every_thirty_seconds_until_it_is_granted(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    async with following(plan_for(vault), environment_of_host(vm), clock) as board:
        await board.complete()
        started = clock.now()
        board.send(intents.WatchVault(vault.url))
        for probes in (1, 2, 3):
            await board.until(partial(_has_probed, probes))
            watch = board.vault.watch
            assert watch is not None
            assert watch.granted_at is None
            assert watch.next_probe_at == clock.now() + 30
            if probes == 3:
                vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
            await clock.advance(30)
        await board.until(lambda _: board.vault.watch is not None and board.vault.watch.granted_at is not None)
        watch = board.vault.watch
        assert watch is not None
        assert (watch.started_at, watch.granted_at, watch.probes) == (started, started + 90, 4)
        asked = len(vault.requests)
        await clock.advance(300)
        assert len(vault.requests) == asked
    assert any("granted after 1 min 30 s" in each.message for each in board.last.events)


@pytest.mark.parametrize("probed_before", [True, False])
async def test_a_watch_that_has_nothing_to_wait_for_says_so(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock, probed_before: bool
) -> None:
    vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
    async with following(plan_for(vault), environment_of_host(vm), clock) as board:
        await board.complete()
        assert board.vault.lacks  # for all that is known
        if probed_before:
            board.send(intents.Probe())
            await board.until(lambda _: board.vault.status == "ok")
        board.send(intents.WatchVault(vault.url))
        await board.until(lambda snapshot: any("nothing to wait for" in each.message for each in snapshot.events))
        assert board.vault.watch is None
        assert not board.vault.lacks
    assert not any("granted after" in each.message for each in board.last.events)


async def test_a_watch_counts_one_probe_as_one(vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock) -> None:
    async with following(plan_for(vault), environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.Probe())
        await board.until(lambda _: board.vault.status == "critical")
        assert board.vault.lacks
        vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
        board.send(intents.WatchVault(vault.url))
        await board.until(lambda _: board.vault.watch is not None and board.vault.watch.granted_at is not None)
    assert any("and 1 probe: the watch ends" in each.message for each in board.last.events)


async def test_a_watch_without_wishes_ends_when_something_denied_is_granted(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    async with following(plan_for(vault, want=()), environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.WatchVault(vault.url))
        await board.until(lambda _: board.vault.watch is not None and board.vault.watch.probes == 1)
        vault.grant(SYSTEM.object_id, "Key Vault Crypto User")
        await clock.advance(31)
        await board.until(lambda _: board.vault.watch is not None and board.vault.watch.granted_at is not None)


async def test_a_watch_can_be_ended(vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock) -> None:
    async with following(plan_for(vault), environment_of_host(vm), clock) as board:
        await board.complete()
        board.send(intents.WatchVault(vault.url))
        await board.until(lambda _: board.vault.watch is not None and board.vault.watch.probes == 1)
        board.send(intents.WatchVault(vault.url, on=False))
        await board.until(lambda _: board.vault.watch is None and board.vault.next_probe_at is None)
        asked = len(vault.requests)
        await clock.advance(60)
        assert len(vault.requests) == asked


async def test_an_interval_of_its_own(vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock) -> None:
    async with following(plan_for(vault, probe_every=600.0), environment_of_host(vm), clock) as board:
        await board.until(lambda _: bool(board.last.identities) and board.vault.probed_at is not None)
        first = board.vault
        assert first.next_probe_at == clock.now() + 600
        await clock.advance(601)
        await board.until(lambda _: board.vault.probed_at != first.probed_at)


async def test_no_token_for_the_vault_tells_the_causes_of_that(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    vm.fail("imds.notfound", match={"resource": "https://vault.azure.net"})
    plan = replace(plan_for(vault), probe_at_start=True)
    async with following(plan, environment_of_host(vm), clock) as board:
        await board.complete()
    failure = board.vault.failure
    assert failure is not None
    assert (board.vault.status, failure.kind) == ("failed", "no_token")
    assert failure.causes
    assert failure.exchanges


async def test_what_is_no_vault_is_refused_before_anything_is_sent(vm: SimulatedHost, clock: ManualClock) -> None:
    plan = Plan(
        resources=(PlannedResource(ARM, "ARM", "config"),),
        vaults=(PlannedVault("https://evil.example.com", origin="config"),),
        probe_at_start=True,
    )
    async with following(plan, environment_of_host(vm), clock) as board:
        last = await board.complete()
    assert board.vault.failure is not None
    assert (board.vault.status, board.vault.failure.kind) == ("failed", "vault_address_refused")
    assert last.status == "critical"
    assert all("vault" not in str(each.query) for each in vm.requests)


async def test_adding_and_removing_a_vault(vm: SimulatedHost, clock: ManualClock) -> None:
    memory: list[Remembered] = [Remembered()]
    plan = Plan(resources=(PlannedResource(ARM, "ARM", "config"),))
    refresher = Refresher(
        plan, environment_of_host(vm), clock, remember=lambda change: memory.append(change(memory[-1]))
    )
    async with following(plan, environment_of_host(vm), clock, refresher) as board:
        await board.complete()
        board.send(intents.AddVault(" fabrikam-kv "))
        await board.until(lambda _: bool(board.identity.vaults))
        assert (board.vault.vault, board.vault.name) == ("https://fabrikam-kv.vault.azure.net", "fabrikam-kv")
        assert memory[-1].vaults == ("fabrikam-kv",)
        board.send(intents.AddVault("http://example.com"))
        await board.until(lambda snapshot: snapshot.events[-1].level == "error")
        board.send(intents.RemoveVault("https://fabrikam-kv.vault.azure.net"))
        await board.until(lambda _: not board.identity.vaults)
    assert not memory[-1].vaults


def _has_probed(probes: int, snapshot: Snapshot) -> bool:
    watch = _vaults([snapshot])[0].watch if snapshot.identities else None
    return watch is not None and watch.probes == probes


def _vaults(seen: list[Snapshot]) -> list[VaultView]:
    return [vault for snapshot in seen for identity in snapshot.identities for vault in identity.vaults]


async def test_what_an_old_token_can_not_know_is_told_where_something_is_denied(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    vm.ages["https://vault.azure.net"] = 2 * 3600
    plan = plan_for(vault, probe_every=600.0)
    async with following(plan, environment_of_host(vm), clock) as board:
        await board.complete()
        assert any(each.startswith("This token was issued 2 h 0 min ago") for each in board.vault.notes)
        vault.grant(SYSTEM.object_id, "Key Vault Administrator")
        await clock.advance(601)
        await board.until(lambda snapshot: not any("was issued" in each for each in board.vault.notes))


async def test_permissions_are_counted_alike_wherever_they_are_counted(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    vault.secrets["db-password"] = "a value"
    vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
    want = ("secrets/get", "keys/get")
    plan = replace(plan_for(vault, secret="db-password", want=want), probe_at_start=True)
    async with following(plan, environment_of_host(vm), clock) as board:
        last = await board.complete()
    [event] = [each.message for each in last.events if "probed with" in each.message]
    counts = event.partition(": ")[2]
    granted = [each.result.word for each in board.vault.one_each if each.result.verdict == "granted"]
    assert granted == ["secrets/get", "secrets/list"]
    assert counts.startswith("2 granted, ")
    assert next(each.detail for each in board.vault.stages if each.stage == "permissions") == counts
    matrix = lay_out(board.vault.one_each, 76)
    glyphs = "".join(text_of(row) for item in (*matrix.items, *matrix.extras) for row in item.lines)
    assert f"{glyphs.count('✓')} granted, {glyphs.count('✗')} denied" in counts
    [labels] = [row.split("|")[3].strip() for row in markdown_report(last).splitlines() if "secrets/get" in row]
    assert labels == "`secrets/get`, `secrets/get for secret db-password`"


async def test_what_a_named_secret_needs_is_missing_once_and_a_grant_on_it_counts(
    vm: SimulatedHost, vault: SimulatedVault, clock: ManualClock
) -> None:
    vault.secrets["db-password"] = "a value"
    plan = replace(plan_for(vault, secret="db-password"), probe_at_start=True)
    async with following(plan, environment_of_host(vm), clock) as board:
        assert markdown_report(await board.complete()).count("Missing**") == 1
        vault.grant(SYSTEM.object_id, "Key Vault Secrets User", scope="secrets/db-password")
        board.send(intents.Probe(vault.url))
        last = await board.until(lambda _: board.vault.status == "ok")
    [counted] = [each.result for each in board.vault.one_each if each.result.word == "secrets/get"]
    assert (counted.verdict, counted.label) == ("granted", "secrets/get for secret db-password")
    assert "Missing**" not in markdown_report(last)
    assert any("secrets/get for secret db-password was denied" in each.message for each in last.events)
