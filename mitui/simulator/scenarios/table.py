"""The demo scenarios: a host each, what goes wrong on it, and what there is to look at.

Nothing that serves is imported here, so that a command line can name the scenarios at no cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mitui.simulator.identities import SYSTEM, SimulatedIdentity, default_identities
from mitui.simulator.sources.pod import Credential

if TYPE_CHECKING:
    from mitui.simulator.host import SimulatedHost
    from mitui.simulator.vault.server import SimulatedVault

DEFAULT_SCENARIO: Final = "vm"


@dataclass(frozen=True, slots=True)
class ScenarioIdentity:
    """An identity to look at; ``spec`` is such as "system" or "client:<guid>"."""

    name: str
    spec: str


_ARM: Final = "https://management.azure.com"
_VAULT: Final = "https://vault.azure.net"
_ORDERS: Final = "api://contoso-orders"  # an app of their own, whose registration is not in this tenant
_STORAGE: Final = "https://storage.azure.com"
_DATABASE: Final = "https://database.windows.net"
_WEB, _JOBS = default_identities()
_SYSTEM_ONLY: Final = (ScenarioIdentity("system-assigned", "system"),)
_WITH_WEB: Final = (*_SYSTEM_ONLY, ScenarioIdentity("web", f"client:{_WEB.client_id}"))
_WITH_JOBS: Final = (*_WITH_WEB, ScenarioIdentity("jobs", f"object:{_JOBS.object_id}"))
_WEB_ONLY: Final = (ScenarioIdentity("web", f"client:{_WEB.client_id}"),)
# A user-assigned identity that somebody wrote down, but that this machine doesn't have.
_WITH_BATCH: Final = (*_WITH_WEB, ScenarioIdentity("batch", "object:91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07"))


def _granted(_vault: SimulatedVault) -> None:
    """The vault grants what it grants in most scenarios."""


def _healthy(_host: SimulatedHost) -> None:
    return


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: a host, and the identities, resources and vault to look at.

    ``kind`` is the kind of host, "" for none; ``prepare`` is called once the host listens, ``prepare_vault`` once the
    vault does. ``want`` and ``secret`` are what is wanted of the vault and the name of a secret in it.
    """

    name: str
    words: str
    kind: str = "imds"
    prepare: Callable[[SimulatedHost], None] = _healthy
    system_assigned: bool = True
    assigned: tuple[SimulatedIdentity, ...] = (_WEB, _JOBS)
    identities: tuple[ScenarioIdentity, ...] = _WITH_WEB
    resources: tuple[str, ...] = (_ARM, _VAULT)
    variables: dict[str, str] = field(default_factory=dict)
    has_vault: bool = True
    want: tuple[str, ...] = ("secrets/get", "secrets/list")
    secret: str = "db-password"
    prepare_vault: Callable[[SimulatedVault], None] = _granted


def _vm(host: SimulatedHost) -> None:
    host.arm_reader = True
    host.platform_cache = True
    host.lifetimes.update({_ARM: 85_267, _STORAGE: 39_765, _DATABASE: 86_398})
    host.ages.update({_ARM: 1_433, _STORAGE: 46_935, _DATABASE: 302})
    host.fail("expiring", match={"resource": _VAULT, "identity": "system"}, seconds=252)
    host.unknown_resources.add(_ORDERS)


def _failing(name: str, **options: Any) -> Callable[[SimulatedHost], None]:
    return lambda host: host.fail(name, **options)


def _legacy_agent(host: SimulatedHost) -> None:
    host.legacy_agent = True


def _without_roles(vault: SimulatedVault) -> None:
    vault.revoke(SYSTEM.object_id)


def _by_policy(vault: SimulatedVault) -> None:
    vault.model = "access_policy"
    vault.allow(SYSTEM.object_id, "secrets", "list")


def _refusing(fault: str) -> Callable[[SimulatedVault], None]:
    return lambda vault: vault.fail(fault)


def _other_namespace(host: SimulatedHost) -> None:
    host.credentials = (Credential(subject="system:serviceaccount:default:web"),)


_ALL: Final = (
    Scenario(
        "vm",
        "A VM with some of everything: healthy, expiring and failing tokens, and an identity that isn't there",
        prepare=_vm,
        identities=_WITH_BATCH,
        resources=(_ARM, _VAULT, _ORDERS, _STORAGE, _DATABASE),
    ),
    Scenario("healthy", "A VM on which everything works"),
    Scenario("app-service", "An App Service app with a system-assigned and a user-assigned identity", "app_service"),
    Scenario(
        "functions-user-only",
        "A function app whose only identity is user-assigned, so that asking for none in particular fails",
        "app_service",
        system_assigned=False,
        assigned=(_WEB,),
        variables={"FUNCTIONS_WORKER_RUNTIME": "python", "FUNCTIONS_EXTENSION_VERSION": "~4"},
    ),
    Scenario("container-apps", "A container app", "container_apps"),
    Scenario("arc", "An Arc-enabled server whose agent knows user-assigned identities", "azure_arc"),
    Scenario(
        "arc-legacy",
        "An Arc-enabled server whose older agent ignores which identity is asked for",
        "azure_arc",
        _legacy_agent,
    ),
    Scenario(
        "arc-disconnected",
        "An Arc-enabled server whose agent has lost its connection to Azure",
        "azure_arc",
        _failing("arc.disconnected"),
        has_vault=False,
    ),
    Scenario("ml", "An Azure ML compute", "azure_ml"),
    Scenario(
        "ml-identity", "An Azure ML compute without the user-assigned identity asked for", "azure_ml", assigned=()
    ),
    Scenario("cloud-shell", "Cloud Shell, whose tokens are those of a person", "cloud_shell", identities=_SYSTEM_ONLY),
    Scenario("service-fabric", "A Service Fabric application", "service_fabric", identities=_SYSTEM_ONLY),
    Scenario("pod", "A pod with workload identity, beside its node's IMDS", "workload_identity", identities=_WEB_ONLY),
    Scenario(
        "pod-broken",
        "A pod whose identity has a federated credential for the same service account in another namespace",
        "workload_identity",
        _other_namespace,
        identities=_WEB_ONLY,
    ),
    Scenario(
        "multiple",
        "A VM with two user-assigned identities and no system-assigned one",
        system_assigned=False,
        identities=_WITH_JOBS,
    ),
    Scenario(
        "throttled",
        "A VM where too many processes ask IMDS, for 20 s",
        prepare=_failing("imds.throttle", lasting=20, retry_after=4),
    ),
    Scenario("upgrade", "A VM whose IMDS is being upgraded, for 45 s", prepare=_failing("imds.gone", lasting=45)),
    Scenario("expired", "A VM that hands out tokens which expired an hour ago", prepare=_failing("expired")),
    Scenario(
        "docker",
        "A container in Docker Desktop, whose proxy answers in place of IMDS",
        prepare=_failing("docker"),
        has_vault=False,
    ),
    Scenario(
        "proxy",
        "A VM behind a proxy that takes requests to IMDS for itself",
        prepare=_failing("proxy"),
        has_vault=False,
    ),
    Scenario(
        "mesh",
        "A pod in a service mesh, whose sidecar answers in place of IMDS",
        prepare=_failing("mesh"),
        variables={"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
        identities=_SYSTEM_ONLY,
        has_vault=False,
    ),
    Scenario("vault-roles", "A vault with Azure roles, none of which the identity has", prepare_vault=_without_roles),
    Scenario(
        "vault-policy", "A vault with access policies, which let the identity list only", prepare_vault=_by_policy
    ),
    Scenario(
        "vault-firewall",
        "A vault whose firewall does not let this host's address through",
        prepare_vault=_refusing("network.firewall"),
    ),
    Scenario(
        "vault-private-link",
        "A vault with its public access off, asked from outside its private endpoint",
        prepare_vault=_refusing("network.private_only"),
    ),
    Scenario("vault-tenant", "A vault of another tenant", prepare_vault=_refusing("token.other_tenant")),
    Scenario("empty", "A machine with no identity endpoint at all", "", identities=_SYSTEM_ONLY, has_vault=False),
    Scenario("slow", "A VM that takes 3 s for every answer", prepare=_failing("slow", seconds=3)),
)

SCENARIOS: Final = {scenario.name: scenario for scenario in _ALL}


def find_scenario(name: str) -> Scenario:
    """The scenario of this name. Raises ValueError, with the names that there are."""
    try:
        return SCENARIOS[name]
    except KeyError:
        raise ValueError(f"there is no scenario {name!r}; there are {', '.join(SCENARIOS)}") from None
