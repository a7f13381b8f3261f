"""Known faults are told of the versions and the hosts where they strike, and of no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitui.diagnosis.sdk.carried.packages import CarriedSdk
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.sdk.faults import FAULTS, fault_warnings, known_faults, with_faults
from mitui.diagnosis.sdk.rules import SDKS
from mitui.diagnosis.warning_kinds import WARNING_KINDS
from mitui.engine.host.environment import HostEnvironment
from tests.diagnosis.host_shapes import ARC


def told(name: str, version: str, source: str = "imds", *, silent: bool = True, **variables: str) -> str:
    """The messages and remedies for a process that carries this one."""
    carried = (CarriedSdk(name, version, "/x"),)
    found = known_faults(carried, source, HostEnvironment(variables), silent=silent)
    return " ".join(f"{each.message} {each.remedy}" for each in fault_warnings(found))


@pytest.mark.parametrize("version", ["1.59.0", "1.60.0", "1.61.0-beta.1"])
def test_azure_core_that_ends_the_chain_names_the_release_that_mends_it(version: str) -> None:
    message = told("Azure.Core", version)

    assert "ends DefaultAzureCredential's chain" in message
    assert "All Managed Identity sources are unavailable" in message
    assert "#60701" in message
    assert "Update Azure.Core to 1.61.0" in message


def test_azure_core_that_takes_25_seconds_is_another_fault() -> None:
    message = told("Azure.Core", "1.62.0")

    assert "25 s" in message
    assert "chain here" not in message
    assert "1.63.0" in message


@pytest.mark.parametrize(
    ("name", "version", "source", "silent"),
    [
        ("Azure.Core", "1.58.0", "imds", True),
        ("Azure.Core", "1.63.0", "imds", True),
        ("Azure.Core", "1.59.0", "imds", False),
        ("Azure.Core", "1.59.0", "app_service", True),
        ("Azure.Core", "1.59.0", "app_service", False),
        ("azure-identity", "1.59.0", "imds", True),
        ("Azure.Identity", "1.13.1", "imds", False),
        ("@azure/msal-node", "3.5.0", "azure_ml", False),
    ],
)
def test_other_versions_and_other_hosts_hear_nothing(name: str, version: str, source: str, silent: bool) -> None:
    assert told(name, version, source, silent=silent) == ""


def test_msal_net_that_remembers_none_has_no_release_to_update_to() -> None:
    message = told("Microsoft.Identity.Client", "4.87.0")

    assert "remembers 'none'" in message
    assert "No release mends it yet" in message


def test_faults_of_other_sources_and_settings() -> None:
    assert "3.5.0" in told("@azure/msal-node", "2.16.2", "azure_ml", silent=False)
    assert "1.26.0" in told(
        "com.microsoft.azure:msal4j", "1.17.2", silent=False, AZURE_POD_IDENTITY_AUTHORITY_HOST="http://x"
    )
    assert told("com.microsoft.azure:msal4j", "1.17.2", silent=False) == ""
    assert "4.64.0" in told("Microsoft.Identity.Client", "4.61.3", "azure_arc", silent=False)
    assert told("Microsoft.Identity.Client", "4.61.3", "azure_arc", silent=False, **ARC) == ""


def test_the_command_is_that_of_the_packages_own_tool() -> None:
    def commands(name: str, version: str, source: str) -> tuple[str, ...]:
        found = known_faults((CarriedSdk(name, version, "/x"),), source, HostEnvironment({}), silent=True)
        return tuple(command for each in fault_warnings(found) for command in each.commands)

    assert commands("Azure.Core", "1.60.0", "imds") == ("dotnet add package Azure.Core --version 1.61.0",)
    assert commands("@azure/msal-node", "2.16.2", "azure_ml") == ("npm install @azure/msal-node@3.5.0",)
    assert commands("Microsoft.Identity.Client", "4.87.0", "imds") == ()


def test_a_fault_stands_with_its_sdks_choice() -> None:
    carried = (CarriedSdk("Azure.Core", "1.60.0", "/app/App.deps.json"),)
    environment = HostEnvironment({}, Path("/nowhere"))
    found = tuple(known_faults(carried, "imds", environment, silent=True))
    choices = tuple(with_faults(sdk_choices(environment, carried), found))

    assert choices[0].sdk == "Azure.Identity 1.21"
    assert choices[0].carried == "Azure.Core 1.60.0"
    assert "1.61.0" in choices[0].fault
    assert "1.61.0" in choices[0].sentence
    assert not [each for each in choices[1:] if each.fault]


def test_every_fault_is_of_a_known_package_and_says_where_it_is_from() -> None:
    packages = {name for sdk in SDKS for name in sdk.packages}
    for fault in FAULTS:
        assert fault.package in packages
        assert "#" in fault.source or "changelog" in fault.source
    assert "sdk_fault" in WARNING_KINDS
