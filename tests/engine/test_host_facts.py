"""Who the host is, and what another process sees of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import MappingProxyType

import pytest

from mitui.clock import SystemClock
from mitui.engine.detection import detect
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.firmware import firmware_cloud
from mitui.engine.host.lookup import host_facts
from mitui.engine.host.process_environment import ProcessUnreadable, environment_of, refusal
from mitui.engine.resources import default_resources, normalise_resource, well_known_resources
from mitui.http import GuardedClient
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import KUBELET_IDENTITY, scale_set_machine
from tests.engine.support import environment_on


async def _facts(environment: HostEnvironment) -> HostFacts:
    clock = SystemClock()
    client = GuardedClient(clock)
    try:
        return await host_facts(environment, detect(environment), client, clock)
    finally:
        await client.aclose()


async def test_imds_tells_who_the_vm_is() -> None:
    with SimulatedHost("imds") as host:
        facts = await _facts(environment_on(host))
        assert facts == HostFacts(
            name="vm-web-01",
            location="westeurope",
            cloud="AzurePublicCloud",
            resource_id=host.machine.resource_id,
            subscription_id=facts.subscription_id,
            resource_group=facts.resource_group,
            kind="Azure VM",
            tenant_id=host.tenant,
            detail=facts.detail,
        )
    assert facts.subscription_id
    assert facts.resource_group


async def test_the_second_version_of_imds_is_a_fact_and_gets_no_credential() -> None:
    with SimulatedHost("imds") as host:
        assert dict((await _facts(environment_on(host))).detail)["token binding"] == "not offered"
        host.imds_v2 = True
        facts = await _facts(environment_on(host))
        asked = [each for each in host.requests if "platformmetadata" in each.path]
        paths = {each.path for each in host.requests}
    assert dict(facts.detail)["token binding"] == "offered (IMDSv2)"
    assert dict(facts.detail)["default identity"] == host.system.client_id
    assert [(each.method, each.query) for each in asked] == [("GET", {"cred-api-version": ["2.0"]})] * 2
    assert not [path for path in paths if "issuecredential" in path or "oauth2" in path]


@pytest.mark.parametrize("fault", ["proxy", "mesh", "html", "docker"])
async def test_whoever_answers_in_its_place_tells_nothing_of_it(fault: str) -> None:
    with SimulatedHost("imds") as host:
        host.fail(fault, match={"path": "/metadata/identity/getplatformmetadata"})
        assert "token binding" not in dict((await _facts(environment_on(host))).detail)


async def test_a_node_of_aks_says_whose_its_identity_is() -> None:
    with SimulatedHost("workload_identity") as pod:
        node = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": pod.node_url, "KUBERNETES_SERVICE_HOST": "10.0.0.1"}
        detail = dict((await _facts(HostEnvironment(node, pod.root))).detail)
    assert detail["kubelet identity"] == KUBELET_IDENTITY
    assert detail["IMDS restriction"] == "false"


async def test_a_pod_is_known_by_its_token_and_its_variables() -> None:
    with SimulatedHost("workload_identity") as host:
        government = {"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/"}
        facts = await _facts(environment_on(host, government))
        assert host.requests == []
    assert (facts.name, facts.kind, facts.cloud) == (host.pod.name, "Kubernetes pod", "AzureUSGovernmentCloud")
    assert facts.tenant_id == host.tenant
    assert facts.detail == (("namespace", "shop"), ("service account", "web"))


async def test_a_scale_set_instance() -> None:
    with SimulatedHost("imds", machine=scale_set_machine()) as host:
        facts = await _facts(environment_on(host))
    assert facts.kind == "VM scale set instance"
    assert dict(facts.detail)["scale set"] == "vmss-web"


async def test_arc_tells_who_the_server_is() -> None:
    with SimulatedHost("azure_arc") as host:
        facts = await _facts(environment_on(host))
    assert facts.kind == "Azure Arc server"
    assert facts.name == "arc-db-01"
    assert "Microsoft.HybridCompute" in facts.resource_id


@pytest.mark.parametrize("fault", ["html", "garbage", "closed", "half-json", "huge", "docker", "proxy"])
async def test_no_fault_raises(fault: str) -> None:
    with SimulatedHost("imds") as host:
        host.fail(fault)
        host.fail(fault, match={"path": "/metadata/instance"})
        assert isinstance(await _facts(environment_on(host)), HostFacts)


async def test_nobody_answers() -> None:
    started = time.monotonic()
    assert await _facts(HostEnvironment({"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"})) == HostFacts()
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("variables", "facts"),
    [
        (
            {
                "IDENTITY_ENDPOINT": "x",
                "IDENTITY_HEADER": "h",
                "WEBSITE_SITE_NAME": "app",
                "WEBSITE_RESOURCE_GROUP": "rg",
                "WEBSITE_OWNER_NAME": "sub+space",
                "REGION_NAME": "West Europe",
            },
            HostFacts(
                name="app",
                location="West Europe",
                resource_id="/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Web/sites/app",
                subscription_id="sub",
                resource_group="rg",
                kind="App Service",
            ),
        ),
        (
            {"IDENTITY_ENDPOINT": "x", "IDENTITY_HEADER": "h", "CONTAINER_APP_NAME": "ca"},
            HostFacts(name="ca", kind="Container App"),
        ),
        ({"MSI_ENDPOINT": "x", "MSI_SECRET": "s", "CI_NAME": "ci"}, HostFacts(name="ci", kind="ML compute")),
        ({"MSI_ENDPOINT": "x"}, HostFacts(kind="Cloud Shell")),
    ],
)
async def test_variables_tell_it_elsewhere(variables: dict[str, str], facts: HostFacts, tmp_path: Path) -> None:
    assert await _facts(HostEnvironment(MappingProxyType(variables), tmp_path)) == facts


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets one process see another's")
def test_another_process_is_read() -> None:
    variables = {"IDENTITY_ENDPOINT": "http://127.0.0.1:1/x", "IDENTITY_HEADER": "h=1", "ODD": "\udcff\n"}
    with subprocess.Popen(["/bin/sleep", "30"], env=variables) as other:
        try:
            deadline = time.monotonic() + 5
            seen = environment_of(other.pid)
            while isinstance(seen, HostEnvironment) and "ODD" not in seen.variables and time.monotonic() < deadline:
                seen = environment_of(other.pid)  # until it has become sleep
        finally:
            other.kill()
    assert isinstance(seen, HostEnvironment)
    assert dict(seen.variables) == variables
    assert seen.process_id == other.pid
    assert seen.root == Path(f"/proc/{other.pid}/root")
    assert detect(seen).label == "App Service"


def test_a_process_that_is_not_there(tmp_path: Path) -> None:
    for process_id in (0, -5, 2**31 - 1):
        refused = environment_of(process_id)
        assert isinstance(refused, ProcessUnreadable)
        assert str(process_id) in refused.message
    assert isinstance(environment_of(1, tmp_path), ProcessUnreadable)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs here")
def test_no_file_of_a_container_holds_up_its_look(tmp_path: Path) -> None:
    root = tmp_path / "proc/7/root"
    root.mkdir(parents=True)
    (tmp_path / "proc/7/environ").write_bytes(b"A=1\0")
    for place in ("etc/passwd", "sys/class/dmi/id/chassis_asset_tag", "sys/class/dmi/id/sys_vendor"):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(root / place)
    environment = environment_of(7, tmp_path)
    assert isinstance(environment, HostEnvironment)
    assert environment.user == ""
    assert firmware_cloud(environment) == ""


def test_a_process_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7/environ").write_bytes(b"A=1\0")
    (tmp_path / "proc/7/environ").chmod(0)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        refused = environment_of(7, tmp_path)
    finally:
        os.seteuid(before)
    assert isinstance(refused, ProcessUnreadable)
    assert "with sudo, or as the same user" in refused.message


@pytest.mark.parametrize(("state", "ended"), [("Z", True), ("X", True), ("S", False)])
def test_a_process_that_is_only_waited_for_has_ended(state: str, ended: bool, tmp_path: Path) -> None:
    folder = tmp_path / "proc/7"
    folder.mkdir(parents=True)
    (folder / "environ").write_bytes(b"")
    (folder / "stat").write_text(f"7 (a (b) c) {state} 1 7")
    seen = environment_of(7, tmp_path)
    assert isinstance(seen, ProcessUnreadable) is ended
    assert not isinstance(seen, ProcessUnreadable) or seen.message == "process 7 has ended"


@pytest.mark.parametrize(
    ("capabilities", "reason"),
    [("000001ffffffffff", "another user namespace"), ("00000000a80425fb", "withholds CAP_SYS_PTRACE")],
)
def test_root_is_not_told_to_use_sudo(capabilities: str, reason: str, tmp_path: Path) -> None:
    own = tmp_path / "proc/self"
    own.mkdir(parents=True)
    (own / "status").write_text(f"Name:\tmitui\nCapEff:\t{capabilities}\n")
    words = refusal(7, tmp_path, is_root=True)
    assert words.startswith("even root may not read process 7 here: ")
    assert reason in words
    assert "sudo" not in words
    assert "with sudo" in refusal(7, tmp_path, is_root=False)


def test_resources() -> None:
    assert normalise_resource("https://vault.azure.net/.default") == "https://vault.azure.net"
    assert normalise_resource("https://vault.azure.net//.default") == "https://vault.azure.net/"
    assert normalise_resource(" https://vault.azure.net/ ") == "https://vault.azure.net/"
    assert default_resources("") == ("https://management.azure.com", "https://vault.azure.net")
    assert default_resources("AzureChinaCloud") == ("https://management.chinacloudapi.cn", "https://vault.azure.cn")
    assert dict(well_known_resources("AzureUSGovernmentCloud"))["Key Vault"] == "https://vault.usgovcloudapi.net"
