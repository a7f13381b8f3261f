"""What the environment alone gives away, and what it must not: the values of secrets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.environment_lint import lint
from mitui.engine.detection import detect
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import Identity, SystemAssigned, client_id
from tests.diagnosis.running import himds

NOW = 1_800_000_000.0
GUID = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
VAULT = "https://vault.azure.net"
APP = {"IDENTITY_ENDPOINT": "http://127.0.0.1:41000/msi/token", "IDENTITY_HEADER": "h-secret-h"}
MSI = {"MSI_ENDPOINT": "http://127.0.0.1:46808/MSI/auth", "MSI_SECRET": "m-secret-m"}
WORKLOAD = {
    "AZURE_FEDERATED_TOKEN_FILE": "/token",
    "AZURE_TENANT_ID": "t",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
    "AZURE_CLIENT_ID": GUID,
}


def found(
    variables: dict[str, str],
    root: Path,
    *,
    identities: Sequence[Identity] = (SystemAssigned(),),
    resources: Sequence[str] = (VAULT,),
    platform: str = "linux",
) -> dict[str, HealthWarning]:
    environment = HostEnvironment(variables, root, platform)
    return {each.kind: each for each in lint(environment, detect(environment), identities, resources, NOW)}


def test_a_plain_vm_and_a_plain_app_have_nothing_to_say(tmp_path: Path) -> None:
    assert found({}, tmp_path) == {}
    assert found(APP, tmp_path) == {}


def test_an_empty_variable_names_the_sdks_that_break_on_it(tmp_path: Path) -> None:
    warning = found({"IDENTITY_ENDPOINT": "", "IDENTITY_HEADER": ""}, tmp_path)["empty_variable"]

    assert "IDENTITY_ENDPOINT and IDENTITY_HEADER are set but empty" in warning.message
    assert (
        "MSAL Python 1.39, azure-identity 1.27, azure_identity (Rust) 1.0 and Azure CLI 2.91 would send nothing"
        in warning.message
    )
    assert warning.commands == ("unset IDENTITY_ENDPOINT IDENTITY_HEADER",)


def test_an_empty_variable_that_only_splits_the_sdks(tmp_path: Path) -> None:
    warning = found({**MSI, "MSI_SECRET": ""}, tmp_path)["empty_variable"]

    assert "disagree" in warning.message


def test_an_empty_variable_that_nobody_minds_yet(tmp_path: Path) -> None:
    assert "some SDKs" in found({"IDENTITY_SERVER_THUMBPRINT": ""}, tmp_path)["empty_variable"].message


def test_leftovers_of_another_host_are_named(tmp_path: Path) -> None:
    warning = found({**APP, "IMDS_ENDPOINT": "http://127.0.0.1:40342"}, tmp_path)["leftover_variable"]

    assert warning.message.startswith("IMDS_ENDPOINT belongs to another kind of host")
    assert warning.commands == ("unset IMDS_ENDPOINT",)


def test_container_apps_msi_endpoint_is_no_leftover(tmp_path: Path) -> None:
    assert "leftover_variable" not in found({**APP, "MSI_ENDPOINT": APP["IDENTITY_ENDPOINT"]}, tmp_path)


def test_a_thumbprint_without_an_endpoint_is_a_leftover(tmp_path: Path) -> None:
    warning = found({"IDENTITY_HEADER": "h", "IDENTITY_SERVER_THUMBPRINT": "t"}, tmp_path)["leftover_variable"]

    assert "IDENTITY_HEADER and IDENTITY_SERVER_THUMBPRINT belong" in warning.message


def test_no_secret_is_ever_repeated(tmp_path: Path) -> None:
    warnings = found({**APP, **MSI, "IMDS_ENDPOINT": "x", "HTTP_PROXY": "http://user:pa55@proxy:3128"}, tmp_path)
    text = repr(warnings)

    assert warnings
    for secret in ("h-secret-h", "m-secret-m", "pa55"):
        assert secret not in text


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HTTP_PROXY": "http://proxy:3128"}, True),
        ({"http_proxy": "http://proxy:3128"}, True),
        ({"ALL_PROXY": "http://proxy:3128"}, True),
        ({"HTTPS_PROXY": "http://proxy:3128"}, False),
        ({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "169.254.169.254"}, False),
        ({"HTTP_PROXY": "http://proxy:3128", "no_proxy": "localhost,169.254.169.254"}, False),
        ({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, False),
        ({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "10.0.0.0/8"}, True),
    ],
)
def test_a_proxy_that_would_take_imds(variables: dict[str, str], expected: bool, tmp_path: Path) -> None:
    warnings = found(variables, tmp_path)

    assert ("proxy_for_imds" in warnings) == expected
    if expected:
        assert "proxy:3128" in warnings["proxy_for_imds"].message
        assert "169.254.169.254" in warnings["proxy_for_imds"].commands[0]


def test_a_proxy_for_a_loopback_endpoint_is_pythons_alone(tmp_path: Path) -> None:
    warning = found({**APP, "HTTP_PROXY": "http://proxy:3128"}, tmp_path)["proxy_for_endpoint"]

    assert warning.message.startswith("MSAL Python and azure-identity would")


def test_a_client_id_that_is_watched_already_needs_no_word(tmp_path: Path) -> None:
    assert "client_id_readers" in found({"AZURE_CLIENT_ID": GUID}, tmp_path)
    assert found({"AZURE_CLIENT_ID": GUID.upper()}, tmp_path, identities=(client_id(GUID),)) == {}


def test_a_client_id_that_is_no_guid(tmp_path: Path) -> None:
    warning = found({"AZURE_CLIENT_ID": "web; rm -rf /"}, tmp_path)["client_id_not_a_guid"]

    assert warning.commands == ("unset AZURE_CLIENT_ID",)


def test_a_client_id_where_none_can_be_used(tmp_path: Path) -> None:
    warnings = found({"MSI_ENDPOINT": "http://localhost:50342/oauth2/token", "AZURE_CLIENT_ID": GUID}, tmp_path)

    assert "client_id_not_supported" in warnings


@pytest.mark.parametrize(
    ("value", "kind"),
    [("clientid", "ml_no_identity"), ("web", "ml_client_id_not_a_guid"), ("", "ml_client_id_missing"), (GUID, None)],
)
def test_the_client_id_of_ml_compute(value: str, kind: str | None, tmp_path: Path) -> None:
    warnings = found({**MSI, "DEFAULT_IDENTITY_CLIENT_ID": value}, tmp_path)

    assert list(warnings) == ([kind] if kind else [])


def test_the_setting_that_turns_identity_off(tmp_path: Path) -> None:
    assert "identity_disabled_by_setting" in found({**APP, "WEBSITE_DISABLE_MSI": "True"}, tmp_path)
    assert found({**APP, "WEBSITE_DISABLE_MSI": "false"}, tmp_path) == {}


def test_resources_that_are_spelled_as_scopes_or_with_a_slash(tmp_path: Path) -> None:
    warnings = found({}, tmp_path, resources=(f"{VAULT}/.default", f"{VAULT}/", VAULT))

    assert warnings["resource_is_scope"].remedy == f"Write the resource {VAULT}."
    assert warnings["resource_trailing_slash"].remedy.startswith(f"Write {VAULT} ")
    assert len(warnings) == 2


def test_the_arc_agents_variables_are_missed_in_a_shell_only(tmp_path: Path) -> None:
    himds(tmp_path)
    arc = {"IDENTITY_ENDPOINT": "http://localhost:40342/x", "IMDS_ENDPOINT": "http://localhost:40342"}

    assert "arc_variables_missing" in found({}, tmp_path)
    assert found(arc, tmp_path) == {}


def test_every_warning_is_one_sentence_with_a_remedy(tmp_path: Path) -> None:
    everything = {
        **APP,
        **MSI,
        **WORKLOAD,
        "IMDS_ENDPOINT": "x",
        "HTTP_PROXY": "http://p:1",
        "WEBSITE_DISABLE_MSI": "1",
    }
    warnings = found(everything, tmp_path, resources=(f"{VAULT}/",))

    assert len(warnings) >= 6
    for warning in warnings.values():
        assert warning.message.endswith(".")
        assert ". " not in warning.message
        assert warning.remedy.endswith(".")
