"""The words of the SDKs that were read hold what the wire said, in the sentences that their sources have."""

from __future__ import annotations

import pytest

from mitui.diagnosis.sdk.messages import sdk_messages
from mitui.diagnosis.sdk.words import WORDS
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.identity import client_id
from mitui.simulator.host import SimulatedHost
from tests.diagnosis.running import environment_of, fail


async def said(kind: str, fault: str, *, user_assigned: bool = False) -> dict[str, str]:
    with SimulatedHost(kind) as host:
        wanted = client_id(host.identities[0].client_id) if user_assigned else None
        host.fail(fault)
        return {each.sdk: each.message for each in sdk_messages(await fail(environment_of(host), wanted))}


async def test_an_identity_that_is_not_found() -> None:
    words = await said("imds", "imds.notfound")
    wrapped = words["MSAL .NET"].removeprefix("MsalServiceException: managed_identity_request_failed: ")

    assert words["MSAL Java"].startswith("MsalServiceException: [Managed Identity] Authentication unavailable.")
    assert words["MSAL Java"].endswith("Error Code: invalid_request Error Message: Identity not found")
    assert words["Azure.Identity"].startswith(
        f"AuthenticationFailedException: ManagedIdentityCredential authentication failed: {wrapped}"
    )
    assert "see inner exception" in words["azure-identity Java"]
    assert words["azidentity"].startswith(
        "ManagedIdentityCredential: failed to authenticate a system assigned identity"
    )
    assert '"Identity not found"' in words["azidentity"]
    assert "The requested identity has not been assigned to this resource" in words["azure_identity (Rust)"]
    assert "GetToken(): error response: 400 Bad Request\n\n{" in words["azure-identity C++"]
    assert words["Azure CLI"] == "ERROR: Identity not found…"
    assert words["Az PowerShell"].startswith("Connect-AzAccount: ManagedIdentityCredential authentication failed: ")
    assert words["AzCopy"].startswith("failed to perform Auto-login: …ManagedIdentityCredential: failed to")
    assert "received HTTP status 400 with body: {" in words["Terraform azurerm"]


async def test_azidentity_tells_a_user_assigned_identity_apart() -> None:
    words = await said("imds", "imds.notfound", user_assigned=True)

    assert "isn't assigned to this resource" in words["azidentity"]
    assert "Identity not found" not in words["azidentity"]


async def test_app_services_own_message() -> None:
    words = await said("app_service", "as.noid")

    assert "Error Message: No Managed Identity found for specified" in words["MSAL Java"]
    assert "Use this Correlation ID for further investigation." in words["MSAL Java"]
    assert "http call(" in words["azidentity"]
    assert words["Terraform azurerm"].startswith("(it asks IMDS here")


async def test_docker_is_told_as_no_imds_by_those_that_look_for_it() -> None:
    words = await said("imds", "docker")

    assert words["azidentity"].startswith("ManagedIdentityCredential: unexpected response ")
    assert "Network unreachable" in words["@azure/identity"]


async def test_what_an_sdk_does_not_support_is_in_parentheses() -> None:
    words = await said("azure_arc", "arc.404")

    assert words["azure_identity (Rust)"].startswith("(refuses to start")
    words = await said("service_fabric", "sf.noid")
    assert words["azure-identity C++"].startswith("(knows no Service Fabric")


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.sdk)
def test_every_table_ends_with_a_phrase_for_everything(words: object) -> None:
    from mitui.diagnosis.sdk.phrase import Phrase, Words

    assert isinstance(words, Words)
    last = words.phrases[-1]
    assert last == Phrase(last.text)
    assert "/" in words.basis.source


def test_a_body_that_looks_like_a_phrase_is_not_read_as_one() -> None:
    failure = TokenFailure(FailureKind.TIMEOUT, "{inner} {body}", "imds", "system", "https://vault.azure.net")

    assert all(each.message for each in sdk_messages(failure))


def test_each_message_says_how_it_is_known() -> None:
    failure = TokenFailure(FailureKind.TIMEOUT, "slow", "imds", "system", "https://vault.azure.net")
    how = {each.sdk: each.basis for each in sdk_messages(failure)}

    assert how["MSAL Python"] == how["@azure/identity"] == how["msal-node"] == "run"
    assert how["azidentity"] == how["MSAL Java"] == "read, not run"
