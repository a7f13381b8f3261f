"""What we say an SDK will say is what MSAL Python and azure-identity do say, run against the same host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mitui.diagnosis.sdk.messages import sdk_messages
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.identity import client_id
from mitui.engine.source_kind import SourceKind
from mitui.simulator.host import SimulatedHost
from mitui.simulator.sources.pod import TOKEN_FILE
from tests.diagnosis.running import environment_of, fail
from tests.diagnosis.sdk_runner import SdkProcess, sdk_process
from tests.engine.support import engine_on
from tests.support.every_sdk import EVERY_SDK

CLIENTS = {"msal": "MSAL Python", "azure": "azure-identity", "azure-aio": "azure-identity aio"}
CHANGING = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")
FAULTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("imds", "imds.notfound", {}),
    ("imds", "imds.multi", {}),
    ("imds", "imds.badres", {}),
    ("imds", "imds.throttle", {}),
    ("imds", "imds.nohdr", {}),
    ("imds", "imds.restart", {}),
    ("imds", "imds.gone", {}),
    ("imds", "imds.updating", {}),
    ("imds", "docker", {}),
    ("imds", "proxy", {}),
    ("imds", "html", {}),
    ("imds", "vpn", {}),
    ("imds", "empty-body", {}),
    ("imds", "half-json", {}),
    ("app_service", "as.noid", {}),
    ("app_service", "as.noid.pascal", {}),
    ("app_service", "as.500", {}),
    ("app_service", "as.401", {}),
    ("app_service", "html", {}),
    ("app_service", "reset", {}),
    ("container_apps", "aca.403", {}),
    ("container_apps", "aca.noid", {}),
    ("azure_ml", "ml.nomsi", {}),
    ("cloud_shell", "cs.aud", {}),
    ("cloud_shell", "cs.session", {}),
    ("azure_arc", "arc.404", {}),
    ("azure_arc", "arc.disconnected", {}),
    ("azure_arc", "arc.evil.digest", {}),
    ("azure_arc", "arc.nokey", {}),
    ("service_fabric", "sf.noid", {}),
    ("service_fabric", "sf.nosecret", {}),
    ("service_fabric", "sf.wrongpin", {}),
)


@pytest.fixture(scope="module")
def sdks() -> Iterator[SdkProcess]:
    with sdk_process() as process:
        yield process


def fits(predicted: str, said: str) -> bool:
    """Whether the message is the predicted one, where an ellipsis stands for anything."""
    parts = [re.escape(CHANGING.sub("<id>", part)) for part in predicted.split("…")]
    return re.fullmatch(".*".join(parts), CHANGING.sub("<id>", said), re.DOTALL) is not None


@pytest.mark.parametrize(("kind", "fault", "options"), FAULTS, ids=[f"{kind}-{name}" for kind, name, _ in FAULTS])
async def test_python_sdks_say_what_we_say_they_say(
    kind: str, fault: str, options: dict[str, Any], sdks: SdkProcess
) -> None:
    with SimulatedHost(kind) as host:
        host.fail(fault, **options)
        failure = await fail(environment_of(host))
        messages = {message.sdk: message.message for message in sdk_messages(failure)}
        assert list(messages) == list(EVERY_SDK)
        variables = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9", **host.variables}
        for client, sdk in CLIENTS.items():
            said = sdks.run(client, variables)
            if messages[sdk].startswith("("):
                continue  # no message of the SDK; the next test looks at those
            assert said is not None
            assert fits(messages[sdk], said), f"{sdk} said {said!r} and not {messages[sdk]!r}"


@pytest.mark.parametrize(
    "fault",
    ["wi.700213", "wi.700016", "wi.53003", "wi.noexpiry", "wi.portal", "html", "half-json", "empty-body", "reset"],
)
async def test_azure_identity_says_of_an_exchange_what_we_say_it_says(fault: str, sdks: SdkProcess) -> None:
    with SimulatedHost("workload_identity") as host:
        host.fail(fault)
        messages, variables = await _of_a_pod(host)
        for client, sdk in list(CLIENTS.items())[1:]:
            said = sdks.run(client, variables)
            assert said is not None
            assert fits(messages[sdk], said), f"{sdk} said {said!r} and not {messages[sdk]!r}"
    assert messages["MSAL Python"].startswith("(")


@pytest.mark.parametrize("left", ["nothing", "folder"])
async def test_azure_identity_says_of_a_token_file_what_we_say_it_says(left: str, sdks: SdkProcess) -> None:
    with SimulatedHost("workload_identity") as host:
        place = host.root / TOKEN_FILE.lstrip("/")
        place.unlink()
        if left == "folder":
            place.mkdir()
        messages, variables = await _of_a_pod(host)
        for client, sdk in list(CLIENTS.items())[1:]:
            said = sdks.run(client, variables)
            assert said is not None
            assert fits(messages[sdk], said.replace(str(host.root), ""))


async def test_what_is_no_token_goes_out_with_azure_identity(sdks: SdkProcess) -> None:
    with SimulatedHost("workload_identity") as host:
        place = host.root / TOKEN_FILE.lstrip("/")
        place.unlink()
        place.write_text("something else")
        messages, variables = await _of_a_pod(host)
        assert host.requests == []
        assert "AADSTS50027" in (sdks.run("azure", variables) or "")
        assert b"client_assertion=something+else" in host.requests[0].body
    assert messages["azure-identity"].startswith("(no error")


async def _of_a_pod(host: SimulatedHost) -> tuple[dict[str, str], dict[str, str]]:
    """What the SDKs are said to say of the exchange on this host, and the variables to run them with."""
    async with engine_on(host, allow_endpoints=frozenset({"127.0.0.1"}), timeout=0.6) as engine:
        outcome = await engine.acquire(client_id(host.identities[0].client_id), "https://vault.azure.net")
    assert isinstance(outcome, TokenFailure)
    messages = {message.sdk: message.message for message in sdk_messages(outcome)}
    assert list(messages) == list(EVERY_SDK)
    return messages, host.exported_variables


async def test_refused_connections_read_the_same(sdks: SdkProcess) -> None:
    with SimulatedHost("imds") as host:
        variables = host.variables
        environment = environment_of(host)
    failure = await fail(environment)
    messages = {message.sdk: message.message for message in sdk_messages(failure)}

    assert failure.kind is FailureKind.CONNECTION_REFUSED
    for client, sdk in CLIENTS.items():
        said = sdks.run(client, variables)
        assert said is not None
        assert fits(messages[sdk], said)


async def test_an_arc_agent_that_ignores_the_selector_is_refused_alike(sdks: SdkProcess) -> None:
    with SimulatedHost("azure_arc") as host:
        wanted = host.identities[0].client_id
        host.fail("arc.ok.legacy")
        failure = await fail(environment_of(host), client_id(wanted))

    assert failure.kind is FailureKind.IDENTITY_ECHO_MISSING
    messages = {message.sdk: message.message for message in sdk_messages(failure)}
    assert "did not confirm" in messages["MSAL Python"]


async def test_messages_in_parentheses_stand_for_no_message_of_the_kind(sdks: SdkProcess) -> None:
    with SimulatedHost("service_fabric") as host:
        host.fail("sf.wrongpin")
        failure = await fail(environment_of(host))
        aio = next(each for each in sdk_messages(failure) if each.sdk == "azure-identity aio")

        assert aio.message.startswith("(no error")
        assert sdks.run("azure-aio", host.variables) is None
        assert host.requests, "azure-identity aio sent its secret to a server with another certificate"


async def test_the_go_and_net_messages_hold_what_the_wire_said() -> None:
    with SimulatedHost("imds") as host:
        host.fail("imds.notfound")
        messages = {each.sdk: each.message for each in sdk_messages(await fail(environment_of(host)))}

    assert "reply status code was 400" in messages["MSAL Go"]
    assert "Identity not found" in messages["MSAL Go"]
    assert "has not been assigned to this resource" in messages["MSAL .NET"]
    assert "Status: BadRequest" in messages["MSAL .NET"]
    assert "Description: Identity not found" in messages["msal-node"]


def test_refusals_of_our_own_have_no_sdk_message() -> None:
    for kind in (FailureKind.ENDPOINT_NOT_ALLOWED, FailureKind.SELECTOR_UNSUPPORTED, FailureKind.CANCELLED):
        assert sdk_messages(TokenFailure(kind, "no", "imds", "system", "r")) == ()


@pytest.mark.parametrize("source", [str(kind) for kind in SourceKind if kind is not SourceKind.NONE])
@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_kind_of_failure_can_be_said_without_a_reply(kind: FailureKind, source: str) -> None:
    for each in sdk_messages(TokenFailure(kind, "something", source, "system", "https://vault.azure.net")):
        assert each.message
