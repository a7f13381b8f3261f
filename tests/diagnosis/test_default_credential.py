"""Which identity DefaultAzureCredential asks for, by the variables; azure-identity itself is asked as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure.identity import DefaultAzureCredential, EnvironmentCredential, ManagedIdentityCredential

from mitui.diagnosis.sdk.default_credential import asks_for_client_id, identity_note
from mitui.engine.detection import detect
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from mitui.simulator.host import SimulatedHost, default_identities
from tests.diagnosis.host_shapes import MSI, PAIR, WORKLOAD

WEB = default_identities()[0].client_id
GUID = "7f0d2c1a-9b3e-4d55-8c66-0123456789ab"
APP = {**PAIR, "AZURE_CLIENT_ID": GUID}
SECRET = {"AZURE_TENANT_ID": "72f9ab01-86f1-41af-91ab-2d7cd011db47", "AZURE_CLIENT_SECRET": "canary"}
NAMED = "DefaultAzureCredential asks for the identity of AZURE_CLIENT_ID."


def host(variables: dict[str, str]) -> HostEnvironment:
    return HostEnvironment(variables, Path("/nowhere"))


def note(variables: dict[str, str]) -> str:
    return identity_note(host(variables), detect(host(variables)).source)


@pytest.mark.parametrize(
    ("extra", "asks"),
    [
        ({}, True),
        ({"AZURE_TOKEN_CREDENTIALS": " Prod "}, True),
        ({"AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential", **SECRET}, True),
        ({"AZURE_TOKEN_CREDENTIALS": "dev"}, False),
        ({"AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}, False),
        (SECRET, False),
    ],
)
def test_it_is_what_azure_identity_does(extra: dict[str, str], asks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {**APP, **extra}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    chain = DefaultAzureCredential().credentials
    managed = any(isinstance(each, ManagedIdentityCredential) for each in chain)
    secret = any(isinstance(each, EnvironmentCredential) and each._credential for each in chain)
    assert (managed and not secret) is asks

    assert asks_for_client_id(host(variables), SourceKind.APP_SERVICE) is asks
    assert note(variables).startswith(NAMED) is asks
    assert "canary" not in note(variables)


def test_it_asks_for_the_client_id_and_a_bare_credential_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedHost("app_service") as app:
        for name, value in {**app.variables, "AZURE_CLIENT_ID": WEB}.items():
            monkeypatch.setenv(name, value)
        for credential in (DefaultAzureCredential(), ManagedIdentityCredential()):
            credential.get_token("https://management.azure.com/.default")
        first, second = (each.query for each in app.requests)
    assert first["client_id"] == [WEB]
    assert "client_id" not in second
    assert f"{NAMED} A bare ManagedIdentityCredential(), MSAL and C++ ask for none by name" in note(APP)


def test_what_comes_first_is_named() -> None:
    assert "AZURE_CLIENT_SECRET, before any managed identity" in note({**APP, **SECRET})
    assert note({**APP, "AZURE_TOKEN_CREDENTIALS": "dev"}).startswith("AZURE_TOKEN_CREDENTIALS keeps")
    federated = {"AZURE_FEDERATED_TOKEN_FILE": "/x", "AZURE_TENANT_ID": "t"}
    assert note({**APP, **federated}).startswith("DefaultAzureCredential takes the workload identity")


def test_where_nothing_is_named_or_the_source_takes_no_name_nothing_is_told() -> None:
    assert note(PAIR) == ""
    assert note({**PAIR, "AZURE_CLIENT_ID": "web"}) == ""
    assert note({**MSI, "AZURE_CLIENT_ID": GUID}) == "", "Cloud Shell takes no client ID"
    assert note({**WORKLOAD, "AZURE_CLIENT_ID": GUID}) == "", "a pod has one identity"
    assert "the one of this compute" in note({**MSI, "MSI_SECRET": "s", "AZURE_CLIENT_ID": GUID})
