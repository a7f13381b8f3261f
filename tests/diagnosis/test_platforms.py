"""Hosts that speak another platform's protocol: each is called by its own name, with its own facts and commands.

Public reports: MicrosoftDocs/azure-docs#122273 and wapacro/az-keyvault-php#15 (Container Instances' three variables),
Azure/azure-sdk-for-java#32280 (a container app taken for App Service).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mitui.clock import SystemClock
from mitui.diagnosis.host_type import NOUNS, HostType, host_type
from mitui.diagnosis.token.advice import advise_token
from mitui.engine.detection import detect
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.lookup import host_facts
from mitui.engine.host.platform import PLATFORMS, platform_of
from mitui.engine.source_kind import SourceKind
from mitui.http import GuardedClient
from tests.diagnosis.cases import CLIENT, VM, failed

PAIR = {"IDENTITY_ENDPOINT": "http://127.0.0.1:41000/msi/token", "IDENTITY_HEADER": "h"}
OLD_PAIR = {"MSI_ENDPOINT": "http://127.0.0.1:41000/msi/token", "MSI_SECRET": "s"}
SITE = {"WEBSITE_SITE_NAME": "app-web", "WEBSITE_RESOURCE_GROUP": "rg", "WEBSITE_OWNER_NAME": "sub+x"}

SHAPES: tuple[tuple[dict[str, str], HostType, str, str], ...] = (
    ({"AUTOMATION_ASSET_ENDPOINT": "x"}, "automation", "Azure Automation", "az rest --method PATCH"),
    ({"AZUREPS_HOST_ENVIRONMENT": "AzureAutomation/"}, "automation", "Azure Automation", "az rest --method PATCH"),
    ({"CONTAINER_APP_NAME": "ca-web"}, "container_app", "Container Apps", "az containerapp identity assign"),
    (
        {"CONTAINER_APP_JOB_NAME": "caj", "CONTAINER_APP_JOB_EXECUTION_NAME": "caj-1"},
        "container_app_job",
        "Container Apps job",
        "az containerapp job identity assign",
    ),
    ({**SITE}, "web_app", "App Service", "az webapp identity assign"),
    (
        {**SITE, "FUNCTIONS_WORKER_RUNTIME": "python"},
        "function_app",
        "Azure Functions",
        "az functionapp identity assign",
    ),
    (
        {**SITE, "FUNCTIONS_EXTENSION_VERSION": "~4", "WEBSITE_SKU": "FlexConsumption"},
        "function_app",
        "Azure Functions",
        "az functionapp identity assign",
    ),
    (
        {**SITE, "APP_KIND": "workflowApp", "FUNCTIONS_WORKER_RUNTIME": "node"},
        "logic_app",
        "Logic Apps",
        "az webapp identity assign",
    ),
    (
        {**SITE, "WEBSITE_STATICWEBAPP_RESOURCE_ID": "/x", "FUNCTIONS_WORKER_RUNTIME": "node"},
        "static_web_app",
        "Static Web Apps",
        "az staticwebapp identity assign",
    ),
)


async def _facts(environment: HostEnvironment) -> tuple[str, str]:
    clock = SystemClock()
    client = GuardedClient(clock)
    facts = await host_facts(environment, detect(environment), client, clock)
    await client.aclose()
    return facts.kind, facts.name


@pytest.mark.parametrize(("variables", "kind", "label", "command"), SHAPES)
@pytest.mark.parametrize("pair", [PAIR, OLD_PAIR])
async def test_a_platform_is_called_by_its_name_whatever_it_speaks(
    pair: dict[str, str], variables: dict[str, str], kind: HostType, label: str, command: str, tmp_path: Path
) -> None:
    environment = HostEnvironment({**pair, **variables}, tmp_path)
    detection = detect(environment)
    source = SourceKind.APP_SERVICE if pair is PAIR else SourceKind.AZURE_ML
    assert (detection.source, detection.label) == (source, label)
    found, _ = await _facts(environment)
    assert found
    assert found != "ML compute"
    case = failed(Kind.IDENTITY_NOT_FOUND, "app_service", status=400, variables={**pair, **variables})
    bare = replace(case.host, resource_id="", kind=found)
    assert host_type(bare, str(source), environment) == kind
    advice = advise_token(case.failure, bare, environment)
    assert any(line.startswith(command) for each in advice for line in each.commands), advice


def test_a_machine_of_azure_ml_stays_one(tmp_path: Path) -> None:
    assert detect(HostEnvironment(OLD_PAIR, tmp_path)).label == "Azure ML"


@pytest.mark.parametrize(
    ("variables", "kind", "command"),
    [
        ({"AZ_BATCH_POOL_ID": "p", "AZ_BATCH_ACCOUNT_NAME": "a"}, "batch", "az batch pool show --account-name a"),
        (
            {"IDENTITY_API_VERSION": "2020-05-01", "IDENTITY_SERVER_THUMBPRINT": "a", "IDENTITY_HEADER": "h"},
            "container_instance",
            "az container show",
        ),
        ({"TF_BUILD": "True", "AGENT_ID": "8"}, "vm", "az vm identity show"),
    ],
)
def test_what_runs_on_imds_has_its_own_commands_but_an_agent_has_its_hosts(
    variables: dict[str, str], kind: HostType, command: str
) -> None:
    case = failed(Kind.IDENTITY_NOT_FOUND, status=400, variables=variables)
    assert host_type(VM, "imds", case.environment) == kind
    advice = advise_token(case.failure, VM, case.environment)
    assert any(line.startswith(command) for each in advice for line in each.commands), advice


@pytest.mark.parametrize("source", ["app_service", "azure_ml", "imds"])
def test_an_automation_job_is_told_that_it_has_no_user_assigned_identity(source: str) -> None:
    said = "User assigned identity is currently not supported clientID must not be passed in request."
    case = failed(Kind.BAD_REQUEST, source, status=400, body=said, identity=CLIENT)
    top = advise_token(case.failure, case.host, case.environment)[0]
    assert (top.kind, top.certainty) == ("automation_user_assigned", "certain")
    assert "mitui check --identity system" in top.commands


def test_every_platform_has_a_noun_and_is_found_by_each_of_its_signs() -> None:
    for platform in PLATFORMS:
        assert platform.kind == "devops_agent" or platform.kind in NOUNS
        for sign in platform.signs:
            pairs = (each.partition("=") for each in sign if not each.startswith("!"))
            variables = {name: beginning or "x" for name, _, beginning in pairs}
            assert platform_of(HostEnvironment(variables)) is platform
            emptied = dict.fromkeys(variables, "")
            assert platform_of(HostEnvironment(emptied)) is None


def test_the_protocol_of_app_service_alone_makes_no_web_app() -> None:
    copied = {"IDENTITY_ENDPOINT": "http://127.0.0.1:9/msi/token", "IDENTITY_HEADER": "h"}
    case = failed(Kind.CONNECTION_REFUSED, "app_service", host=HostFacts(kind="App Service"), variables=copied)
    top = advise_token(case.failure, case.host, case.environment)[0]
    assert top.commands == ("unset IDENTITY_ENDPOINT IDENTITY_HEADER",)

    named = failed(
        Kind.CONNECTION_REFUSED,
        "app_service",
        host=HostFacts(kind="App Service"),
        variables={**copied, "WEBSITE_SITE_NAME": "app-web"},
    )
    top = advise_token(named.failure, named.host, named.environment)[0]
    assert top.commands[0].startswith("az webapp restart ")
