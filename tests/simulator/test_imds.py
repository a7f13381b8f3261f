"""IMDS on the wire."""

from __future__ import annotations

import pytest

from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.identities import scale_set_machine
from tests.simulator.sdk_clients import claims_of
from tests.simulator.wire import Answer, ask, ask_token, connect, exchange, token_target

_METADATA = {"Metadata": "true"}
_WEB, _JOBS = default_identities()
_SYSTEM = "0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41"


def _oid(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return str(claims_of(answer.json["access_token"])["oid"])


def _description(answer: Answer) -> str:
    assert answer.status == 400
    return str(answer.json["error_description"])


def test_a_probe_without_the_header_is_told_apart_from_other_servers() -> None:
    with SimulatedHost("imds") as host:
        answer = ask(host, "/metadata/identity/oauth2/token?api-version=2018-02-01")
    assert _description(answer) == "Required metadata header not specified"
    assert answer.headers["server"] == "IMDS/150.870.65.1253"


def test_the_numbers_of_a_token_are_strings() -> None:
    with SimulatedHost("imds", now=lambda: 1_700_000_000.5) as host:
        host.lifetime = 3600
        value = ask_token(host).json
    assert value["expires_in"] == "3600"
    assert value["expires_on"] == "1700003600"
    assert value["not_before"] == "1700000000"
    assert value["resource"] == "https://vault.azure.net"
    assert value["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("name", "value"),
    [("client_id", _WEB.client_id), ("object_id", _WEB.object_id.upper()), ("msi_res_id", _WEB.resource_id.lower())],
)
def test_a_selector_is_honoured_whatever_its_case_and_echoed(name: str, value: str) -> None:
    with SimulatedHost("imds") as host:
        answer = ask_token(host, **{name: value})
    assert _oid(answer) == _WEB.object_id
    assert answer.json[name].lower() == value.lower()


def test_no_selector_means_the_system_assigned_identity_or_the_only_one() -> None:
    with SimulatedHost("imds") as host:
        assert _oid(ask_token(host)) == _SYSTEM
        host.system_assigned = False
        assert _description(ask_token(host)).startswith("Multiple user assigned identities exist")
        host.identities = [_JOBS]
        assert _oid(ask_token(host)) == _JOBS.object_id
        host.identities = []
        assert _description(ask_token(host)) == "Identity not found"


def test_an_identity_that_is_not_assigned_is_not_found() -> None:
    with SimulatedHost("imds") as host:
        answer = ask_token(host, object_id="91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07")
    assert _description(answer) == "Identity not found"
    assert answer.json["error"] == "invalid_request"


def test_two_selectors_or_one_twice_are_refused() -> None:
    with SimulatedHost("imds") as host:
        both = ask_token(host, client_id=_WEB.client_id, object_id=_WEB.object_id)
        twice = ask(host, token_target(host) + "&resource=x", _METADATA)
    assert "Only one of" in _description(both)
    assert "Duplicate" in _description(twice)


def test_unknown_selectors_are_ignored_unless_the_host_is_strict() -> None:
    with SimulatedHost("imds") as host:
        assert _oid(ask_token(host, resource_id=_WEB.resource_id)) == _SYSTEM
        host.strict_query = True
        assert _description(ask_token(host, resource_id=_WEB.resource_id)) == "Unsupported query variables"


@pytest.mark.parametrize("resource", ["https://vault.azure.net/.default", "vault", "https://known.example"])
def test_an_audience_that_nobody_knows_is_aadsts500011(resource: str) -> None:
    with SimulatedHost("imds") as host:
        host.unknown_resources.add("https://known.example")
        answer = ask_token(host, resource)
    assert answer.json["error"] == "invalid_resource"
    assert answer.json["error_codes"] == [500011]
    assert resource in _description(answer)


def test_a_forwarded_request_and_a_missing_resource_or_version_are_refused() -> None:
    with SimulatedHost("imds") as host:
        forwarded = ask(host, token_target(host), {**_METADATA, "X-Forwarded-For": "10.0.0.9"})
        no_resource = ask(host, "/metadata/identity/oauth2/token?api-version=2018-02-01", _METADATA)
        no_version = ask(host, "/metadata/instance", _METADATA)
    assert forwarded.status == 400
    assert _description(no_resource) == "Required query variable 'resource' is missing"
    assert "newest-versions" in no_version.json


def test_the_instance_document_and_what_the_tenant_is() -> None:
    with SimulatedHost("imds") as host:
        whole = ask(host, "/metadata/instance?api-version=2021-02-01", _METADATA)
        compute = ask(host, "/metadata/instance/compute?api-version=2021-02-01", _METADATA)
        info = ask(host, "/metadata/identity/info?api-version=2018-02-01", _METADATA)
        nothing = ask(host, "/metadata/identity?api-version=2018-02-01", _METADATA)
        hidden = ask(host, "/metadata/instance?api-version=2021-02-01")
    assert whole.json["compute"] == compute.json
    assert compute.json["name"] == "vm-web-01"
    assert compute.json["location"] == "westeurope"
    assert compute.json["resourceId"].endswith("/Microsoft.Compute/virtualMachines/vm-web-01")
    assert whole.json["network"]["interface"][0]["ipv4"]["ipAddress"][0]["privateIpAddress"]
    assert info.json == {"tenantId": "72f9ab01-86f1-41af-91ab-2d7cd011db47"}
    assert nothing.status == 404
    assert hidden.status == 400


def test_the_second_version_of_imds_is_absent_until_switched_on() -> None:
    target = "/metadata/identity/getplatformmetadata?cred-api-version=2.0"
    with SimulatedHost("imds") as host:
        assert ask(host, target).status == 404
        assert ask(host, target, _METADATA).json == {"error": "Not found"}
        host.fail("imds.v2")
        assert ask(host, target).status == 400
        assert ask(host, target, _METADATA).json["clientId"] == "c2a9e0b4-1d3f-4a58-93c7-0a6b1e2d4f55"
        refused = ask(host, f"{target}&msi_res_id=/x", _METADATA)
        host.heal()
        assert ask(host, target).status == 404
    assert _description(refused) == "Unsupported query variables"


def test_a_vm_of_a_scale_set_is_its_scale_sets_identity() -> None:
    with SimulatedHost("imds", machine=scale_set_machine("vmss-web")) as host:
        claims = claims_of(ask_token(host).json["access_token"])
        compute = ask(host, "/metadata/instance/compute?api-version=2021-03-01", _METADATA).json
    assert claims["xms_mirid"].endswith("/virtualMachineScaleSets/vmss-web")
    assert claims["xms_az_rid"] == claims["xms_mirid"]
    assert compute["vmScaleSetName"] == "vmss-web"
    assert compute["resourceId"] == f"{claims['xms_mirid']}/virtualMachines/0"


def test_several_requests_share_a_connection() -> None:
    with SimulatedHost("imds") as host:
        connection = connect(host)
        for _ in range(3):
            assert exchange(connection, token_target(host), _METADATA).status == 200
        connection.close()
        assert len(host.requests) == 3


def test_arm_shows_the_machines_identities_to_a_reader_only() -> None:
    with SimulatedHost("imds") as host:
        token = ask_token(host, "https://management.azure.com").json["access_token"]
        target = f"{host.machine.resource_id}?api-version=2024-03-01"
        bearer = {"Authorization": f"Bearer {token}"}
        assert ask(host, target).status == 401
        refused = ask(host, target, bearer)
        host.arm_reader = True
        granted = ask(host, target, bearer)
    assert refused.status == 403
    assert refused.json["error"]["code"] == "AuthorizationFailed"
    assert granted.json["identity"]["principalId"] == _SYSTEM
    assert granted.json["identity"]["userAssignedIdentities"][_WEB.resource_id]["clientId"] == _WEB.client_id
