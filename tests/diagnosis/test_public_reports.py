"""What the first screen says to people whose reports are public, with the answers that Azure gave them.

Token endpoints: Azure/azure-workload-identity#1200, #340, #616 and #977, external-secrets/external-secrets#2783,
Azure/AKS#3616, Azure/azure-sdk-for-net#46709, #40848, #19241 and #19242, Azure/azure-sdk-for-js#11369,
Hexadite/acs-keyvault-agent#43, Azure/azure-sdk-for-rust#748, MicrosoftDocs/azure-docs#43543,
Azure/azure-functions-host#8037 and #9884, AzureAD/microsoft-authentication-library-for-dotnet#3979,
AzureAD/microsoft-identity-web#2796, hashicorp/terraform-provider-azurerm#16291, Azure/azure-cli#16850,
Azure/azure-functions-java-worker#200.
Vaults: Azure/azure-sdk-for-js#6221, MicrosoftDocs/azure-docs#75410, microsoft/multimodal-ai#171, Azure/azure-cli#31406,
hashicorp/terraform-provider-azurerm#9738, #27817 and #23927, microsoft/AzureTRE#3789.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from mitui.diagnosis.advice import Advice
from mitui.diagnosis.token.advice import advise_token
from mitui.diagnosis.vault.advice import advise_permission, advise_vault
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, Identity, SystemAssigned
from mitui.http import HttpReply
from mitui.keyvault.address import VaultAddress, parse_vault
from mitui.keyvault.probe_result import VaultFailure
from mitui.keyvault.reading import read_reply
from tests.diagnosis.cases import ACTUAL, RESULT, VM, answered, denied
from tests.diagnosis.running import fail
from tests.support.raw_server import RawServer

WEB = ClientId("6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")
IMDS = "Server: IMDS/150.870.65.1253\r\n"
POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
HELP = "Please check your federated identity credential Subject, Audience and Issuer against the presented assertion."


def _entra(error: str, number: int, text: str) -> str:
    said = f"AADSTS{number}: {text}\r\nTrace ID: b0f62116-10b6-4a73-bdb2-281524404e00"
    return json.dumps({"error": error, "error_description": said, "error_codes": [number]})


class Report(NamedTuple):
    """The endpoint's answer, and the first cause that would have helped, with words that must be in it."""

    name: str
    source: str
    status: int
    body: str
    first: str
    words: str = ""
    headers: str = IMDS
    identity: Identity = SystemAssigned()
    resource: str = "https://vault.azure.net"
    variables: tuple[tuple[str, str], ...] = ()


NO_RECORD = "No matching federated identity record found for presented assertion"
REPORTS = (
    Report(
        "azure-workload-identity#1200",
        "imds",
        400,
        _entra("invalid_client", 700211, f"{NO_RECORD} issuer 'https://oidc.prod-aks.azure.com/879/'. {HELP}"),
        "federated_issuer_mismatch",
        "issuer",
    ),
    Report(
        "azure-workload-identity#340",
        "imds",
        400,
        _entra("invalid_request", 70021, f"{NO_RECORD}. Assertion Issuer: 'https://oidc.prod-aks.azure.com/X/'."),
        "federated_credential_missing",
    ),
    Report(
        "azure-workload-identity#616",
        "imds",
        400,
        _entra(
            "invalid_request", 70021, f"{NO_RECORD}. Assertion Issuer: 'https://kubernetes.default.svc.cluster.local'."
        ),
        "cluster_issuer_not_public",
        "kubernetes.default.svc",
    ),
    Report(
        "azure-workload-identity#977",
        "imds",
        400,
        _entra("unauthorized_client", 70021, f"{NO_RECORD}. Assertion Subject: 'system:serviceaccount:a:b'."),
        "federated_credential_missing",
    ),
    Report(
        "external-secrets#2783",
        "imds",
        401,
        _entra("invalid_client", 70021, f"{NO_RECORD}. Assertion Subject: 'system:serviceaccount:es:es'."),
        "federated_credential_missing",
    ),
    Report(
        "AKS#3616",
        "imds",
        401,
        _entra("invalid_client", 700213, f"{NO_RECORD} subject 'system:serviceaccount:keda:keda-operator'. {HELP}"),
        "federated_subject_mismatch",
        "letter by letter",
    ),
    Report(
        "azure-sdk-for-net#46709",
        "imds",
        400,
        '{"error":"invalid_request","error_description":"Identity not found"}',
        "no_identity_on_host",
    ),
    Report(
        "azure-sdk-for-js#11369",
        "imds",
        400,
        '{"error":"invalid_request","error_description":"Identity not found"}',
        "identity_not_assigned",
        identity=WEB,
    ),
    Report(
        "acs-keyvault-agent#43 and azure-sdk-for-rust#748",
        "imds",
        400,
        '{"error":"invalid_request","error_description":"Multiple user assigned identities exist, please specify the '
        'clientId / resourceId of the identity in the token request"}',
        "several_identities",
        "client ID",
    ),
    Report(
        "azure-sdk-for-net#19242",
        "imds",
        403,
        "failed to refresh token, error: adal: Refresh request failed. Status Code = '400'. Response body: Bad Request",
        "pod_identity_no_match",
        headers="Content-Type: text/plain; charset=utf-8\r\n",
        variables=tuple(POD.items()),
    ),
    Report(
        "azure-sdk-for-net#19241",
        "imds",
        500,
        "pod list is empty\n",
        "pod_identity_no_match",
        headers="Content-Type: text/plain; charset=utf-8\r\n",
        variables=tuple(POD.items()),
    ),
    Report(
        "azure-docs#43543",
        "app_service",
        400,
        '{"StatusCode":400,"Message":"No MSI found for specified ClientId/ResourceId.","CorrelationId":"8797a7fe"}',
        "system_assigned_off",
        headers="",
    ),
    Report(
        "azure-functions-host#8037",
        "app_service",
        400,
        '{"statusCode":400,"message":"No Managed Identity found for specified ClientId/ResourceId/PrincipalId.",'
        '"correlationId":"e360c419"}',
        "system_assigned_off",
        "unless it is named",
        headers="",
    ),
    Report(
        "azure-functions-host#9884",
        "app_service",
        400,
        json.dumps({"statusCode": 400, "message": "AADSTS501051: Application 'a'(b) is not assigned to a role for c"}),
        "assignment_required",
        headers="",
        resource="api://target",
    ),
    Report(
        "azure-sdk-for-net#40848",
        "app_service",
        500,
        '{"statusCode":500,"message":"An unexpected error occured while fetching the AAD Token.","correlationId":"a"}',
        "audience_hidden",
        headers="",
    ),
    Report(
        "msal-dotnet#3979",
        "imds",
        400,
        _entra("invalid_resource", 500011, "The resource principal named https://managements.azure.com was not found"),
        "audience_misspelled",
        "https://management.azure.com",
        resource="https://managements.azure.com",
    ),
    Report(
        "microsoft-identity-web#2796",
        "imds",
        400,
        _entra("invalid_resource", 500011, "The resource principal named api://AzureADTokenExchange./default was not"),
        "audience_is_scope",
        "api://AzureADTokenExchange",
        resource="api://AzureADTokenExchange./default",
    ),
    Report(
        "terraform-provider-azurerm#16291",
        "imds",
        400,
        _entra("invalid_resource", 500011, "The resource principal named https://vault.microsoftazure.us was not"),
        "audience_unknown",
        resource="https://vault.microsoftazure.us",
    ),
    Report(
        "azure-cli#16850",
        "imds",
        400,
        _entra("invalid_resource", 500011, "The resource principal named https://management.azure.com was not found"),
        "audience_unknown",
        resource="https://management.azure.com",
    ),
    Report(
        "azure-functions-java-worker#200",
        "imds",
        400,
        _entra("unauthorized_client", 700016, "Application with identifier 'x' was not found in the directory 'y'."),
        "system_identity_gone_from_tenant",
    ),
)


async def _advice(report: Report, root: Path) -> tuple[Advice, ...]:
    head = f"HTTP/1.1 {report.status} X\r\nContent-Type: application/json\r\n{report.headers}"
    answer = f"{head}Content-Length: {len(report.body.encode())}\r\n\r\n{report.body}".encode()
    async with RawServer([answer]) as server:
        pair = {
            "IDENTITY_ENDPOINT": f"{server.url}/msi/token",
            "IDENTITY_HEADER": "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a",
        }
        own = pair if report.source == "app_service" else {"AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url}
        environment = HostEnvironment({**own, **dict(report.variables)}, root)
        failure = await fail(environment, report.identity, report.resource)
    return advise_token(failure, HostFacts(), environment)


@pytest.mark.parametrize("report", REPORTS, ids=[each.name for each in REPORTS])
async def test_the_first_cause_is_the_one_that_would_have_helped(report: Report, tmp_path: Path) -> None:
    top = (await _advice(report, tmp_path))[0]
    assert top.kind == report.first
    assert report.words in f"{top.cause} {top.remedy}"


CALLER = "Caller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;oid=eaadeb4c-a236-48a1-84f9-5c3685078b2c;iss=https://x/"
GROUP = "/subscriptions/11111111-2222-4333-8444-555555555555/resourcegroups/rg"
SCOPE = f"{GROUP}/providers/microsoft.keyvault/vaults/contoso-kv"
RBAC = "\r\n".join(
    (
        "Caller is not authorized to perform action on resource.",
        "If role assignments, deny assignments or role definitions were changed recently, please observe propagation.",
        CALLER,
        "Action: 'Microsoft.KeyVault/vaults/keys/read'",
        f"Resource: '{SCOPE}/keys/cmk'",
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: %s",
        "Vault: contoso-kv;location=westeurope",
    )
)
PUBLIC_OFF = (
    "Public network access is disabled and request is not from a trusted service nor via an approved private link."
)
NOT_ADMITTED = "Client address is not authorized and caller is not a trusted service."
MICROSOFTS = ", ".join(
    f"https://sts.windows.net/{tenant}/"
    for tenant in (
        "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        "e2d54eb5-3869-4f70-8578-dee5fc7331f4",
        "33e01921-4d64-4f8c-a055-5bdaffd5e33d",
    )
)
FOUND = "2ac36096-05f9-482e-ae23-1bdb78adb0bb"
VAULT_REPORTS: tuple[tuple[str, int, str, str, str, str], ...] = (
    (
        "azure-sdk-for-js#6221 and azure-docs#75410",
        401,
        "Unauthorized",
        f"AKV10032: Invalid issuer. Expected one of {MICROSOFTS}, found https://sts.windows.net/{FOUND}/.",
        "vault_wrong_tenant",
        FOUND,
    ),
    (
        "multimodal-ai#171",
        403,
        "ForbiddenByConnection",
        f"{PUBLIC_OFF}\r\n{CALLER}\r\nVault: contoso-kv;location=eastus2",
        "public_access_disabled",
        "",
    ),
    (
        "azure-cli#31406",
        403,
        "ForbiddenByConnection",
        f"Connection is not an approved private link and caller was ignored.\r\n{CALLER}",
        "public_access_disabled",
        "",
    ),
    (
        "terraform-provider-azurerm#9738 and AzureTRE#3789",
        403,
        "ForbiddenByFirewall",
        f"{NOT_ADMITTED}\r\nClient address: 20.1.2.3\r\n{CALLER}",
        "firewall_address",
        "20.1.2.3",
    ),
    ("terraform-provider-azurerm#27817", 403, "ForbiddenByRbac", RBAC % "null", "role_missing", "keys/read"),
    (
        "terraform-provider-azurerm#23927",
        403,
        "ForbiddenByRbac",
        RBAC % "'DeniedWithNoValidRBAC'",
        "role_missing",
        "5 to 10 minutes",
    ),
)


@pytest.mark.parametrize(
    ("name", "status", "code", "message", "first", "words"), VAULT_REPORTS, ids=[each[0] for each in VAULT_REPORTS]
)
def test_a_vaults_refusal_is_told_by_its_first_cause(
    name: str, status: int, code: str, message: str, first: str, words: str
) -> None:
    address = parse_vault("contoso-kv", cloud="AzurePublicCloud", allow_loopback=False)
    assert isinstance(address, VaultAddress)
    outer = "Unauthorized" if status == 401 else "Forbidden"
    exchange = answered(outer, "" if status == 401 else code, message, status)
    reading = read_reply(HttpReply(status, "", (), exchange.body.encode(), 1.0), address)
    result = replace(RESULT, facts=(*RESULT.facts, *reading.facts))
    if reading.stop is not None:
        failure = VaultFailure(
            reading.stop, message, "permissions", status, outer, reading.error.inner_code, (exchange,), reading.facts
        )
        top = advise_vault(failure, result, VM, ACTUAL)[0]
    else:
        cell = replace(denied(message=message), verdict=reading.verdict, exchange=exchange, facts=reading.facts)
        top = advise_permission(replace(cell, data_action="keys/read"), result, VM, ACTUAL)[0]
    assert top.kind == first
    assert words in f"{top.cause} {top.remedy} {' '.join(top.commands)}"
