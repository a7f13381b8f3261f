"""The claims of simulated tokens are those of real ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from mitui.simulator.host import SimulatedHost, default_identities
from tests.simulator.sdk_clients import claims_of
from tests.simulator.wire import ask_arc_token, ask_token

_WEB = default_identities()[0]
_TENANT = "72f9ab01-86f1-41af-91ab-2d7cd011db47"


@pytest.fixture
def vm() -> Iterator[SimulatedHost]:
    with SimulatedHost("imds") as host:
        yield host


def _token(host: SimulatedHost, resource: str = "https://vault.azure.net", **selector: str) -> str:
    return str(ask_token(host, resource, **selector).json["access_token"])


def _claims(host: SimulatedHost, resource: str = "https://vault.azure.net", **selector: str) -> dict[str, Any]:
    return claims_of(_token(host, resource, **selector))


def test_a_system_assigned_identity_of_a_vm(vm: SimulatedHost) -> None:
    claims = _claims(vm)
    assert claims["ver"] == "1.0"
    assert claims["iss"] == claims["idp"] == f"https://sts.windows.net/{_TENANT}/"
    assert claims["oid"] == claims["sub"] == "0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41"
    assert claims["appid"] == "c2a9e0b4-1d3f-4a58-93c7-0a6b1e2d4f55"
    assert (claims["appidacr"], claims["idtyp"], claims["tid"]) == ("2", "app", _TENANT)
    assert claims["xms_mirid"].endswith("/Microsoft.Compute/virtualMachines/vm-web-01")
    assert "/resourcegroups/" in claims["xms_mirid"]
    assert claims["exp"] - claims["iat"] == 86_700


def test_a_user_assigned_identity_names_itself_and_the_machine(vm: SimulatedHost) -> None:
    claims = _claims(vm, client_id=_WEB.client_id)
    assert claims["appid"] == _WEB.client_id
    assert claims["xms_mirid"] == _WEB.resource_id
    assert claims["xms_az_rid"].endswith("/virtualMachines/vm-web-01")


def test_it_looks_signed_to_a_library(vm: SimulatedHost) -> None:
    raw = _token(vm)
    header = jwt.get_unverified_header(raw)
    assert (header["alg"], header["typ"], header["kid"]) == ("RS256", "JWT", header["x5t"])
    assert len(base64.urlsafe_b64decode(raw.split(".")[2] + "==")) == 256
    assert jwt.decode(raw, options={"verify_signature": False})["aud"] == "https://vault.azure.net"


def test_a_custom_audience_gets_version_2_without_the_arm_id(vm: SimulatedHost) -> None:
    raw = _token(vm, "api://orders")
    claims = claims_of(raw)
    assert claims["ver"] == "2.0"
    assert claims["iss"] == f"https://login.microsoftonline.com/{_TENANT}/v2.0"
    assert claims["azp"] == "c2a9e0b4-1d3f-4a58-93c7-0a6b1e2d4f55"
    assert not {"appid", "xms_mirid", "xms_az_rid"} & set(claims)
    assert "x5t" not in jwt.get_unverified_header(raw)
    by_id = _claims(vm, "0d5f1b58-6f0c-4a7d-9b19-2f2c6cf0c1aa")
    assert by_id["aud"] == "0d5f1b58-6f0c-4a7d-9b19-2f2c6cf0c1aa"


@pytest.mark.parametrize(
    ("kind", "owner"),
    [
        ("app_service", "/Microsoft.Web/sites/app-contoso"),
        ("container_apps", "/Microsoft.App/containerApps/ca-contoso"),
        ("service_fabric", "/applications/orders"),
        ("azure_ml", "/computes/ci-contoso"),
    ],
)
def test_each_kind_of_host_owns_its_identity(kind: str, owner: str) -> None:
    with SimulatedHost(kind) as host:
        assert _claims(host)["xms_mirid"].endswith(owner)


def test_an_arc_server_owns_its_identity() -> None:
    with SimulatedHost("azure_arc") as host:
        claims = claims_of(ask_arc_token(host).json["access_token"])
    assert claims["xms_mirid"].endswith("/Microsoft.HybridCompute/machines/arc-db-01")


def test_an_encrypted_token_has_five_parts_and_no_claims(vm: SimulatedHost) -> None:
    vm.fail("opaque")
    parts = _token(vm).split(".")
    assert len(parts) == 5
    assert "enc" in json.loads(base64.urlsafe_b64decode(parts[0] + "=="))


def test_every_token_is_new_unless_the_platform_keeps_it(vm: SimulatedHost) -> None:
    now = 1_700_000_000.0
    vm.now = lambda: now
    assert _claims(vm)["uti"] != _claims(vm)["uti"]
    vm.platform_cache = True
    vm.lifetime = 3600
    first = ask_token(vm).json
    now += 1799
    assert ask_token(vm).json["access_token"] == first["access_token"]
    assert ask_token(vm).json["expires_in"] == "1801"
    assert _token(vm, client_id=_WEB.client_id) != first["access_token"]
    now += 1
    assert ask_token(vm).json["access_token"] != first["access_token"]


def test_lifetimes_and_ages_of_single_resources(vm: SimulatedHost) -> None:
    vm.now = lambda: 1_700_000_000
    vm.lifetimes["https://vault.azure.net"] = 252
    vm.ages["https://vault.azure.net"] = 3600
    claims = _claims(vm, "https://vault.azure.net/")
    assert claims["aud"] == "https://vault.azure.net/"
    assert (claims["iat"], claims["exp"]) == (1_700_000_000 - 3600, 1_700_000_252)
    assert _claims(vm, "https://storage.azure.com")["exp"] == 1_700_086_700
