"""The table of rules against what SDKs were recorded to do, and against MSAL .NET's documented behaviour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from azure.identity._internal import get_default_authority

from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.sdk.rules import SDKS
from mitui.engine.host.environment import HostEnvironment
from tests.diagnosis.host_shapes import ARC, FABRIC, MSI, PAIR, RECORDED, THUMBPRINT, WORKLOAD, listener_of

CASES = RECORDED
SDK_NAMES = {
    "MSAL Go": "MSAL Go 1.9",
    "MSAL Python": "MSAL Python 1.39",
    "msal-node": "msal-node 7.2",
    "azure-identity": "azure-identity 1.27",
    "azure-identity aio": "azure-identity aio 1.27",
}


def host(tmp_path: Path, variables: dict[str, str], *, himds: bool = False, platform: str = "linux") -> HostEnvironment:
    if himds:
        agent = tmp_path / "opt/azcmagent/bin/himds"
        agent.parent.mkdir(parents=True)
        agent.touch(mode=0o755)
    filled = {name: value.replace("<thumbprint>", THUMBPRINT) for name, value in variables.items()}
    return HostEnvironment(filled, tmp_path, platform)


def test_every_recorded_host_is_here() -> None:
    assert len(CASES) == 32


@pytest.mark.parametrize("recorded", CASES, ids=range(len(CASES)))
@pytest.mark.parametrize("client", SDK_NAMES)
def test_every_recorded_choice_comes_out_right(client: str, recorded: dict[str, Any], tmp_path: Path) -> None:
    environment = host(tmp_path, recorded["variables"], himds=recorded["himds_installed"])
    choice = next(each for each in sdk_choices(environment) if each.sdk == SDK_NAMES[client])

    assert listener_of(choice.endpoint) == recorded["clients"][client]["listener"]
    assert (choice.source is None) == (choice.endpoint == "")
    if choice.source is None:
        assert choice.note


@pytest.mark.parametrize(
    ("variables", "source"),
    [
        ({}, "imds"),
        (PAIR, "app_service"),
        (FABRIC, "service_fabric"),
        ({**FABRIC, "IDENTITY_ENDPOINT": "http://localhost:2377/x"}, "service_fabric"),
        ({**PAIR, "IDENTITY_SERVER_THUMBPRINT": ""}, "app_service"),
        (MSI, "cloud_shell"),
        ({**MSI, "MSI_SECRET": ""}, "cloud_shell"),
        ({**ARC, **MSI, "MSI_SECRET": "s"}, "azure_ml"),
        ({**ARC, **MSI}, "cloud_shell"),
        (ARC, "azure_arc"),
        ({"IDENTITY_ENDPOINT": "http://127.0.0.1:41000/"}, "imds"),
        ({"IDENTITY_ENDPOINT": "http://127.0.0.1:41000/", **MSI, "MSI_SECRET": "s"}, "azure_ml"),
        ({"IDENTITY_ENDPOINT": "", "IDENTITY_HEADER": ""}, "imds"),
        (WORKLOAD, "imds"),
        ({"AZUREPS_HOST_ENVIRONMENT": "cloud-shell/1.0"}, "imds"),
    ],
)
def test_msal_net_as_its_source_reads(variables: dict[str, str], source: str, tmp_path: Path) -> None:
    choice = next(each for each in sdk_choices(host(tmp_path, variables)) if each.sdk == "MSAL .NET 4.87")

    assert choice.source == source


def test_agreement_means_one_source_at_one_address(tmp_path: Path) -> None:
    assert agreement_of(sdk_choices(host(tmp_path, {}))).unanimous
    for variables in (MSI, WORKLOAD):
        found = agreement_of(sdk_choices(host(tmp_path, variables)))
        assert found.disputed
        assert not found.unanimous


def test_sdks_that_never_do_otherwise_are_no_reason_to_warn_and_do_not_agree(tmp_path: Path) -> None:
    app = agreement_of(sdk_choices(host(tmp_path, PAIR)))
    assert (app.together, app.count, app.disputed, app.unanimous) == (16, 17, False, False)
    assert app.share == "16 of 17 agree"
    assert "every" not in app.sentence.partition(".")[0].lower()
    assert "Terraform azurerm 5.2 picks imds" in app.sentence
    ml = agreement_of(sdk_choices(host(tmp_path, {**MSI, "MSI_SECRET": "s"})))
    assert (ml.together, ml.disputed) == (13, False)
    for words in ("pick cloud_shell", "azure_identity (Rust) 1.0 sends nothing", "picks imds"):
        assert words in ml.sentence


def test_where_no_endpoint_was_found_nothing_is_said_to_be_picked(tmp_path: Path) -> None:
    nowhere = agreement_of(sdk_choices(host(tmp_path, {})), found=False)
    assert nowhere.unanimous
    assert nowhere.sentence.startswith("No SDK finds an endpoint here")
    assert "in vain" in agreement_of(sdk_choices(host(tmp_path, PAIR)), found=False).sentence


def test_an_override_that_msal_go_ignores_is_a_disagreement(tmp_path: Path) -> None:
    choices = sdk_choices(host(tmp_path, {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:41000"}))

    assert agreement_of(choices).disputed
    assert "AZURE_POD_IDENTITY_AUTHORITY_HOST" in choices[0].note


def test_workload_identity_is_azure_identitys_alone(tmp_path: Path) -> None:
    sources = {each.sdk: each.source for each in sdk_choices(host(tmp_path, WORKLOAD))}

    assert sources["azure-identity 1.27"] == sources["azure-identity aio 1.27"] == "workload_identity"
    assert {sources[sdk.name] for sdk in SDKS[:4]} == {"imds"}

    without = {name: value for name, value in WORKLOAD.items() if name != "AZURE_CLIENT_ID"}
    refused = next(each for each in sdk_choices(host(tmp_path, without)) if each.sdk == "azure-identity 1.27")
    assert refused.source is None
    assert "client ID" in refused.note


def test_azure_identity_takes_an_authority_without_its_scheme_and_none_without_tls(tmp_path: Path) -> None:
    for authority, endpoint in (
        ("login.microsoftonline.us", "https://login.microsoftonline.us"),
        ("http://login.microsoftonline.com", ""),
    ):
        choices = {
            each.sdk: each for each in sdk_choices(host(tmp_path, {**WORKLOAD, "AZURE_AUTHORITY_HOST": authority}))
        }
        assert choices["azure-identity 1.27"].endpoint == endpoint
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AZURE_AUTHORITY_HOST", authority)
            if endpoint:
                assert get_default_authority() == endpoint
            else:
                with pytest.raises(ValueError, match="TLS protected"):
                    get_default_authority()


def test_msal_go_looks_for_the_windows_agent_in_the_wrong_directory(tmp_path: Path) -> None:
    agent = tmp_path / "Program Files/AzureConnectedMachineAgent/himds.exe"
    agent.parent.mkdir(parents=True)
    agent.touch()
    sources = {each.sdk: each.source for each in sdk_choices(host(tmp_path, {}, platform="win32"))}

    assert sources["MSAL Go 1.9"] == "imds"
    assert sources["MSAL Python 1.39"] == sources["MSAL .NET 4.87"] == "azure_arc"


def test_node_sends_to_service_fabric_only_with_a_trusted_authority(tmp_path: Path) -> None:
    def node(variables: dict[str, str]) -> str | None:
        return next(each for each in sdk_choices(host(tmp_path, variables)) if each.sdk == "msal-node 7.2").source

    assert node(FABRIC) is None
    assert node({**FABRIC, "NODE_EXTRA_CA_CERTS": "/ca.pem"}) == "service_fabric"


def test_plain_http_to_service_fabric_is_warned_of(tmp_path: Path) -> None:
    variables = {**FABRIC, "IDENTITY_ENDPOINT": "http://127.0.0.1:41000/x"}
    choices = {each.sdk: each for each in sdk_choices(host(tmp_path, variables))}

    assert choices["MSAL Go 1.9"].source is None
    assert choices["MSAL .NET 4.87"].source == "service_fabric"
    assert "unencrypted" in choices["msal-node 7.2"].note
