"""What each scenario says, written down by hand: who answers, for what there is a token, and where the way ends.

Nothing here is read from a Snapshot or from the comparison, so that neither can hide a mistake in the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from mitui.simulator.identities import SYSTEM, default_identities
from mitui.simulator.tokens import USER_OBJECT_ID

ARM: Final = "https://management.azure.com"
VAULT: Final = "https://vault.azure.net"
OWN: Final = "an address of its own"
"""No two hosts of the simulator listen at the same port."""
SECRET: Final = "a secret, of which only is told that it is there"
GOT: Final = "a token"
WEB, JOBS = default_identities()
SCRIPTS: Final = "b677c290-cf4b-4a8e-a60e-91ba650a4abe"
"""The app by which a person in Cloud Shell gets tokens."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whose tokens answer; "" for what they don't tell. ``resource`` is the last part of its resource ID."""

    kind: str
    client_id: str
    object_id: str
    resource: str


@dataclass(frozen=True, slots=True)
class NoToken:
    """Why there is none, by the kind of failure and by words of its cause."""

    kind: str
    cause: str


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the vault: the stage at which it ends, "" if it doesn't, why; what is granted, and the model."""

    ends: str = ""
    because: str = ""
    granted: frozenset[str] = frozenset()
    model: str = "rbac"


@dataclass(frozen=True, slots=True)
class Asked:
    """One identity that is asked for."""

    who: Who | None
    tokens: dict[str, str | NoToken]
    way: Way | None
    warnings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """One scenario. ``silence`` is what stands in place of an endpoint, "" where there is one."""

    status: str
    source: str = "imds"
    host: str = "Azure VM"
    silence: str = ""
    signals: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    warnings: frozenset[str] = frozenset()


_READS: Final = frozenset({"secrets/get", "secrets/list", "secrets/get of secret db-password"})
_ALL_WEB: Final = _READS | {"keys/get", "keys/list"}
_BOTH: Final = (ARM, VAULT)
_OTHERS: Final = ("api://contoso-orders", "https://storage.azure.com", "https://database.windows.net")


def _tokens(each: str | NoToken = GOT, resources: tuple[str, ...] = _BOTH) -> dict[str, str | NoToken]:
    return dict.fromkeys(resources, each)


def system(resource: str, way: Way | None = Way(granted=_READS)) -> Asked:
    """The system-assigned identity, where all is well."""
    return Asked(Who("system-assigned", SYSTEM.client_id, SYSTEM.object_id, resource), _tokens(), way)


def web(way: Way | None = Way(granted=_ALL_WEB)) -> Asked:
    """The user-assigned identity "web", where all is well."""
    return Asked(Who("user-assigned", WEB.client_id, WEB.object_id, "web"), _tokens(), way)


def without(kind: str, cause: str, *, has_vault: bool = True) -> Asked:
    """An identity that gets no token, and so comes no further on the way to the vault than that."""
    way = Way("token", "no_token", model="unknown") if has_vault else None
    return Asked(None, _tokens(NoToken(kind, cause)), way)


def pair(one: Asked, other: Asked | None = None) -> dict[str, Asked]:
    """The system-assigned identity and "web", alike if only one is given."""
    return {"system-assigned": one, "web": other or one}


_VM: Final = system("vm-web-01")
_FIREWALL: Final = Way("permissions", "forbidden_by_firewall", model="unknown")
_PRIVATE: Final = Way("permissions", "forbidden_by_connection", model="unknown")
_ELSEWHERE: Final = Way("token", "wrong_tenant", model="unknown")
_NO_DOCKER: Final = without("no_endpoint", "Docker Desktop's proxy answered", has_vault=False)
_NO_PROXY: Final = without("no_endpoint", "A proxy or firewall answered", has_vault=False)
_APP: Final = {"IDENTITY_ENDPOINT": OWN, "IDENTITY_HEADER": SECRET}
_ARC: Final = {"IDENTITY_ENDPOINT": OWN, "IMDS_ENDPOINT": OWN, "/opt/azcmagent/bin/himds": "present"}
_ML: Final = {"MSI_ENDPOINT": OWN, "MSI_SECRET": SECRET, "DEFAULT_IDENTITY_CLIENT_ID": SYSTEM.client_id}
_POD: Final = {
    "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/tokens/azure-identity-token",
    "AZURE_TENANT_ID": "the tenant",
    "AZURE_CLIENT_ID": WEB.client_id,
    "AZURE_AUTHORITY_HOST": OWN,
}
_ON_VM: Final = _tokens(resources=(*_BOTH, *_OTHERS[1:])) | {
    _OTHERS[0]: NoToken("resource_not_found", "knows no resource api://contoso-orders")
}
_HEALTHY: Final = Said("ok", asked=pair(_VM, web()))
_POD_OK: Final = Said(
    "ok",
    "workload_identity",
    "Kubernetes pod",
    signals=_POD,
    # Its token does not say of which kind it is, nor which resource.
    asked={"web": replace(web(), who=Who("", WEB.client_id, WEB.object_id, ""))},
    warnings=frozenset({"node_identity_beside"}),
)

SAID: Final[dict[str, Said]] = {
    "vm": replace(
        _HEALTHY,
        status="critical",
        asked={
            "system-assigned": replace(_VM, tokens=_ON_VM),
            "web": replace(web(), tokens=_ON_VM),
            "batch": Asked(None, _tokens(NoToken("identity_not_found", "is not assigned to this VM")), None),
        },
    ),
    "healthy": _HEALTHY,
    "app-service": Said("ok", "app_service", "App Service", signals=_APP, asked=pair(system("app-contoso"), web())),
    "functions-user-only": Said(
        "critical",
        "app_service",
        "Functions app",
        signals=_APP,
        asked=pair(without("identity_not_found", "has no system-assigned identity"), web()),
    ),
    "container-apps": Said(
        "ok",
        "app_service",
        "Container App",
        signals=_APP | {"MSI_ENDPOINT": OWN},
        asked=pair(system("ca-contoso"), web()),
    ),
    "arc": Said("ok", "azure_arc", "Azure Arc server", signals=_ARC, asked=pair(system("arc-db-01"), web())),
    "arc-legacy": Said(
        "critical",
        "azure_arc",
        "Azure Arc server",
        signals=_ARC,
        asked=pair(system("arc-db-01"), without("identity_echo_missing", "ignores the selector")),
    ),
    "ml": Said(
        "ok",
        "azure_ml",
        "ML compute",
        signals=_ML,
        asked=pair(system("ci-contoso"), web()),
    ),
    "arc-disconnected": Said(
        "critical",
        "azure_arc",
        "Azure Arc server",
        signals=_ARC,
        asked=pair(without("bad_request", "it is disconnected", has_vault=False)),
    ),
    "ml-identity": Said(
        "critical",
        "azure_ml",
        "ML compute",
        signals=_ML,
        asked=pair(system("ci-contoso"), without("identity_not_found", "does not know the identity")),
    ),
    "cloud-shell": Said(
        "warning",
        "cloud_shell",
        "Cloud Shell",
        signals={"MSI_ENDPOINT": OWN},
        asked={
            "system-assigned": Asked(
                Who("user", SCRIPTS, USER_OBJECT_ID, ""), _tokens(), Way(granted=_READS), frozenset({"user_token"})
            )
        },
    ),
    "service-fabric": Said(
        "ok",
        "service_fabric",
        "Service Fabric node",
        signals=_APP | {"IDENTITY_SERVER_THUMBPRINT": "that of its certificate"},
        asked={"system-assigned": system("orders")},
    ),
    "pod": _POD_OK,
    "pod-broken": replace(
        _POD_OK,
        status="critical",
        asked={"web": without("assertion_rejected", "names the subject of the pod's token")},
    ),
    "multiple": replace(
        _HEALTHY,
        status="critical",
        asked={
            **pair(without("multiple_identities", "has several user-assigned identities"), web()),
            "jobs": Asked(Who("user-assigned", JOBS.client_id, JOBS.object_id, "jobs"), _tokens(), None),
        },
    ),
    "throttled": replace(_HEALTHY, status="critical", asked=pair(without("throttled", "Too many identity requests"))),
    "upgrade": replace(_HEALTHY, status="critical", asked=pair(without("endpoint_updating", "is being upgraded"))),
    "expired": replace(_HEALTHY, status="critical", asked=pair(without("token_expired", "has already expired"))),
    "docker": Said("unknown", "none", "", "Docker Desktop's proxy", asked=pair(_NO_DOCKER)),
    "proxy": Said("unknown", "none", "", "a proxy or a firewall", asked=pair(_NO_PROXY)),
    "mesh": Said(
        "critical",
        host="",
        asked={"system-assigned": without("server_error", "A service mesh's sidecar", has_vault=False)},
        warnings=frozenset({"node_identity"}),
    ),
    "vault-roles": replace(_HEALTHY, status="critical", asked=pair(system("vm-web-01", Way()), web())),
    "vault-policy": replace(
        _HEALTHY,
        status="critical",
        asked=pair(
            system("vm-web-01", Way(granted=frozenset({"secrets/list"}), model="access_policy")),
            web(Way(model="access_policy")),
        ),
    ),
    "vault-firewall": replace(_HEALTHY, status="critical", asked=pair(system("vm-web-01", _FIREWALL), web(_FIREWALL))),
    "vault-private-link": replace(
        _HEALTHY, status="critical", asked=pair(system("vm-web-01", _PRIVATE), web(_PRIVATE))
    ),
    "vault-tenant": replace(_HEALTHY, status="critical", asked=pair(system("vm-web-01", _ELSEWHERE), web(_ELSEWHERE))),
    "empty": Said(
        "unknown",
        "none",
        "",
        "refused the connection",
        asked={"system-assigned": without("no_endpoint", "Nothing answers at 169.254.169.254", has_vault=False)},
    ),
    "slow": replace(
        _HEALTHY,
        status="critical",
        asked=pair(without("timeout", "does not answer in time")),
        warnings=frozenset({"endpoint_slow"}),
    ),
}
