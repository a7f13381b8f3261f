"""Which Azure platform runs this process, by the variables that it sets for whatever it runs.

Several speak another's protocol for identities: Container Apps, Automation and Logic Apps have App Service's, an app
on an old stack has that of Azure ML, and Batch and Container Instances have IMDS. The name, the facts and the
commands must be the platform's own. Variables are the documented ones of each platform; Container Instances is known
by the three that public reports show there (MicrosoftDocs/azure-docs#122273, wapacro/az-keyvault-php#15).

To add a platform, add a row here, its noun to `mitui.diagnosis.host_type` and its commands to
`mitui.diagnosis.commands`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from mitui.engine.host.environment import HostEnvironment

PlatformKind = Literal[
    "automation",
    "container_app_job",
    "container_app",
    "static_web_app",
    "logic_app",
    "function_app",
    "web_app",
    "synapse",
    "batch",
    "container_instance",
    "devops_agent",
]


@dataclass(frozen=True, slots=True)
class Platform:
    """``label`` is what a person calls it, ``host_kind`` what one of its hosts is.

    It is recognised by any one of ``signs``; each is a set of variables, all of which must be there: ``NAME`` set,
    ``NAME=text`` beginning with that text whatever its case, ``!NAME`` not set.
    """

    kind: PlatformKind
    label: str
    host_kind: str
    signs: tuple[tuple[str, ...], ...]


PLATFORMS: Final = (
    Platform(
        "automation",
        "Azure Automation",
        "Automation job",
        (
            ("AUTOMATION_ASSET_ENDPOINT",),
            ("AUTOMATION_ASSET_SANDBOX_ID",),
            ("AZUREPS_HOST_ENVIRONMENT=azureautomation",),
        ),
    ),
    Platform(
        "container_app_job",
        "Container Apps job",
        "Container Apps job",
        (("CONTAINER_APP_JOB_NAME",), ("CONTAINER_APP_JOB_EXECUTION_NAME",)),
    ),
    Platform("container_app", "Container Apps", "Container App", (("CONTAINER_APP_NAME",),)),
    Platform("static_web_app", "Static Web Apps", "Static Web App", (("WEBSITE_STATICWEBAPP_RESOURCE_ID",),)),
    Platform("logic_app", "Logic Apps", "Logic App (Standard)", (("APP_KIND=workflowapp",),)),
    Platform(
        "function_app",
        "Azure Functions",
        "Functions app",
        (("FUNCTIONS_WORKER_RUNTIME",), ("FUNCTIONS_EXTENSION_VERSION",)),
    ),
    Platform("web_app", "App Service", "App Service", (("WEBSITE_SITE_NAME",),)),
    Platform("synapse", "Azure Synapse", "Synapse Spark pool", (("AZURE_SERVICE=microsoft.projectarcadia",),)),
    Platform("batch", "Azure Batch", "Batch node", (("AZ_BATCH_POOL_ID",), ("AZ_BATCH_NODE_ID",))),
    Platform(
        "container_instance",
        "Container Instances",
        "Container Instances group",
        (("IDENTITY_API_VERSION", "IDENTITY_SERVER_THUMBPRINT", "!IDENTITY_ENDPOINT"),),
    ),
    Platform("devops_agent", "Azure Pipelines", "Azure Pipelines agent", (("TF_BUILD", "AGENT_ID"),)),
)
"""In the order in which they are looked for: the narrower before the wider."""

APP_SERVICE_FAMILY: Final[frozenset[PlatformKind]] = frozenset(
    {"static_web_app", "logic_app", "function_app", "web_app"}
)
"""Platforms whose hosts are Microsoft.Web sites."""


def platform_of(environment: HostEnvironment) -> Platform | None:
    """The platform that runs this process, None where no variable tells."""
    return next((each for each in PLATFORMS if any(_holds(sign, environment) for sign in each.signs)), None)


def _holds(sign: tuple[str, ...], environment: HostEnvironment) -> bool:
    return all(_is_there(each, environment) for each in sign)


def _is_there(condition: str, environment: HostEnvironment) -> bool:
    if condition.startswith("!"):
        return not environment.get(condition[1:])
    name, _, beginning = condition.partition("=")
    value = environment.get(name)
    return bool(value) and value.lower().startswith(beginning)
