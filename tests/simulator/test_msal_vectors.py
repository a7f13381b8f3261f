"""What MSAL Python sends to our host is what was recorded from it elsewhere."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mitui.simulator.host import RecordedRequest, SimulatedHost, SimulatedIdentity
from tests.simulator.sdk_clients import enter, msal_token

_RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("msal_python_requests.json").read_text())
_IDENTITY = SimulatedIdentity(
    "web",
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/rg/providers"
    "/Microsoft.ManagedIdentity/userAssignedIdentities/web",
)
_VALUES = {
    "system": "",
    "client_id": _IDENTITY.client_id,
    "object_id": _IDENTITY.object_id,
    "resource_id": _IDENTITY.resource_id,
}
_TRANSPORT = ("host", "connection", "accept", "accept-encoding", "user-agent", "content-length")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _as_recorded(request: RecordedRequest) -> dict[str, Any]:
    headers = {name: value for name, value in request.headers.items() if name not in _TRANSPORT}
    if "x-client-ver" in headers:
        headers["x-client-ver"] = "<any>"
    if _UUID.fullmatch(headers.get("x-ms-client-request-id", "")):
        headers["x-ms-client-request-id"] = "<uuid>"
    if headers.get("authorization", "").startswith("Basic "):
        headers["authorization"] = f"Basic {_RECORDED['arc_key_file']}"
    query = {name: ",".join(values) for name, values in request.query.items()}
    return {
        "method": request.method,
        "path": request.path,
        "query": query,
        "headers": headers,
        "body": request.body.decode(),
    }


@pytest.mark.parametrize("case", _RECORDED["cases"], ids=lambda case: f"{case['source']}-{case['selector']}")
async def test_requests_are_those_recorded(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        host = stack.enter_context(SimulatedHost(case["source"], [_IDENTITY]))
        host.secret = _RECORDED["identity_header_value"]
        enter(host, monkeypatch)
        receiver = host
        if {each["listener"] for each in case["requests"]} == {"imds"} and host.kind != "imds":
            receiver = stack.enter_context(SimulatedHost("imds", [_IDENTITY]))
            monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", receiver.url)
        await msal_token(case["selector"], _VALUES[case["selector"]], _RECORDED["resource_asked"])
        received = [_as_recorded(request) for request in receiver.requests]
    expected = [{name: value for name, value in each.items() if name != "listener"} for each in case["requests"]]
    assert received == expected
