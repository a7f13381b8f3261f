"""What the rest of the board knows of a failure stands in its causes, over real sockets."""

from __future__ import annotations

from mitui.clock import ManualClock
from mitui.engine.identity import ClientId, ObjectId, SystemAssigned
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import default_identities
from tests.monitor.follower import ARM, environment_of_host, following

WEB, JOBS = default_identities()
UNKNOWN = ClientId("00000000-1111-2222-3333-444444444444")


async def test_the_board_tells_what_it_knows(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.system_assigned = False
    plan = Plan(
        (
            PlannedIdentity(SystemAssigned(), "", "option"),
            PlannedIdentity(ClientId(WEB.client_id), "web", "option"),
            PlannedIdentity(ObjectId(JOBS.object_id), "jobs", "option"),
        ),
        (PlannedResource(ARM, "", "option"),),
    )
    async with following(plan, environment_of_host(vm), clock) as board:
        last = await board.complete()
        failure = last.identities[0].tokens[0].failure
        assert failure is not None
        assert failure.causes[0].kind == "several_identities"
        assert f"{WEB.client_id} (web) or {JOBS.client_id} (jobs)" in failure.causes[0].remedy


async def test_an_unknown_identity_on_arc_does_not_make_the_agent_disconnected(clock: ManualClock) -> None:
    with SimulatedHost("azure_arc", now=clock.now) as host:
        plan = Plan(
            (PlannedIdentity(SystemAssigned(), "", "option"), PlannedIdentity(UNKNOWN, "", "option")),
            (PlannedResource(ARM, "", "option"),),
        )
        async with following(plan, environment_of_host(host), clock) as board:
            last = await board.complete()
            assert last.identities[0].tokens[0].failure is None
            failure = last.identities[1].tokens[0].failure
            assert failure is not None
            assert [each.kind for each in failure.causes] == ["arc_identity_not_assigned", "wrong_kind_of_id"]
