"""MSAL Python and azure-identity themselves, on every shape of host, call what the table says they would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mitui.diagnosis.sdk.choices import sdk_choices
from tests.diagnosis.host_shapes import SHAPES, name_of, named, on_our_ports
from tests.diagnosis.sdk_runner import Listeners, SdkProcess, sdk_process
from tests.diagnosis.test_sdk_choices import host

CLIENTS = {"msal": "MSAL Python 1.39", "azure": "azure-identity 1.27", "azure-aio": "azure-identity aio 1.27"}


@pytest.fixture(scope="module")
def sdks() -> Iterator[SdkProcess]:
    with sdk_process() as process:
        yield process


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listeners]:
    opened = Listeners(tmp_path_factory.mktemp("tls"))
    yield opened
    opened.close()


def test_there_are_at_least_forty_shapes() -> None:
    assert len(SHAPES) >= 40
    assert len({str(shape["variables"]) + str(shape["himds_installed"]) for shape in SHAPES}) == len(SHAPES)


@pytest.mark.parametrize("index", range(len(SHAPES)), ids=name_of)
@pytest.mark.parametrize("client", CLIENTS)
def test_the_sdk_calls_what_the_table_says(
    client: str, index: int, sdks: SdkProcess, listeners: Listeners, tmp_path: Path
) -> None:
    shape = SHAPES[index]
    variables = on_our_ports(shape["variables"], listeners)
    environment = host(tmp_path, variables, himds=shape["himds_installed"])
    predicted = next(each for each in sdk_choices(environment) if each.sdk == CLIENTS[client])
    listeners.called.clear()

    error = sdks.run(client, variables, himds=shape["himds_installed"], agent_port=listeners.port("arc"))

    called = listeners.called[0] if listeners.called else None
    assert called == named(predicted.endpoint, listeners), error
    if predicted.source is None:
        assert error
