"""The rules of the SDKs that can't be run here, against their sources; and what depends on a version."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.carried.packages import DOTNET, GO, JAVA, NODE, POWERSHELL, PYTHON, RUST, CarriedSdk
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.sdk.rules import BY_NAME, SDKS
from mitui.diagnosis.sdk.versions import in_range
from tests.diagnosis.host_shapes import ARC, FABRIC, MSI, PAIR, WORKLOAD
from tests.diagnosis.test_sdk_choices import host

IMDS = "http://169.254.169.254/metadata/identity/oauth2/token"
ML = {**MSI, "MSI_SECRET": "s"}
OVERRIDE = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:41000"}
NO_AUTHORITY = {name: value for name, value in WORKLOAD.items() if name != "AZURE_AUTHORITY_HOST"}


def choice(
    sdk: str,
    variables: dict[str, str],
    tmp_path: Path,
    *carried: CarriedSdk,
    himds: bool = False,
    platform: str = "linux",
) -> SdkChoice:
    environment = host(tmp_path, variables, himds=himds, platform=platform)
    return next(each for each in sdk_choices(environment, carried) if each.sdk == sdk)


@pytest.mark.parametrize(
    ("sdk", "variables", "source", "endpoint"),
    [
        ("MSAL Java 1.26", PAIR, "app_service", PAIR["IDENTITY_ENDPOINT"]),
        ("MSAL Java 1.26", {**PAIR, "IDENTITY_HEADER": "  "}, "imds", IMDS),
        ("MSAL Java 1.26", ML, "cloud_shell", MSI["MSI_ENDPOINT"]),
        ("MSAL Java 1.26", ARC, "azure_arc", ARC["IDENTITY_ENDPOINT"]),
        ("MSAL Java 1.26", {**ARC, **MSI}, "cloud_shell", MSI["MSI_ENDPOINT"]),
        ("azure-identity Java 1.18", WORKLOAD, "workload_identity", WORKLOAD["AZURE_AUTHORITY_HOST"]),
        ("azure-identity Java 1.18", {**WORKLOAD, **PAIR}, "workload_identity", WORKLOAD["AZURE_AUTHORITY_HOST"]),
        ("azure-identity Java 1.18", NO_AUTHORITY, "workload_identity", "https://login.microsoftonline.com"),
        ("azure-identity Java 1.18", ML, "cloud_shell", MSI["MSI_ENDPOINT"]),
        ("Azure.Identity 1.21", {**WORKLOAD, **PAIR}, "workload_identity", WORKLOAD["AZURE_AUTHORITY_HOST"]),
        ("Azure.Identity 1.21", {**WORKLOAD, "AZURE_CLIENT_ID": ""}, "imds", IMDS),
        ("Azure.Identity 1.21", ML, "azure_ml", MSI["MSI_ENDPOINT"]),
        ("Azure.Identity 1.21", {**PAIR, "IDENTITY_HEADER": ""}, "imds", IMDS),
        ("@azure/identity 4.14", WORKLOAD, "workload_identity", WORKLOAD["AZURE_AUTHORITY_HOST"]),
        ("@azure/identity 4.14", ARC, "azure_arc", ARC["IDENTITY_ENDPOINT"]),
        ("azidentity 1.14", WORKLOAD, "imds", IMDS),
        ("azidentity 1.14", OVERRIDE, "imds", IMDS),
        ("azidentity 1.14", ML, "azure_ml", MSI["MSI_ENDPOINT"]),
        ("azure_identity (Rust) 1.0", PAIR, "app_service", PAIR["IDENTITY_ENDPOINT"]),
        ("azure_identity (Rust) 1.0", FABRIC, None, ""),
        ("azure_identity (Rust) 1.0", ARC, None, ""),
        ("azure_identity (Rust) 1.0", MSI, None, ""),
        ("azure_identity (Rust) 1.0", ML, None, ""),
        ("azure_identity (Rust) 1.0", {**ML, "IDENTITY_ENDPOINT": ""}, "imds", IMDS),
        ("azure_identity (Rust) 1.0", OVERRIDE, "imds", IMDS),
        ("azure-identity C++ 1.13", FABRIC, None, ""),
        ("azure-identity C++ 1.13", PAIR, "app_service", PAIR["IDENTITY_ENDPOINT"]),
        ("azure-identity C++ 1.13", {**ARC, **ML}, "azure_ml", MSI["MSI_ENDPOINT"]),
        ("azure-identity C++ 1.13", MSI, "cloud_shell", MSI["MSI_ENDPOINT"]),
        ("azure-identity C++ 1.13", ARC, "azure_arc", ARC["IDENTITY_ENDPOINT"]),
        ("azure-identity C++ 1.13", OVERRIDE, "imds", OVERRIDE["AZURE_POD_IDENTITY_AUTHORITY_HOST"]),
        ("Azure CLI 2.91", MSI, "imds", IMDS),
        ("Azure CLI 2.91", {**MSI, "ACC_CLOUD": "PROD"}, "cloud_shell", "http://localhost:50342/oauth2/token"),
        ("Azure CLI 2.91", {"IDENTITY_ENDPOINT": "", "IDENTITY_HEADER": ""}, None, ""),
        ("Az PowerShell 5.5", PAIR, "app_service", PAIR["IDENTITY_ENDPOINT"]),
        ("Az PowerShell 5.5", WORKLOAD, "workload_identity", WORKLOAD["AZURE_AUTHORITY_HOST"]),
        ("AzCopy 10.32", ARC, "azure_arc", ARC["IDENTITY_ENDPOINT"]),
        ("Terraform azurerm 5.2", PAIR, "imds", IMDS),
        ("Terraform azurerm 5.2", {**ARC, "ARM_MSI_ENDPOINT": "http://10.0.0.4/msi"}, "imds", "http://10.0.0.4/msi"),
    ],
)
def test_each_family_as_its_source_reads(
    sdk: str, variables: dict[str, str], source: str | None, endpoint: str, tmp_path: Path
) -> None:
    found = choice(sdk, variables, tmp_path)

    assert (found.source, found.endpoint) == (source, endpoint.removesuffix("/"))
    assert found.source is not None or found.note


def test_the_arc_agent_is_looked_for_by_some_and_not_by_others(tmp_path: Path) -> None:
    found = {each.sdk: each for each in sdk_choices(host(tmp_path, {}, himds=True))}

    assert {each.sdk for each in found.values() if each.source != "azure_arc"} == {
        "MSAL Java 1.26",
        "azure-identity Java 1.18",
        "azure-identity aio 1.27",
        "azure_identity (Rust) 1.0",
        "azure-identity C++ 1.13",
        "Terraform azurerm 5.2",
    }
    assert "Arc agent" in found["azure-identity C++ 1.13"].note
    assert "NullPointerException" in found["azure-identity Java 1.18"].note


def test_java_looks_for_the_windows_agent_where_it_can_not_be(tmp_path: Path) -> None:
    agent = tmp_path / "Program Files/AzureConnectedMachineAgent/himds.exe"
    agent.parent.mkdir(parents=True)
    agent.touch()

    assert choice("MSAL Java 1.26", {}, tmp_path, platform="win32").source == "imds"
    assert choice("Azure.Identity 1.21", {}, tmp_path, platform="win32").source == "azure_arc"


def test_who_takes_a_workload_identity_first_says_so(tmp_path: Path) -> None:
    assert "workload identity first" in choice("azidentity 1.14", WORKLOAD, tmp_path).note
    assert "workload identity first" in choice("azure-identity C++ 1.13", WORKLOAD, tmp_path).note
    assert choice("azure_identity (Rust) 1.0", WORKLOAD, tmp_path).note == ""


@pytest.mark.parametrize("sdk", SDKS, ids=lambda sdk: sdk.name)
def test_every_rule_says_how_it_is_known(sdk: object) -> None:
    from mitui.diagnosis.sdk.schema import Sdk

    assert isinstance(sdk, Sdk)
    assert sdk.basis.how in ("run", "read, not run")
    assert "/" in sdk.basis.source
    assert sdk.packages
    assert sdk.rules or sdk.inner in BY_NAME
    assert in_range(sdk.version, sdk.name.rpartition(" ")[2], "")
    assert all(rule.source is not None or rule.note for rule in sdk.rules)


def test_every_package_that_is_looked_for_has_an_sdk_or_is_retired() -> None:
    known = {name for sdk in SDKS for name in sdk.packages}
    looked_for = {*PYTHON, *NODE, *DOTNET, *JAVA.values(), *GO, *RUST, *POWERSHELL}
    retired = {
        "msrestazure",
        "adal",
        "@azure/ms-rest-nodeauth",
        "Microsoft.Azure.Services.AppAuthentication",
        "com.microsoft.azure:azure-client-authentication",
        "github.com/manicminer/hamilton",
        "github.com/Azure/go-autorest/autorest/adal",
    }

    assert looked_for - known == retired
    assert known - looked_for == {"azure-identity-cpp"}


def test_what_a_process_carries_comes_first_in_its_version(tmp_path: Path) -> None:
    carried = (CarriedSdk("azure-identity", "1.15.0", "/x"), CarriedSdk("msal", "1.28.0", "/y"))
    found = sdk_choices(host(tmp_path, {}), carried)

    assert [(each.sdk, each.carried) for each in found[:4]] == [
        ("azure-identity 1.27", "azure-identity 1.15.0"),
        ("azure-identity aio 1.27", "azure-identity 1.15.0"),
        ("MSAL Python 1.39", "msal 1.28.0"),
        ("MSAL Go 1.9", ""),
    ]
    assert len(found) == len(SDKS)
    assert found[0].sentence.startswith("azure-identity 1.27 (here azure-identity 1.15.0) picks imds at http://169")


def test_a_package_whose_name_is_an_address_goes_by_the_sdks(tmp_path: Path) -> None:
    go = CarriedSdk("github.com/Azure/azure-sdk-for-go/sdk/azidentity", "v1.8.0", "/x")
    java = CarriedSdk("com.azure:azure-identity", "1.15.0", "/y")
    found = sdk_choices(host(tmp_path, {}), (go, java))

    assert [each.name for each in found[:3]] == ["azidentity v1.8.0", "azure-identity Java 1.15.0", "MSAL Go 1.9"]


@pytest.mark.parametrize(
    ("package", "version", "sdk", "source"),
    [
        ("azure_identity", "1.1.0", "azure_identity (Rust) 1.0", "azure_arc"),
        ("azure_identity", "0.30.0", "azure_identity (Rust) 1.0", None),
        ("Microsoft.Identity.Client", "4.63.0", "MSAL .NET 4.87", "azure_arc"),
    ],
)
def test_a_rule_can_hold_for_some_versions_only(
    package: str, version: str, sdk: str, source: str | None, tmp_path: Path
) -> None:
    assert choice(sdk, ARC, tmp_path, CarriedSdk(package, version, "/x")).source == source


def test_file_detection_came_with_a_version(tmp_path: Path) -> None:
    old, new = CarriedSdk("@azure/msal-node", "2.12.0", "/x"), CarriedSdk("@azure/msal-node", "2.13.0", "/x")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert choice("msal-node 7.2", {}, tmp_path / "a", old, himds=True).source == "imds"
    assert choice("@azure/identity 4.14", {}, tmp_path / "b", new, himds=True).source == "azure_arc"


def test_selectors_are_told_where_an_sdk_takes_fewer(tmp_path: Path) -> None:
    assert choice("Terraform azurerm 5.2", {}, tmp_path).selectors == ("client_id",)
    assert choice("azure-identity aio 1.27", PAIR, tmp_path).selectors == ("client_id", "object_id")
    assert choice("MSAL .NET 4.87", FABRIC, tmp_path).selectors == ("object_id",)
    assert choice("MSAL Go 1.9", MSI, tmp_path).selectors == ()
    assert choice("MSAL Python 1.39", {}, tmp_path).reads_client_id == "never"
    assert "AZURE_CLIENT_ID" in choice("Azure.Identity 1.21", {}, tmp_path).reads


@pytest.mark.parametrize(
    ("version", "since", "until", "expected"),
    [
        ("1.59.0", "1.59.0", "1.61.0", True),
        ("1.60.9", "1.59.0", "1.61.0", True),
        ("1.61.0", "1.59.0", "1.61.0", False),
        ("1.61.0-beta.1", "1.59.0", "1.61.0", True),
        ("1.58.0", "1.59.0", "1.61.0", False),
        ("v1.8.0", "1.8", "", True),
        ("1.10.0", "1.9.0", "", True),
        ("4.13.1", "", "4.14.0", True),
        ("1.27.0.post1", "1.27.0", "", True),
        ("1.5.0b1", "1.5.0", "", False),
        ("(devel)", "1.0", "", False),
        ("", "", "", True),
    ],
)
def test_versions_are_in_order(version: str, since: str, until: str, expected: bool) -> None:
    assert in_range(version, since, until) is expected
