"""What the SDKs say that were not run but read, and the one that wraps msal-node, which was.

Where a message holds another SDK's own, that is said by that SDK's words.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.sdk.families.dotnet import AZURE_IDENTITY_NET
from mitui.diagnosis.sdk.families.go import AZIDENTITY
from mitui.diagnosis.sdk.families.java import AZURE_IDENTITY_JAVA, MSAL_JAVA
from mitui.diagnosis.sdk.families.native import CPP, RUST
from mitui.diagnosis.sdk.families.node import AZURE_IDENTITY_JS
from mitui.diagnosis.sdk.families.tools import AZ_POWERSHELL, AZCOPY, AZURE_CLI, TERRAFORM
from mitui.diagnosis.sdk.messages_compiled import dotnet_message, go_message, node_message
from mitui.diagnosis.sdk.messages_python import msal_message
from mitui.diagnosis.sdk.phrase import NO_REPLY, Phrase, Words
from mitui.engine.failure import FailureKind as Kind

_KEY_FILES: Final = (Kind.KEY_FILE_MISSING, Kind.KEY_FILE_UNREADABLE, Kind.KEY_FILE_REFUSED)
_NO_CHALLENGE: Final = (Kind.CHALLENGE_MISSING,)
_BUT_IMDS: Final = ("app_service", "azure_arc", "azure_ml", "cloud_shell", "service_fabric")
_GATEWAY: Final = (502, 504)

_JAVA: Final = "MsalServiceException: [Managed Identity]"
_JAVA_UNAVAILABLE: Final = "Authentication unavailable. The requested identity has not been assigned to this resource."
_JAVA_GATEWAY: Final = "Authentication unavailable. The request failed due to a gateway error."
_JAVA_IMDS: Final = (
    "Status: {status}Content:{body}Headers:… [Managed Identity] Error Code: {error} Error Message: {description}"
)

JAVA: Final = Words(
    "MSAL Java",
    MSAL_JAVA.basis,
    (
        Phrase(
            f"{_JAVA} The file on the file path in the WWW-Authenticate header is not secure or could not be found.",
            kinds=_KEY_FILES,
        ),
        Phrase(
            f"{_JAVA} The WWW-Authenticate header in the response from Azure Arc Managed Identity Endpoint did not "
            "match the expected format.",
            kinds=_NO_CHALLENGE,
            statuses=(401,),
            fields=("challenge",),
        ),
        Phrase(
            f"{_JAVA} Did not receive expected WWW-Authenticate header in the response from Azure Arc Managed Identity "
            "Endpoint.",
            kinds=_NO_CHALLENGE,
            statuses=(401,),
        ),
        Phrase("MsalClientException: …", kinds=(Kind.TIMEOUT, Kind.CERTIFICATE_MISMATCH, Kind.TLS_FAILED)),
        Phrase("MsalServiceException: managed_identity_unreachable_network: …", statuses=NO_REPLY),
        Phrase(f"{_JAVA} {_JAVA_UNAVAILABLE}{_JAVA_IMDS}", sources=("imds",), statuses=(400,)),
        Phrase(f"{_JAVA} {_JAVA_GATEWAY}{_JAVA_IMDS}", sources=("imds",), statuses=_GATEWAY),
        Phrase(
            f"{_JAVA} Error Message: {{message}} Managed Identity Correlation ID: {{correlation}} Use this Correlation "
            "ID for further investigation.",
            fields=("message",),
        ),
        Phrase(f"{_JAVA} Error Code: {{error}} Error Message: {{description}}", document=True),
        Phrase(
            f"{_JAVA} Unexpected exception occurred when parsing the response, HttpStatusCode: {{status}}, Error "
            "message: …"
        ),
    ),
)
_FAILED: Final = "AuthenticationFailedException: ManagedIdentityCredential authentication failed: {inner}…"
_UNAVAILABLE: Final = "CredentialUnavailableException: ManagedIdentityCredential authentication unavailable."

NET: Final = Words(
    "Azure.Identity",
    AZURE_IDENTITY_NET.basis,
    (
        Phrase(
            f"{_UNAVAILABLE} No response received from the managed identity endpoint. …",
            sources=("imds",),
            statuses=NO_REPLY,
        ),
        Phrase(_FAILED),
    ),
    inner=lambda reply: dotnet_message(reply).replace("managed_identity_request_failed: ", "", 1),
)
JAVA_IDENTITY: Final = Words(
    "azure-identity Java",
    AZURE_IDENTITY_JAVA.basis,
    (
        Phrase(
            "ClientAuthenticationException: Managed Identity authentication failed, see inner exception for more "
            "information. (inner: {inner})"
        ),
    ),
    inner=JAVA.say,
)
_JS: Final = "CredentialUnavailableError: ManagedIdentityCredential:"
_JS_OFFLINE: Final = (
    f"{_JS} Network unreachable. Message: network_error: See https://aka.ms/msal.js.errors#network_error…"
)
_JS_HTTP: Final = f"{_JS} Authentication failed. Message {{}}: Error(s): Not Available - Timestamp: Not Available - …"

JS: Final = Words(
    "@azure/identity",
    AZURE_IDENTITY_JS.basis,
    (
        Phrase(_JS_OFFLINE, statuses=NO_REPLY),
        Phrase(_JS_OFFLINE, sources=("service_fabric",)),
        Phrase(_JS_OFFLINE, statuses=(403,), holds="unreachable"),
        Phrase(f"{_JS} Authentication failed. Message unable_to_read_secret_file: …", kinds=_KEY_FILES),
        Phrase(
            f"{_JS} Authentication failed. Message www_authenticate_header_…",
            sources=("azure_arc",),
            kinds=_NO_CHALLENGE,
            statuses=(401,),
        ),
        Phrase("(no error: it hands the expired token on)", kinds=(Kind.TOKEN_EXPIRED,)),
        Phrase(f"{_JS} Authentication failed. Message {{inner}}", fields=("error",)),
        Phrase(f"{_JS} Authentication failed. Message {{inner}}", fields=("message",)),
        Phrase(f"{_JS} Authentication failed. Message {{inner}}", document=True, holds='"error":{'),
        Phrase(f"{_JS} Authentication failed. Message {{inner}}", document=True, holds='"error": {'),
        Phrase('AuthenticationRequiredError: Response had no "expiresOn" property.', document=True),
        Phrase(_JS_OFFLINE, statuses=(200,), holds='{"'),
        Phrase(_JS_HTTP.format("unknown_error"), statuses=tuple(range(200, 400))),
        Phrase(_JS_HTTP.format("client_error"), statuses=tuple(range(400, 500))),
        Phrase(_JS_HTTP.format("server_error")),
    ),
    inner=node_message,
)
GO_IDENTITY: Final = Words(
    "azidentity",
    AZIDENTITY.basis,
    (
        Phrase(
            "ManagedIdentityCredential authentication failed. the requested identity isn't assigned to this resource…",
            sources=("imds",),
            statuses=(400,),
            user_assigned=True,
        ),
        Phrase(
            "ManagedIdentityCredential: failed to authenticate a system assigned identity. The endpoint responded with "
            "{body}",
            sources=("imds",),
            statuses=(400,),
        ),
        Phrase(
            'ManagedIdentityCredential: unexpected response "{body}"',
            sources=("imds",),
            statuses=(403,),
            holds="unreachable",
        ),
        Phrase("ManagedIdentityCredential: {inner}", sources=("imds",), statuses=NO_REPLY),
        Phrase("{inner}"),
    ),
    inner=go_message,
)
_RUST: Final = "ManagedIdentityCredential authentication failed."

RUST_IDENTITY: Final = Words(
    "azure_identity (Rust)",
    RUST.basis,
    (
        Phrase(
            "(refuses to start: this kind of managed identity isn't supported)",
            sources=("azure_arc", "azure_ml", "cloud_shell", "service_fabric"),
        ),
        Phrase(f"{_RUST} …", statuses=NO_REPLY),
        Phrase(f"{_RUST} The requested identity has not been assigned to this resource…", statuses=(400,)),
        Phrase(f"{_RUST} The request failed due to a gateway error…", statuses=_GATEWAY),
        Phrase(f"{_RUST} …", statuses=(200,)),
        Phrase(f"{_RUST} The request failed: {{body}}…"),
    ),
)
_CPP: Final = "AuthenticationException:"
_CPP_CHALLENGE: Final = "in the response from Azure Arc Managed Identity Endpoint"
_CPP_KEY_FILE: Final = "The file specified in the 'WWW-Authenticate' header"

CPP_IDENTITY: Final = Words(
    "azure-identity C++",
    CPP.basis,
    (
        Phrase("(knows no Service Fabric: its certificate fails)", sources=("service_fabric",)),
        Phrase(f"{_CPP} Failed to get file size for '…'.", kinds=(Kind.KEY_FILE_MISSING,)),
        Phrase(f"{_CPP} {_CPP_KEY_FILE} {_CPP_CHALLENGE} …", kinds=(Kind.KEY_FILE_REFUSED,)),
        Phrase(
            f"{_CPP} The 'WWW-Authenticate' header {_CPP_CHALLENGE} did not match the expected format.",
            kinds=_NO_CHALLENGE,
            statuses=(401,),
            fields=("challenge",),
        ),
        Phrase(
            f"{_CPP} Did not receive expected 'WWW-Authenticate' header {_CPP_CHALLENGE}.",
            kinds=_NO_CHALLENGE,
            statuses=(401,),
        ),
        Phrase("(no error: it hands the expired token on)", kinds=(Kind.TOKEN_EXPIRED,)),
        Phrase(f"{_CPP} GetToken(): …", statuses=(None, 200)),
        Phrase(f"{_CPP} GetToken(): error response: {{status}} {{reason}}\n\n{{body}}"),
    ),
)
CLI: Final = Words(
    "Azure CLI",
    AZURE_CLI.basis,
    (
        Phrase("ERROR: {description}…", fields=("description",), sources=("imds",)),
        Phrase("ERROR: …", sources=("cloud_shell",)),
        Phrase("ERROR: …{inner}…"),
    ),
    inner=lambda reply: _said_by_msal(msal_message(reply)),
)
POWERSHELL: Final = Words(
    "Az PowerShell",
    AZ_POWERSHELL.basis,
    (Phrase("Connect-AzAccount: {inner}"),),
    inner=NET.say,
)
AZ_COPY: Final = Words(
    "AzCopy", AZCOPY.basis, (Phrase("failed to perform Auto-login: …{inner}…"),), inner=GO_IDENTITY.say
)
_TERRAFORM: Final = (
    "Error: building account: …ManagedIdentityAuthorizer: failed to request token from metadata endpoint:"
)

TERRAFORM_PROVIDER: Final = Words(
    "Terraform azurerm",
    TERRAFORM.basis,
    (
        Phrase("(it asks IMDS here, unless ARM_MSI_ENDPOINT names another address)", sources=_BUT_IMDS),
        Phrase(f'{_TERRAFORM} {{method}} "{{url}}": …', statuses=NO_REPLY),
        Phrase("Error: building account: …ManagedIdentityAuthorizer: failed to unmarshal token: …", statuses=(200,)),
        Phrase(f"{_TERRAFORM} received HTTP status {{status}} with body: {{body}}"),
    ),
)
WORDS: Final = (
    JAVA,
    NET,
    JAVA_IDENTITY,
    JS,
    GO_IDENTITY,
    RUST_IDENTITY,
    CPP_IDENTITY,
    CLI,
    POWERSHELL,
    AZ_COPY,
    TERRAFORM_PROVIDER,
)


def _said_by_msal(message: str) -> str:
    """What Azure CLI shows of MSAL Python's 'error: description': the description."""
    return message if message.startswith("(") else message.partition(": ")[2] or message
