"""Detection decides as MSAL Go 1.9.0 was recorded to."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from mitui.engine.detection import detect
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from tests.engine.support import SYSTEM, VAULT, engine_in, failure

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data/detection-msal-go.json").read_text())["cases"]
KINDS = {
    "DefaultToIMDS": SourceKind.IMDS,
    "AppService": SourceKind.APP_SERVICE,
    "ServiceFabric": SourceKind.SERVICE_FABRIC,
    "CloudShell": SourceKind.CLOUD_SHELL,
    "AzureML": SourceKind.AZURE_ML,
    "AzureArc": SourceKind.AZURE_ARC,
}
LISTENERS = {
    "imds": "http://169.254.169.254/",
    "app": "http://127.0.0.1:41000",
    "ml": "http://127.0.0.1:46808/",
    "arc": "http://127.0.0.1:40342/",
    "sf": "https://localhost:2377/",
    "shell": "http://localhost:50342/",
}
OVERRIDE = "AZURE_POD_IDENTITY_AUTHORITY_HOST"


def _environment(case: dict[str, Any], root: Path, platform: str = "linux") -> HostEnvironment:
    if case["himds_installed"]:
        (root / "opt/azcmagent/bin").mkdir(parents=True)
        (root / "opt/azcmagent/bin/himds").touch()
    variables = {name: value.replace("<thumbprint>", "A" * 40) for name, value in case["variables"].items()}
    return HostEnvironment(MappingProxyType(variables), root, platform)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{'+'.join(case['variables']) or 'nothing'}")
async def test_source_is_the_one_go_picks(case: dict[str, Any], tmp_path: Path) -> None:
    environment = _environment(case, tmp_path)
    detection = detect(environment)
    assert detection.source is KINDS[case["source"]]
    if OVERRIDE in case["variables"] and detection.source is SourceKind.IMDS:
        # The one intended difference: Go declares this variable and then ignores it.
        assert detection.endpoint == case["variables"][OVERRIDE] + "/metadata/identity/oauth2/token"
    elif case["listener"] is not None:
        assert detection.endpoint.startswith(LISTENERS[case["listener"]])
    elif case["exit"]:
        async with engine_in(environment) as engine:
            refused = failure(await engine.acquire(SYSTEM, VAULT))
        assert refused.kind is FailureKind.ENDPOINT_INVALID
        assert "https://" in refused.message
        assert refused.exchanges == ()


def test_every_source_has_a_verdict_and_only_one_matches() -> None:
    detection = detect(HostEnvironment(MappingProxyType({"IDENTITY_ENDPOINT": "http://x", "IDENTITY_HEADER": "h"})))
    assert [verdict.source for verdict in detection.verdicts if verdict.matched] == [SourceKind.APP_SERVICE]
    assert {verdict.source for verdict in detection.verdicts} == set(SourceKind) - {SourceKind.NONE}
    reasons = {verdict.source: verdict.reason for verdict in detection.verdicts}
    assert reasons[SourceKind.SERVICE_FABRIC] == "IDENTITY_SERVER_THUMBPRINT is not set"
    assert reasons[SourceKind.IMDS] == "App Service comes before it"


def test_evidence_tells_empty_from_unset_and_shows_no_secret() -> None:
    variables = {"IDENTITY_ENDPOINT": "http://127.0.0.1:1/x", "IDENTITY_HEADER": "hunter2", "MSI_ENDPOINT": ""}
    detection = detect(HostEnvironment(MappingProxyType(variables)))
    states = {signal.signal: signal.state for signal in detection.evidence}
    assert states["IDENTITY_ENDPOINT"] == "set"
    assert states["MSI_ENDPOINT"] == "empty"
    assert states["MSI_SECRET"] == "unset"
    assert states["/opt/azcmagent/bin/himds"] in ("absent", "present")
    assert len(states) == len(detection.evidence)
    assert "hunter2" not in repr(detection)


def test_the_agent_on_windows_is_looked_for_where_it_is_installed(tmp_path: Path) -> None:
    installed = tmp_path / "Program Files/AzureConnectedMachineAgent/himds.exe"
    installed.parent.mkdir(parents=True)
    installed.touch()
    environment = HostEnvironment(MappingProxyType({"ProgramFiles": r"C:\Program Files"}), tmp_path, "win32")
    assert detect(environment).source is SourceKind.AZURE_ARC


@pytest.mark.parametrize(
    ("variables", "label"),
    [
        ({}, "Azure VM · IMDS"),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "Kubernetes node · IMDS"),
        ({"IDENTITY_ENDPOINT": "x", "IDENTITY_HEADER": "h"}, "App Service"),
        ({"IDENTITY_ENDPOINT": "x", "IDENTITY_HEADER": "h", "FUNCTIONS_WORKER_RUNTIME": "node"}, "Azure Functions"),
        ({"IDENTITY_ENDPOINT": "x", "IDENTITY_HEADER": "h", "CONTAINER_APP_NAME": "a"}, "Container Apps"),
        (
            {"IDENTITY_ENDPOINT": "x", "IDENTITY_HEADER": "h", "AZUREPS_HOST_ENVIRONMENT": "AzureAutomation"},
            "Azure Automation",
        ),
        ({"MSI_ENDPOINT": "x", "MSI_SECRET": "s"}, "Azure ML"),
        ({"MSI_ENDPOINT": "x"}, "Cloud Shell"),
    ],
)
def test_label_is_what_a_person_calls_it(variables: dict[str, str], label: str, tmp_path: Path) -> None:
    assert detect(HostEnvironment(MappingProxyType(variables), tmp_path)).label == label
