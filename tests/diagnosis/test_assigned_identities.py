"""Asking ARM for the identities of one's own host, over sockets."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from mitui.clock import SystemClock
from mitui.diagnosis.assigned_identities import AssignedList, list_assigned
from mitui.engine.host.facts import HostFacts
from mitui.engine.token.access_token import AccessToken
from mitui.http import GuardedClient
from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.identities import scale_set_machine
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import LoopbackServer, Reply
from tests.diagnosis.cases import APP, CONTAINER, VM
from tests.diagnosis.running import ask, environment_of
from tests.keyvault.support import token_for

ARM = "https://management.azure.com"
WEB, JOBS = default_identities()


async def listed(token: AccessToken, host: HostFacts, url: str) -> AssignedList:
    client = GuardedClient(SystemClock())
    try:
        return await list_assigned(token, host, client, SystemClock(), arm_endpoint=url)
    finally:
        await client.aclose()


async def on_host(host: SimulatedHost) -> AssignedList:
    token = await ask(environment_of(host), resource=ARM)
    assert isinstance(token, AccessToken)
    return await listed(token, HostFacts(resource_id=host.machine.resource_id), host.url)


async def test_a_reader_of_its_own_host_sees_them_all() -> None:
    with SimulatedHost("imds") as host:
        host.arm_reader = True
        answer = await on_host(host)

    assert answer.refusal == ""
    assert answer.identities == (
        ("system", "", host.system.object_id),
        (WEB.resource_id, WEB.client_id, WEB.object_id),
        (JOBS.resource_id, JOBS.client_id, JOBS.object_id),
    )


async def test_the_default_is_a_refusal_with_the_grant_that_would_change_it() -> None:
    with SimulatedHost("imds") as host:
        answer = await on_host(host)

    assert answer.identities == ()
    assert "may not read its own host, which is the default" in answer.refusal
    assert host.system.object_id in shlex.split(answer.commands[0])
    assert answer.exchange is not None
    assert answer.exchange.status == 403
    assert "eyJ" not in repr(answer)


async def test_an_instance_asks_its_scale_set() -> None:
    with SimulatedHost("imds", machine=scale_set_machine("vmss-web")) as host:
        host.arm_reader = True
        answer = await on_host(host)

    assert answer.identities
    assert host.requests[-1].path.endswith("/virtualMachineScaleSets/vmss-web")


@pytest.mark.parametrize("kind", ["app_service", "azure_arc"])
async def test_other_hosts_have_resources_of_their_own(kind: str) -> None:
    with SimulatedHost(kind) as host:
        host.arm_reader = True
        host.rooted_realm = False
        answer = await listed(token_for(ARM), HostFacts(resource_id=host.machine.resource_id), host.url)

    assert answer.identities


class Arm:
    """An ARM that answers as it is told."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.requests: list[RecordedRequest] = []
        self.server = LoopbackServer(self.answer)

    def answer(self, request: RecordedRequest) -> Reply:
        self.requests.append(request)
        return self.reply

    async def asked(self, host: HostFacts = VM) -> AssignedList:
        self.server.start()
        try:
            return await listed(token_for(ARM), host, f"http://127.0.0.1:{self.server.port}")
        finally:
            self.server.stop()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(302, (("Location", "http://127.0.0.1:9/"),)), "redirect, which was not followed"),
        (Reply(404), "does not know this host's resource"),
        (Reply(500), "answered 500"),
        (Reply(200, (), b"<html>"), "can't be read"),
        (Reply(200, (), b"[1]"), "can't be read"),
    ],
)
async def test_every_other_answer_is_one_sentence(reply: Reply, words: str) -> None:
    arm = Arm(reply)
    answer = await arm.asked()

    assert words in answer.refusal
    assert len(arm.requests) == 1


@pytest.mark.parametrize("body", [b"{}", b'{"identity": 3}', b'{"identity": {"userAssignedIdentities": [1]}}'])
async def test_a_host_without_identities(body: bytes) -> None:
    answer = await Arm(Reply(200, (), body)).asked()

    assert (answer.identities, answer.refusal) == ((), "")


async def test_a_list_without_end_is_cut() -> None:
    many = ",".join(f'"/id/{number}": {{}}' for number in range(900))
    answer = await Arm(Reply(200, (), f'{{"identity": {{"userAssignedIdentities": {{{many}}}}}}}'.encode())).asked()

    assert len(answer.identities) == 200


@pytest.mark.parametrize(
    "resource_id",
    [
        "",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v",
        f"{VM.resource_id}?x=/../../",
        f"{VM.resource_id}/../../../../tenants#",
        CONTAINER.resource_id,
        "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/g/providers/Microsoft.Odd/things/t",
    ],
)
async def test_nothing_is_sent_for_a_host_that_arm_can_not_know(resource_id: str) -> None:
    arm = Arm(Reply(200, (), b"{}"))
    answer = await arm.asked(replace(VM, resource_id=resource_id))

    assert answer.refusal
    assert arm.requests == []


async def test_a_token_for_another_audience_stays_here() -> None:
    client = GuardedClient(SystemClock())
    answer = await list_assigned(token_for("https://vault.azure.net"), APP, client, SystemClock())
    await client.aclose()

    assert answer.refusal == f"The token is for https://vault.azure.net and not for {ARM}, so it is not sent there."


async def test_an_arm_that_can_not_be_reached() -> None:
    answer = await listed(token_for(ARM), VM, "http://127.0.0.1:9")

    assert answer.refusal.startswith("Azure Resource Manager can't be asked")
