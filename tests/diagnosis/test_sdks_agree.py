"""MSAL Python and azure-identity themselves, on the recorded hosts, call what the table says they would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mitui.diagnosis.sdk.choices import sdk_choices
from tests.diagnosis.sdk_runner import Listeners, SdkProcess, sdk_process
from tests.diagnosis.test_sdk_choices import CASES, FABRIC, MSI, PAIR, host

CLIENTS = {"msal": "MSAL Python 1.39", "azure": "azure-identity 1.27", "azure-aio": "azure-identity aio 1.27"}
PORTS = {"41000": "app", "46808": "ml", "40342": "arc", "2377": "sf"}
MORE: tuple[dict[str, Any], ...] = (
    {"variables": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": ""}, "himds_installed": False},
    {"variables": {"IDENTITY_ENDPOINT": "", "IMDS_ENDPOINT": "http://127.0.0.1:40342"}, "himds_installed": True},
    {"variables": {**PAIR, "IDENTITY_ENDPOINT": "nonsense"}, "himds_installed": False},
    {"variables": {**FABRIC, "IDENTITY_SERVER_THUMBPRINT": "nonsense"}, "himds_installed": False},
    {"variables": {**FABRIC, "IDENTITY_ENDPOINT": "http://127.0.0.1:41000/x"}, "himds_installed": False},
    {"variables": {**MSI, "MSI_SECRET": "s", "IDENTITY_ENDPOINT": ""}, "himds_installed": False},
    {"variables": {"MSI_ENDPOINT": "", "MSI_SECRET": ""}, "himds_installed": False},
)


@pytest.fixture(scope="module")
def sdks() -> Iterator[SdkProcess]:
    with sdk_process() as process:
        yield process


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listeners]:
    opened = Listeners(tmp_path_factory.mktemp("tls"))
    yield opened
    opened.close()


def on_our_ports(variables: dict[str, str], listeners: Listeners) -> dict[str, str]:
    """The recorded variables with the recorded ports replaced by those of our listeners."""
    moved = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://127.0.0.1:{listeners.port('imds')}"}
    for name, value in variables.items():
        for port, listener in PORTS.items():
            value = value.replace(f":{port}", f":{listeners.port(listener)}")
        moved[name] = value.replace("<thumbprint>", listeners.thumbprint)
        if name == "IDENTITY_SERVER_THUMBPRINT" and len(value) == 40:
            moved[name] = listeners.thumbprint
    return moved


def named(endpoint: str, listeners: Listeners) -> str | None:
    if not endpoint:
        return None
    port = urlsplit(endpoint).port or 80
    if port == 40342:
        return "arc"
    return next(name for name in listeners.servers if listeners.port(name) == port)


@pytest.mark.parametrize("case", [*CASES, *MORE], ids=range(len(CASES) + len(MORE)))
@pytest.mark.parametrize("client", CLIENTS)
def test_the_sdk_calls_what_the_table_says(
    client: str, case: dict[str, Any], sdks: SdkProcess, listeners: Listeners, tmp_path: Path
) -> None:
    variables = on_our_ports(case["variables"], listeners)
    environment = host(tmp_path, variables, himds=case["himds_installed"])
    predicted = next(each for each in sdk_choices(environment) if each.sdk == CLIENTS[client])
    listeners.called.clear()

    error = sdks.run(client, variables, himds=case["himds_installed"], agent_port=listeners.port("arc"))

    called = listeners.called[0] if listeners.called else None
    expected = named(predicted.endpoint, listeners)
    if expected == "sf" and predicted.endpoint.startswith("http:"):
        expected = None  # plain http to a listener that speaks TLS is no request; on our port the table can't know it
    assert called == expected, error
    if predicted.source is None:
        assert error
