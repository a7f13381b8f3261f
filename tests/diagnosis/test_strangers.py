"""Who answers in place of IMDS, over real sockets, and what must not be taken for one of them.

From public reports: istio/istio#17171 (a sidecar's 503), Azure/aad-pod-identity#1195 (a policy that stops the agent),
Azure/GuestProxyAgent (its empty refusals), linkerd/linkerd2 (l5d-proxy-error).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mitui.diagnosis.advice import Advice
from mitui.diagnosis.token.advice import advise_token
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.firmware import firmware_cloud
from mitui.simulator.host import SimulatedHost
from tests.diagnosis.cases import ENVOY, FIRMWARE, IMDS_SERVER, NOWHERE, POD, failed
from tests.diagnosis.running import environment_of, fail


async def _advice(fault: str, more: dict[str, str] | None = None) -> tuple[Advice, ...]:
    with SimulatedHost("imds") as host:
        host.fail(fault)
        environment = environment_of(host, more)
        return advise_token(await fail(environment), HostFacts(), environment)


async def test_a_sidecar_is_named_and_told_how_to_get_past() -> None:
    top = (await _advice("mesh", POD))[0]
    assert (top.kind, top.certainty) == ("mesh_sidecar", "certain")
    assert "Envoy" in top.cause
    assert '"traffic.sidecar.istio.io/excludeOutboundIPRanges":"169.254.169.254/32"' in top.commands[1]
    assert not any(each.kind == "entra_unreachable_from_imds" for each in await _advice("mesh", POD))


async def test_the_same_on_a_vm_is_no_sidecar() -> None:
    top = (await _advice("mesh"))[0]
    assert (top.kind, top.certainty) == ("envoy_answered", "likely")


async def test_linkerd_is_named() -> None:
    top = (await _advice("linkerd", POD))[0]
    assert (top.kind, top.certainty) == ("linkerd_sidecar", "certain")
    assert "skip-outbound-ports" in top.commands[1]


@pytest.mark.parametrize("status", [403, 421, 502])
async def test_the_guest_proxy_agent_is_certain_only_where_it_is_installed(status: int) -> None:
    with SimulatedHost("imds") as host:
        host.fail("proxy_agent", status=status)
        environment = environment_of(host)
        failure = await fail(environment)
        suspected = next(
            each for each in advise_token(failure, HostFacts(), environment) if each.kind == "guest_proxy_agent"
        )
        (host.root / "var/lib/azure-proxy-agent").mkdir(parents=True)
        top = advise_token(failure, HostFacts(), environment)[0]
    assert suspected.certainty == "possible"
    assert (top.kind, top.certainty) == ("guest_proxy_agent", "certain")


@pytest.mark.parametrize(
    "case",
    [
        failed(Kind.SERVER_ERROR, status=503, body=ENVOY[:-1][:40], headers=(("server", "envoy"),), variables=POD),
        failed(Kind.SERVER_ERROR, status=503, body=ENVOY, headers=(("server", "envoi"),), variables=POD),
        failed(Kind.SERVER_ERROR, status=503, body="kein Upstream", headers=(("server", "envoy"),), variables=POD),
        failed(Kind.SERVER_ERROR, status=502, headers=(("l5d-proxy-errors", "x"),), variables=POD),
        failed(Kind.FORBIDDEN, status=403, body="no", headers=(("connection", "close"),)),
        failed(Kind.FORBIDDEN, status=403, headers=(("connection", "close"), ("server", "x"))),
        failed(Kind.SERVER_ERROR, status=503, body=ENVOY, headers=(IMDS_SERVER,), variables=POD),
    ],
)
def test_what_only_looks_like_one_of_them_makes_nothing_certain(case: object) -> None:
    advice = advise_token(case.failure, HostFacts(), case.environment)  # type: ignore[attr-defined]
    assert [each.kind for each in advice if each.certainty == "certain"] == []


def test_an_error_of_imds_that_a_sidecar_handed_on_stays_imds() -> None:
    body: dict[str, object] = {"error": "unknown", "error_description": "Failed to retrieve token"}
    case = failed(Kind.SERVER_ERROR, status=500, body=body, headers=(("server", "envoy"),))
    kinds = [each.kind for each in advise_token(case.failure, HostFacts(), case.environment)]
    assert "entra_unreachable_from_imds" in kinds
    assert "unproven_server_error" not in kinds


@pytest.mark.parametrize(
    ("name", "cloud"),
    [
        ("azure", "Azure"),
        ("aws", "AWS"),
        ("google", "Google Cloud"),
        ("alibaba", "Alibaba Cloud"),
        ("oracle", "Oracle Cloud"),
        ("openstack", "OpenStack"),
        ("nobody", ""),
    ],
)
def test_the_firmware_tells_the_cloud(name: str, cloud: str) -> None:
    assert firmware_cloud(HostEnvironment({}, FIRMWARE / name)) == cloud


def test_other_firmware_tells_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "sys/class/dmi/id"
    folder.mkdir(parents=True)
    (folder / "sys_vendor").write_bytes(b"Amazon EC2\xff\x00 or so")
    (folder / "product_name").mkdir()
    assert firmware_cloud(HostEnvironment({}, tmp_path)) == ""
    assert firmware_cloud(HostEnvironment({}, NOWHERE)) == ""


@pytest.mark.parametrize(("name", "cloud"), [("oracle", "Oracle Cloud"), ("alibaba", "Alibaba Cloud")])
def test_silence_on_another_cloud_is_told_by_its_name(name: str, cloud: str) -> None:
    case = failed(Kind.NO_ENDPOINT, root=FIRMWARE / name)
    top = advise_token(case.failure, HostFacts(), case.environment)[0]
    assert (top.kind, top.certainty) == ("other_cloud_host", "certain")
    assert cloud in top.cause
