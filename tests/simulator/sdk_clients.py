"""The SDKs as one function each: environment variables and a selector in, a raw token out, or their own exception."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

import azure.identity
import azure.identity.aio
import msal
import msal.managed_identity
import pytest
import requests

from mitui.simulator.host import SimulatedHost
from mitui.simulator.sources.arc_keys import TOKENS_FOLDER

VAULT: Final = "https://vault.azure.net"
GetToken = Callable[[str, str, str], Awaitable[str]]


def enter(host: SimulatedHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this process one on ``host``; the SDKs look for Arc's key files below its root."""
    for name, value in host.variables.items():
        monkeypatch.setenv(name, value)
    folder = f"{host.root}{TOKENS_FOLDER}"
    monkeypatch.setitem(msal.managed_identity._supported_arc_platforms_and_their_prefixes, sys.platform, folder)
    monkeypatch.setattr("azure.identity._credentials.azure_arc._get_key_file_path", lambda: folder)
    host.rooted_realm = True


def claims_of(raw: str) -> dict[str, Any]:
    """What the token says."""
    part = raw.split(".")[1]
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value


class MsalError(Exception):
    """The error that MSAL returned, as it returned it."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(f"{result.get('error')}: {result.get('error_description')}")
        self.result = result


def _msal_identity(selector: str, value: str) -> Any:
    if selector == "system":
        return msal.SystemAssignedManagedIdentity()
    return msal.UserAssignedManagedIdentity(**{selector: value})


async def msal_token(selector: str, value: str, resource: str = VAULT) -> str:
    """By ``msal.ManagedIdentityClient``."""
    with requests.Session() as session:
        client = msal.ManagedIdentityClient(_msal_identity(selector, value), http_client=session)
        result = client.acquire_token_for_client(resource=resource)
    if "access_token" not in result:
        raise MsalError(result)
    return str(result["access_token"])


def _arguments(selector: str, value: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {"retry_total": 0, "retry_status": 0}
    if selector == "client_id":
        chosen["client_id"] = value
    elif selector != "system":
        chosen["identity_config"] = {selector: value}
    return chosen


async def sync_token(selector: str, value: str, resource: str = VAULT) -> str:
    """By ``azure.identity.ManagedIdentityCredential``."""
    with azure.identity.ManagedIdentityCredential(**_arguments(selector, value)) as credential:
        return str(credential.get_token(f"{resource}/.default").token)


async def async_token(selector: str, value: str, resource: str = VAULT) -> str:
    """By ``azure.identity.aio.ManagedIdentityCredential``."""
    async with azure.identity.aio.ManagedIdentityCredential(**_arguments(selector, value)) as credential:
        return str((await credential.get_token(f"{resource}/.default")).token)


CLIENTS: Final[dict[str, GetToken]] = {
    "msal": msal_token,
    "azure-identity": sync_token,
    "azure-identity aio": async_token,
}
