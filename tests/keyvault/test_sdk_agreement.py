"""The official clients, on the same vault as the same caller, meet what the probe says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from azure.core.credentials import AccessToken as SdkToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.secrets import SecretClient
from requests import Session
from requests.adapters import HTTPAdapter

from mitui.keyvault.probe_result import ProbeResult
from mitui.keyvault.verdict import Verdict
from mitui.simulator.vault.server import SimulatedVault
from tests.keyvault.support import CALLER, cell, probe, token_for


class _Pinned(HTTPAdapter):
    """Dials the simulated vault for its name, with the name in SNI, Host and verification."""

    def __init__(self, vault: SimulatedVault) -> None:
        self._vault = vault
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        host = self._vault.host
        super().init_poolmanager(connections, maxsize, block, server_hostname=host, assert_hostname=host, **more)

    def send(self, request: Any, *rest: Any, **more: Any) -> Any:
        address, port = self._vault.address
        request.url = request.url.replace(f"https://{self._vault.host}", f"https://{address}:{port}", 1)
        request.headers["Host"] = self._vault.host
        return super().send(request, *rest, **more)


class _Credential:
    def get_token(self, *scopes: str, **_: Any) -> SdkToken:
        assert scopes == ("https://vault.azure.net/.default",)
        token = token_for()
        return SdkToken(token.secret.reveal(), int(token.expires_at))


def outcome(call: Callable[[], object]) -> Verdict:
    """What a client's call shows: anything but a refusal means that the right is there."""
    try:
        call()
    except ResourceNotFoundError:
        return Verdict.GRANTED
    except HttpResponseError as error:
        return Verdict.DENIED if error.status_code == 403 else Verdict.UNKNOWN
    return Verdict.GRANTED


def ask_with_sdks(vault: SimulatedVault) -> dict[str, Verdict]:
    session = Session()
    session.trust_env = False
    session.mount("https://", _Pinned(vault))
    transport = RequestsTransport(session=session, session_owner=False, connection_verify=vault.ca_file)
    options: dict[str, Any] = {"transport": transport, "retry_total": 0}
    credential = _Credential()
    with (
        session,
        SecretClient(vault.url, credential, **options) as secrets,
        KeyClient(vault.url, credential, **options) as keys,
        CertificateClient(vault.url, credential, **options) as certificates,
    ):
        return {
            "secrets/get": outcome(lambda: secrets.get_secret("nothing")),
            "secrets/list": outcome(lambda: list(secrets.list_properties_of_secrets())),
            "secrets/set": outcome(lambda: secrets.set_secret("scratch", "x")),
            "secrets/delete": outcome(lambda: secrets.begin_delete_secret("nothing")),
            "keys/get": outcome(lambda: keys.get_key("nothing")),
            "keys/list": outcome(lambda: list(keys.list_properties_of_keys())),
            "keys/delete": outcome(lambda: keys.begin_delete_key("nothing")),
            "keys/create": outcome(lambda: keys.create_rsa_key("scratch")),
            "certificates/get": outcome(lambda: certificates.get_certificate("nothing")),
            "certificates/list": outcome(lambda: list(certificates.list_properties_of_certificates())),
            "certificates/delete": outcome(lambda: certificates.begin_delete_certificate("nothing")),
        }


def verdicts(result: ProbeResult, like: dict[str, Verdict]) -> dict[str, Verdict]:
    """The probe's verdicts on the same permissions, with "likely" as the grant that it stands for."""
    found = {word: cell(result, word).verdict for word in like}
    return {word: Verdict.GRANTED if verdict is Verdict.LIKELY else verdict for word, verdict in found.items()}


@pytest.mark.parametrize(
    "role",
    ["Key Vault Secrets User", "Key Vault Secrets Officer", "Key Vault Reader", "Key Vault Crypto Officer", "Owner"],
)
async def test_roles_read_the_same(role: str) -> None:
    with SimulatedVault() as vault:
        vault.grant(CALLER, role)
        result = await probe(vault, depth="deep")
        seen = await asyncio.to_thread(ask_with_sdks, vault)
    assert verdicts(result, seen) == seen


async def test_access_policies_read_the_same() -> None:
    with SimulatedVault() as vault:
        vault.model = "access_policy"
        vault.allow(CALLER, "secrets", "get", "set")
        vault.allow(CALLER, "certificates", "list", "delete")
        result = await probe(vault, depth="deep")
        seen = await asyncio.to_thread(ask_with_sdks, vault)
    seen.pop("keys/create")  # an access policy says nothing of it that could be tested
    assert verdicts(result, seen) == seen
    assert {word for word, verdict in seen.items() if verdict is Verdict.GRANTED} == {
        "secrets/get",
        "secrets/set",
        "certificates/list",
        "certificates/delete",
    }
