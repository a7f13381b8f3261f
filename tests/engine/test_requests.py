"""The engine sends what MSAL Go 1.9.0 was recorded to send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mitui.engine.failure import FailureKind
from mitui.simulator.host import RecordedRequest, SimulatedHost, SimulatedIdentity
from tests.engine.support import VAULT, engine_on, failure, selected, token

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "data/requests-msal-go.json").read_text())
WEB = SimulatedIdentity(
    "web",
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/rg"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web",
)
DEFAULT_ML = SimulatedIdentity(
    "default", "dddddddd-0000-4000-8000-000000000001", "dddddddd-0000-4000-8000-000000000002"
)
TRANSPORT = {"host", "connection", "accept", "accept-encoding", "user-agent", "content-length"}


def _comparable(request: RecordedRequest) -> dict[str, Any]:
    headers = {name: value for name, value in request.headers.items() if name not in TRANSPORT}
    if "x-client-sku" in headers:
        assert headers["x-client-sku"] == "mitui"
        headers.update({"x-client-sku": "MSAL.Go", "x-client-ver": "<any>", "x-ms-client-request-id": "<uuid>"})
    if "authorization" in headers:
        assert headers["authorization"].startswith("Basic ")
        headers["authorization"] = "Basic ARC-KEY"
    assert all(len(values) == 1 for values in request.query.values())
    return {
        "method": request.method,
        "path": request.path,
        "query": {name: values[0] for name, values in request.query.items()},
        "headers": headers,
        "body": request.body.decode(),
    }


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: f"{case['source']}-{case['selector']}")
async def test_requests_equal_the_recording(case: dict[str, Any]) -> None:
    with SimulatedHost(case["source"], identities=[WEB, DEFAULT_ML]) as host:
        host.secret = RECORDED["identity_header_value"]
        variables = {"DEFAULT_IDENTITY_CLIENT_ID": DEFAULT_ML.client_id} if case["source"] == "azure_ml" else {}
        async with engine_on(host, variables=variables) as engine:
            outcome = await engine.acquire(selected(case["selector"], WEB), RECORDED["resource_asked"] + "/.default")
        expected = [{name: value for name, value in one.items() if name != "listener"} for one in case["requests"]]
        assert [_comparable(request) for request in host.requests] == expected
    if case["exit"]:
        refused = failure(outcome)
        assert refused.kind is FailureKind.SELECTOR_UNSUPPORTED
        assert refused.attempts == 0
        assert "use system" in refused.message
    else:
        assert token(outcome).resource == VAULT


async def test_ml_sends_an_empty_client_id_when_no_default_is_set() -> None:
    with SimulatedHost("azure_ml") as host:
        async with engine_on(host, variables={"DEFAULT_IDENTITY_CLIENT_ID": ""}) as engine:
            await engine.acquire(selected("system", WEB), VAULT)
        assert host.requests[0].query.get("clientid", [""]) == [""]


async def test_a_query_that_the_endpoint_already_has_is_kept() -> None:
    with SimulatedHost("app_service") as host:
        endpoint = {"IDENTITY_ENDPOINT": host.variables["IDENTITY_ENDPOINT"] + "?slot=a"}
        async with engine_on(host, variables=endpoint) as engine:
            token(await engine.acquire(selected("system", WEB), VAULT))
        assert host.requests[0].query["slot"] == ["a"]
        assert host.requests[0].query["resource"] == [VAULT]
