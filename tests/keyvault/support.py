"""A simulated vault, a token for it, and a probe of the one with the other."""

from __future__ import annotations

import base64
import json
import ssl
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mitui.claims import ActualIdentity, Claims
from mitui.clock import SystemClock
from mitui.engine.failure import TokenFailure
from mitui.engine.identity import SystemAssigned
from mitui.engine.token.access_token import AccessToken
from mitui.http import GuardedClient
from mitui.http.transport import verifying_context
from mitui.keyvault.address import VaultAddress, parse_vault
from mitui.keyvault.probe import probe_vault
from mitui.keyvault.probe_result import PermissionResult, ProbeResult
from mitui.keyvault.stages import TokenSource
from mitui.keyvault.verdict import Verdict
from mitui.secret import Secret
from mitui.simulator.identities import TENANT
from mitui.simulator.vault.server import SimulatedVault

CALLER = "0f3c8b1e-6d52-4f7e-8a3b-5d4f2a1c9c41"
APPLICATION = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"
RESOURCE = "https://vault.azure.net"
VAULT = "https://contoso-kv.vault.azure.net"


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token_for(audience: str = RESOURCE, *, tenant: str = TENANT, caller: str = CALLER, **claims: Any) -> AccessToken:
    """A token as the engine hands it out."""
    now = int(time.time())
    header = {"typ": "JWT", "alg": "RS256", "kid": "k"}
    payload = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{tenant}/",
        "iat": now,
        "nbf": now,
        "exp": now + 86400,
        "appid": APPLICATION,
        "oid": caller,
        "tid": tenant,
        "ver": "1.0",
        **claims,
    }
    return AccessToken(
        secret=Secret(f"{_part(header)}.{_part(payload)}.c2lnbmF0dXJlLXRoYXQtaXMtbm90LW9uZQ"),
        identity=SystemAssigned(),
        resource=audience,
        source="imds",
        token_type="Bearer",
        acquired_at=now,
        expires_at=now + 86400,
        refresh_at=now + 43200,
        claims=Claims(json.dumps(header), json.dumps(payload)),
        actual=ActualIdentity("system-assigned", APPLICATION, caller, tenant),
    )


@dataclass
class Source:
    """A token source that remembers what it was asked for."""

    token: AccessToken | TokenFailure = field(default_factory=token_for)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, resource: str) -> AccessToken | TokenFailure:
        self.asked.append(resource)
        return self.token


def address_of(text: str = VAULT, *, allow_loopback: bool = False) -> VaultAddress:
    """The address, which the test knows to be good."""
    address = parse_vault(text, allow_loopback=allow_loopback)
    assert isinstance(address, VaultAddress), address
    return address


@cache
def _trust() -> ssl.SSLContext:
    """Trust in the authority of all simulated vaults of this process; loading the public ones takes 0.1 s each time."""
    with SimulatedVault() as vault:
        return verifying_context(vault.ca_file)


def client_for(vault: SimulatedVault) -> GuardedClient:
    """A client that finds the vault by its real name and trusts its authority."""
    client = GuardedClient(SystemClock(), ca_file=vault.ca_file, connect_to={vault.host: vault.address})
    if vault.tls:
        client._context = _trust()
    return client


async def probe(
    vault: SimulatedVault, source: TokenSource | None = None, *, client: GuardedClient | None = None, **options: Any
) -> ProbeResult:
    """Probe the vault as the caller."""
    own = client or client_for(vault)
    try:
        address = address_of(vault.url, allow_loopback=not vault.tls)
        return await probe_vault(address, source or Source(), own, SystemClock(), **options)
    finally:
        if client is None:
            await own.aclose()


def cell(result: ProbeResult, word: str, target: str = "vault") -> PermissionResult:
    """The one result for ``secrets/get`` and its like."""
    kind, _, permission = word.partition("/")
    [found] = [
        each
        for each in result.permissions
        if (each.object_type, each.permission, each.target) == (kind, permission, target)
    ]
    return found


def words(result: ProbeResult, verdict: Verdict, *, inferred: bool = False) -> set[str]:
    """Every permission with this verdict on the whole vault, as ``secrets/get``."""
    return {
        f"{each.object_type}/{each.permission}"
        for each in result.permissions
        if each.verdict is verdict and each.target == "vault" and each.inferred == inferred
    }


def tokens_seen(vault: SimulatedVault) -> int:
    """How many requests reached the vault with a token."""
    return sum("authorization" in each.headers for each in vault.requests)
