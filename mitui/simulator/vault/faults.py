"""The named faults of the simulated vault: each overrides some of its settings, for the requests that it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from typing import Any, Final, Literal

from mitui.simulator.vault.challenge import VARIANTS
from mitui.simulator.vault.settings import VaultSettings

Moment = Literal["connection", "health", "challenge", "caller"]
"""A new connection; GET /healthstatus; a request without a token; a request with one."""


@dataclass(frozen=True, slots=True)
class VaultFault:
    """A way to go wrong: what it changes, and at which moments it does."""

    about: str
    changes: Mapping[str, Any]
    moments: tuple[Moment, ...] = ("caller",)


_ALWAYS: Final[tuple[Moment, ...]] = ("health", "challenge", "caller")
_CHALLENGE: Final[tuple[Moment, ...]] = ("challenge", "caller")
_CONNECTION: Final[tuple[Moment, ...]] = ("connection",)

FAULTS: Final[dict[str, VaultFault]] = {
    "permission.no_headers": VaultFault("no rbac headers", {"rbac_headers": False}),
    "permission.no_inner_error": VaultFault("errors without innererror", {"inner_error": ""}),
    "permission.inner_error_camel": VaultFault("innerError in place of innererror", {"inner_error": "innerError"}),
    "permission.by_policy": VaultFault("ForbiddenByPolicy for AccessDenied", {"policy_code": "ForbiddenByPolicy"}),
    "permission.reason_null": VaultFault("DecisionReason: null", {"decision_reason": None}),
    "permission.reason_absent": VaultFault("no DecisionReason", {"decision_reason": ""}),
    "permission.numgroups": VaultFault("the caller's groups are counted", {"numgroups": 3}),
    "state.purge_protected": VaultFault("purge is a 403", {"purge_protection": True}),
    "state.no_soft_delete": VaultFault("purge is a 400 NotSupported", {"soft_delete": False}),
    "state.secret_disabled": VaultFault("every secret is a 403 SecretDisabled", {"secrets_disabled": True}),
    "state.soft_deleted": VaultFault("404 VaultNotFound", {"soft_deleted": True}),
    "network.firewall": VaultFault("403 ForbiddenByFirewall", {"firewall": True}),
    "network.private_only": VaultFault("403 ForbiddenByConnection", {"public_access": False}),
    "network.perimeter": VaultFault(
        "403 ForbiddenByConnection in other words", {"public_access": False, "perimeter_wording": True}
    ),
    "network.no_info": VaultFault("no network-info header", {"network_info": False}, _ALWAYS),
    "service.throttled": VaultFault("429; retry_after sets the header", {"refusal": "throttled"}),
    "service.unavailable": VaultFault("503 with an HTML body", {"refusal": "unavailable"}),
    "service.error": VaultFault("500", {"refusal": "server_error"}),
    "token.signing_key": VaultFault("401 AKV10046", {"refusal": "signing_key"}),
    "token.revoked": VaultFault("401 with a claims challenge", {"refusal": "revoked"}),
    "token.other_tenant": VaultFault(
        "the vault belongs to another tenant, which its challenge says",
        {"tenant_id": "0b5e3a7c-1111-4c3e-9a55-d2f1c0ffee00"},
        _CHALLENGE,
    ),
    **{
        f"challenge.{variant}": VaultFault(f"a challenge of the shape {variant}", {"challenge": variant}, _CHALLENGE)
        for variant in VARIANTS
        if variant != "standard"
    },
    "challenge.hostile_resource": VaultFault(
        "a challenge that asks for a token of another service",
        {"challenge_resource": "https://management.azure.com"},
        _CHALLENGE,
    ),
    "challenge.hostile_login": VaultFault(
        "a challenge that names another login host", {"login_host": "login.evil.example.com"}, _CHALLENGE
    ),
    "challenge.elsewhere": VaultFault("a redirect in place of the challenge", {"refusal": "redirect"}, ("challenge",)),
    "hostile.redirect": VaultFault("a redirect to another host", {"refusal": "redirect"}),
    "hostile.next_link": VaultFault("nextLink to another host", {"next_link_base": "https://evil.example.com:443"}),
    "hostile.secret_body": VaultFault("200 with a secret's value to everything", {"refusal": "secret_body"}),
    "hostile.huge_body": VaultFault("200 with a body of 100 MB", {"refusal": "huge_body"}),
    "hostile.slow_drip": VaultFault("200 with a body that drips", {"refusal": "slow_drip"}),
    "hostile.portal": VaultFault("200 with a sign-in page", {"refusal": "portal", "network_info": False}, _ALWAYS),
    "hostile.half_json": VaultFault("an error cut off in the middle", {"refusal": "half_json"}),
    "wire.silent": VaultFault("reads the request and never answers", {"refusal": "hang"}, _ALWAYS),
    "wire.reset": VaultFault("resets the connection in place of an answer", {"refusal": "reset"}, _ALWAYS),
    "wire.half_open": VaultFault("accepts the connection and says nothing", {"wire": "half_open"}, _CONNECTION),
    "wire.reset_on_connect": VaultFault("resets every new connection", {"wire": "reset"}, _CONNECTION),
    "tls.wrong_name": VaultFault("a certificate for another name", {"wire": "wrong_name"}, _CONNECTION),
    "tls.expired": VaultFault("a certificate that has expired", {"wire": "expired"}, _CONNECTION),
    "tls.plain_http": VaultFault("plain HTTP on the TLS port", {"wire": "plain_http"}, _CONNECTION),
}


def list_vault_faults() -> dict[str, str]:
    """Every fault by name, with what it does."""
    return {name: fault.about for name, fault in FAULTS.items()}


@dataclass(slots=True)
class ActiveFault:
    """A fault in force: for how many more requests (or connections), and for which paths."""

    name: str
    changes: dict[str, Any]
    moments: tuple[Moment, ...]
    left: int | None
    path: str

    def meets(self, moment: Moment, path: str) -> bool:
        """Whether it concerns this request."""
        return moment in self.moments and (moment == "connection" or fnmatchcase(path, self.path)) and self.left != 0


def activate(
    name: str, times: int | None, path: str, moments: tuple[Moment, ...], options: Mapping[str, Any]
) -> ActiveFault:
    """The named fault with ``options`` on top of its changes. Raises ValueError for an unknown name or option."""
    if name not in FAULTS:
        raise ValueError(f"no fault is called {name!r}; there are {', '.join(sorted(FAULTS))}")
    known = {each.name for each in fields(VaultSettings)}
    if unknown := sorted(set(options) - known):
        raise ValueError(f"{name} takes no {', '.join(unknown)}; options are {', '.join(sorted(known))}")
    fault = FAULTS[name]
    return ActiveFault(name, {**fault.changes, **options}, moments or fault.moments, times, path)


def settings_under(faults: list[ActiveFault], settings: VaultSettings, moment: Moment, path: str) -> VaultSettings:
    """The settings as the faults in force leave them, each of which has then been used once more."""
    for fault in faults:
        if fault.meets(moment, path):
            settings = replace(settings, **fault.changes)
            if fault.left is not None:
                fault.left -= 1
    return settings
