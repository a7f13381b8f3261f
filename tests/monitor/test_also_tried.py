"""The second question: what it tells apart, that it is asked once, and that nothing hostile in a table matters."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from mitui.clock import ManualClock
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.routes import route_to
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.monitor.identity_view import FailureView
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.watches.also_tried import about_silence
from mitui.report.json_report import json_report
from mitui.report.markdown import markdown_report
from mitui.report.text import text_report
from mitui.simulator.host import SimulatedHost
from tests.monitor.follower import ARM, PATIENCE, Follower, environment_of_host, following

NOT_HERE = ClientId("00000000-1111-2222-3333-444444444444")
APP = "api://contoso-orders"
IMDS = "169.254.169.254"
HEADER = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
NEIGHBOURS = "IP address       HW type     Flags       HW address            Mask     Device\n"
DEFAULT = "eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"


def plan_of(identity: SystemAssigned | ClientId, resource: str, **changes: object) -> Plan:
    plan = Plan((PlannedIdentity(identity, "", "option"),), (PlannedResource(resource, "", "option"),))
    return replace(plan, **changes)  # type: ignore[arg-type]


def failure_of(board: Follower) -> FailureView:
    failure = board.token.failure
    assert failure is not None
    return failure


def asked(host: SimulatedHost) -> list[str]:
    """The resources of the token requests so far."""
    return [resource for each in host.requests if "oauth2" in each.path for resource in each.query.get("resource", [])]


async def test_an_audience_is_told_from_an_identity_by_resource_manager(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.fail("imds.badres", match={"resource": APP})
    async with following(plan_of(SystemAssigned(), APP), environment_of_host(vm), clock) as board:
        last = await board.complete()
        assert failure_of(board).also_tried == (
            f"{ARM} as the same identity: works, so it is about this audience and not about the identity",
        )
        for report in (text_report(last), markdown_report(last), json_report(last)):
            assert "works, so it is about this audience" in " ".join(report.split())
            assert "also" in report


async def test_what_fails_for_every_audience_is_not_blamed_on_this_one(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.fail("imds.badres")
    async with following(plan_of(SystemAssigned(), APP), environment_of_host(vm), clock) as board:
        await board.complete()
        assert failure_of(board).also_tried == (
            f"{ARM} as the same identity: fails in the same way, so it is not about this audience",
        )


async def test_another_failure_of_resource_manager_is_named(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.fail("imds.unauthorized", match={"resource": ARM})
    vm.fail("imds.badres", match={"resource": APP})
    async with following(plan_of(SystemAssigned(), APP), environment_of_host(vm), clock) as board:
        await board.complete()
        assert failure_of(board).also_tried[0].startswith(f"{ARM} as the same identity: fails too, ")


def failure_is_there(failure: FailureView | None) -> bool:
    return failure is not None


async def test_the_failure_is_on_the_board_before_the_second_question_is_answered(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    vm.fail("blackhole", match={"resource": ARM})
    vm.fail("imds.badres", match={"resource": APP})
    async with following(plan_of(SystemAssigned(), APP), environment_of_host(vm), clock) as board:
        told = await board.until(lambda snapshot: failure_is_there(snapshot.identities[0].tokens[0].failure))
        assert not told.complete
        assert failure_of(board).also_tried == ()
        assert failure_of(board).causes


async def test_the_second_question_is_asked_once_for_a_failure_that_stays(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    vm.fail("imds.badres", match={"resource": APP})
    async with following(plan_of(SystemAssigned(), APP), environment_of_host(vm), clock) as board:
        await board.complete()
        for times in range(2, 6):
            await clock.advance(301)
            async with asyncio.timeout(PATIENCE):
                while asked(vm).count(APP) < times:  # noqa: ASYNC110 - the server is in another thread
                    await asyncio.sleep(0.01)
            await clock.settle()
        assert asked(vm).count(ARM) == 1
        assert failure_of(board).also_tried
        vm.heal()
        await clock.advance(301)
        await board.until(lambda snapshot: snapshot.status == "ok")
        assert board.token.failure is None


async def test_an_identity_that_is_not_there_is_told_from_a_host_that_has_none(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    async with following(plan_of(NOT_HERE, ARM), environment_of_host(vm), clock) as board:
        await board.complete()
        assert failure_of(board).kind == "identity_not_found"
        assert failure_of(board).also_tried == (
            "no selector: the system-assigned identity works, so the endpoint and this audience are in order",
        )
    vm.system_assigned = False
    async with following(plan_of(NOT_HERE, ARM), environment_of_host(vm), clock) as board:
        await board.complete()
        assert failure_of(board).also_tried == (
            "no selector: this host has user-assigned identities, but not this one, and no system-assigned one",
        )
    vm.identities = vm.identities[:1]
    async with following(plan_of(NOT_HERE, ARM), environment_of_host(vm), clock) as board:
        await board.complete()
        assert failure_of(board).also_tried == (
            f"no selector: this host's only identity answers, client ID {vm.identities[0].client_id}",
        )
    vm.identities = ()
    async with following(plan_of(NOT_HERE, ARM), environment_of_host(vm), clock) as board:
        await board.complete()
        assert failure_of(board).also_tried == ("no selector: this host has no identity at all",)


async def test_nothing_more_is_asked_where_the_failure_leaves_no_question(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    vm.system_assigned = False
    async with following(plan_of(SystemAssigned(), ARM), environment_of_host(vm), clock) as board:
        await board.complete()
        assert failure_of(board).also_tried == ()
        assert asked(vm) == [ARM]


async def test_a_vault_name_is_told_from_dns_as_a_whole(vm: SimulatedHost, clock: ManualClock) -> None:
    vault = PlannedVault("contoso-kv")
    plan = plan_of(SystemAssigned(), ARM, vaults=(vault,), probe_at_start=True)
    async with following(plan, environment_of_host(vm), clock) as board:
        await board.until(lambda snapshot: snapshot.complete and board.vault.failure is not None)
        failure = board.vault.failure
        assert failure is not None
        assert failure.kind == "vault_name_not_resolved"
        assert failure.also_tried == (
            "management.azure.com: does not resolve either, so DNS as a whole does not work here",
        )
        assert [each.kind for each in failure.causes] == ["dns_does_not_work"]
        assert failure.message.count("can't be resolved") == 1


async def test_a_simulated_host_asks_nobody_for_a_name(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked_for(*name: object, **_: object) -> None:
        raise AssertionError(name)

    monkeypatch.setattr("mitui.http.name_lookup._told", asked_for)
    vault = PlannedVault("contoso-extra")
    plan = plan_of(SystemAssigned(), ARM, vaults=(vault,), probe_at_start=True)
    async with following(plan, replace(environment_of_host(vm), enclosed=True), clock) as board:
        await board.until(lambda snapshot: snapshot.complete and board.vault.failure is not None)
        failure = board.vault.failure
        assert failure is not None
        assert failure.message == (
            "the vault's name contoso-extra.vault.azure.net can't be resolved: this simulation has no such name"
        )
        assert failure.causes[0].kind == "vault_name_unknown"
        assert failure.also_tried == ()


def silence(kind: FailureKind = FailureKind.NO_ENDPOINT) -> TokenFailure:
    return TokenFailure(kind, "nothing answers", "imds", "", "")


def host_with(root: Path, routes: str, neighbours: str = "", **variables: str) -> HostEnvironment:
    tables = root / "proc" / "net"
    tables.mkdir(parents=True, exist_ok=True)
    (tables / "route").write_text(HEADER + routes)
    (tables / "arp").write_text(NEIGHBOURS + neighbours)
    return HostEnvironment(MappingProxyType(variables), root)


@pytest.mark.parametrize(
    ("routes", "neighbours", "words"),
    [
        ("", "", "no entry leads to 169.254.169.254, and there is no default route"),
        (DEFAULT, "", "the default route leads to 169.254.169.254 by 10.0.0.1 on eth0"),
        (
            DEFAULT + "eth0\tFEA9FEA9\t0100000A\t0007\t0\t0\t100\tFFFFFFFF\t0\t0\t0\n",
            "",
            "the entry 169.254.169.254/32 leads to 169.254.169.254 by 10.0.0.1 on eth0",
        ),
        (
            DEFAULT + "tun0\t00000000\t01FEA8C0\t0003\t0\t0\t50\t00000000\t0\t0\t0\n",
            "",
            "by 192.168.254.1 on tun0, which is a tunnel (a VPN)",
        ),
        ("*\tFEA9FEA9\t00000000\t0201\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n", "", "refuses packets for 169.254.169.254"),
        (
            "eth0\t0000FEA9\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n",
            "169.254.169.254  0x1         0x0         00:00:00:00:00:00     *        eth0\n",
            "169.254.169.254 does not answer on eth0: no machine there, or the link is cut",
        ),
        (
            DEFAULT,
            "10.0.0.1         0x1         0x2         12:34:56:78:9a:bc     *        eth0\n",
            "10.0.0.1 answers on eth0, so the link is in order",
        ),
    ],
)
def test_a_silent_imds_is_followed_through_the_tables(tmp_path: Path, routes: str, neighbours: str, words: str) -> None:
    assert words in " · ".join(about_silence(silence(), host_with(tmp_path, routes, neighbours)))


def test_a_pod_is_told_what_no_table_shows(tmp_path: Path) -> None:
    environment = host_with(tmp_path, DEFAULT, KUBERNETES_SERVICE_HOST="10.0.0.1")
    assert "NetworkPolicy" in about_silence(silence(), environment)[-1]


def test_an_answer_is_no_silence_and_another_address_has_another_route(tmp_path: Path) -> None:
    assert about_silence(silence(FailureKind.SERVER_ERROR), host_with(tmp_path, "")) == ()
    elsewhere = host_with(tmp_path, "", AZURE_POD_IDENTITY_AUTHORITY_HOST="http://127.0.0.1:9")
    assert about_silence(silence(), elsewhere) == ()


@pytest.mark.parametrize(
    "line",
    [
        "eth0",
        "eth0\tzz\tzz\tzz\tzz\tzz\tzz\tzz\n",
        "eth0\tFFFFFFFFFF\t0\t1\t0\t0\t0\t0\t0\t0\t0\n",
        "eth0\t00000000\t-1\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
        "eth0\tFEA9FEA9\t00000000\t0001\t0\t0\t0\t00FF00FF\t0\t0\t0\n",
        "\x1b[2J\x00\n" * 1000,
    ],
)
def test_a_table_that_makes_no_sense_is_one_without_that_line(tmp_path: Path, line: str) -> None:
    route = route_to(host_with(tmp_path, line), IMDS)
    assert route is not None
    assert route.words.startswith("no entry leads to")


def test_no_table_says_nothing(tmp_path: Path) -> None:
    assert about_silence(silence(), HostEnvironment(root=tmp_path)) == ()
    (tmp_path / "proc" / "net").mkdir(parents=True)
    os.mkfifo(tmp_path / "proc" / "net" / "route")
    assert about_silence(silence(), HostEnvironment(root=tmp_path)) == ()
    assert about_silence(silence(), HostEnvironment(root=tmp_path, process_id=1 << 22)) == ()
