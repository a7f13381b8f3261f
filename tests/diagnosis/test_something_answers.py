"""Where something answers in place of IMDS, no cause says that nothing does."""

from __future__ import annotations

import pytest

from mitui.cli.demo import simulated
from mitui.cli.headless import plan_for_one_look
from mitui.cli.output.looking import look_once
from mitui.monitor.plan import Plan


@pytest.mark.parametrize(("scenario", "cause"), [("docker", "docker_desktop"), ("proxy", "proxy_answered")])
async def test_a_stranger_is_not_taken_for_silence(scenario: str, cause: str) -> None:
    with simulated(scenario, plan_for_one_look(Plan(), None)) as (plan, environment):
        snapshot = (await look_once(plan, environment))[0]
    assert snapshot.source.failure is not None
    kinds = [each.kind for each in snapshot.source.failure.causes]
    assert kinds[0] == cause
    assert not {"not_on_azure", "route_missing", "network_policy"} & set(kinds)
