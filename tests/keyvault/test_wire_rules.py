"""What the vault's own log shows of the probe: nothing that could change it, and no token too early."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from mitui import __version__
from mitui.keyvault.permission_table import OPERATIONS, sent_operations
from mitui.keyvault.probe_result import Stage
from mitui.keyvault.probe_run import plan
from mitui.keyvault.roles import BUILT_IN_ROLES
from mitui.keyvault.session import MOST_REQUESTS
from mitui.keyvault.verdict import ProbeDepth, StageName
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import CALLER, Source, probe

DEPTHS: tuple[ProbeDepth, ...] = get_args(ProbeDepth)
PROBE_NAME = re.compile(r"(?:app-)?mitui-probe-[0-9a-f]{32}\Z")


@pytest.mark.parametrize("depth", DEPTHS)
async def test_the_log_of_a_vault_that_grants_everything_shows_no_harm(depth: ProbeDepth) -> None:
    with SimulatedVault() as vault:
        vault.secrets["db-password"] = "canary"
        vault.add_key("signing")
        vault.add_certificate("web")
        vault.grant(CALLER, "Key Vault Administrator")
        result = await probe(vault, depth=depth, secret="db-password", prefix="app-")
        requests = list(vault.requests)
        assert vault.mutating_requests_that_could_succeed() == []
        assert vault.authorizations_before_challenge() == []
        names = vault.names_used() - {"db-password"}
    assert result.failure is None
    assert result.requests_sent == len(requests) <= MOST_REQUESTS
    assert len(names) == 1
    assert PROBE_NAME.match(names.pop())
    assert all(each.name != "db-password" or each.method == "GET" for each in requests)
    assert [each.path for each in requests[:3]][:2] == ["/healthstatus", "/secrets"]
    assert all("authorization" not in each.headers for each in requests[:2])
    assert requests[2].operation == "secrets/get"
    assert {each.headers["x-ms-client-request-id"] for each in requests} == {result.client_request_id}
    assert {each.headers["user-agent"] for each in requests} == {f"mitui/{__version__} (permission-probe)"}
    assert all("x-http-method" not in each.headers for each in requests)
    assert any(f"{len(requests)} requests" in note for note in result.notes)


def test_no_depth_can_send_more_than_the_limit() -> None:
    for depth in DEPTHS:
        assert len(plan(depth, "a-secret", "app-")) + 2 <= MOST_REQUESTS


def test_the_default_reads_only_and_nothing_untestable_is_ever_sent() -> None:
    assert {row.method for row in sent_operations("read")} == {"GET"}
    destructive = {depth: {row.permission for row in sent_operations(depth) if row.tier == 3} for depth in DEPTHS}
    assert not destructive["read"]
    assert not destructive["crypto"]
    assert destructive["deep"] == {"backup", "recover", "delete", "purge", "rotate", "setrotationpolicy"}
    for depth in DEPTHS:
        for row in sent_operations(depth):
            assert row.tier <= 3
            assert row.permission not in ("set", "create", "import", "restore")
    assert all(bool(row.method) == (row.tier < 4) for row in OPERATIONS)


def test_each_row_is_granted_by_its_least_role_and_by_no_lesser_one() -> None:
    order = list(BUILT_IN_ROLES)
    for row in OPERATIONS:
        assert row.least_role.grants(row.data_action), row
        if row.word == "secrets/get" or row.least_role.name.endswith("Officer"):
            weaker = [role for role in order[: order.index(row.least_role)] if role.grants(row.data_action)]
            assert not weaker, row


def test_every_run_uses_names_of_its_own() -> None:
    one, two = plan("deep", "", ""), plan("deep", "", "")
    assert {ask.name for ask in one}.isdisjoint({ask.name for ask in two})
    assert {ask.version for ask in one}.isdisjoint({ask.version for ask in two})


async def test_stages_are_told_as_they_end() -> None:
    told: list[Stage] = []
    with SimulatedVault() as vault:
        source = Source()
        result = await probe(vault, source, on_stage=told.append)
    assert tuple(stage.stage for stage in told) == get_args(StageName)
    assert tuple(told) == result.stages
    assert all(stage.status == "ok" and stage.detail for stage in told)
    assert source.asked == ["https://vault.azure.net"]
    assert result.started_at <= result.finished_at
