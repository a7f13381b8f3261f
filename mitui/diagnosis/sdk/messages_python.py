"""The words of MSAL Python 1.39 and of azure-identity 1.27, sync and aio, as runs against loopback showed them.

An ellipsis stands for what varies from call to call.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.failed_reply import FailedReply
from mitui.engine.failure import FailureKind as Kind

_NAMES: Final = {
    "app_service": "App Service",
    "azure_arc": "Azure Arc",
    "azure_ml": "Azure ML",
    "service_fabric": "Service Fabric",
}
_UNAVAILABLE: Final = "CredentialUnavailableError: ManagedIdentityCredential authentication unavailable."
_NO_RESPONSE: Final = f"{_UNAVAILABLE.removesuffix('.')}, no response from the IMDS endpoint."
_FABRIC_WORDS: Final = {
    "SecretHeaderNotFound": "unauthorized_client",
    "ManagedIdentityNotFound": "invalid_client",
    "ArgumentNullOrEmpty": "invalid_scope",
}
_FOLLOWS: Final = "(it follows the redirect, and takes the identity header along)"
_TAKES_EXPIRED: Final = "(no error: it hands the expired token on)"
_UNCONFIRMED: Final = "Azure Arc did not confirm the requested user-assigned managed identity in the token response…"
_WRONG_PIN: Final = "Service Fabric endpoint certificate thumbprint does not match IDENTITY_SERVER_THUMBPRINT."


def msal_message(reply: FailedReply) -> str:
    """MSAL Python's ``error: error_description``, or the exception it lets through."""
    if reply.source == "cloud_shell":
        return "(its managed identity client asks IMDS here, not Cloud Shell)"
    return _before_a_reply(reply) or _transport(reply) or _msal_reply(reply)


def _before_a_reply(reply: FailedReply) -> str:
    """What MSAL, and azure-identity with it, says about Arc's key file and about replies it takes for good."""
    missing = f"FileNotFoundError: [Errno 2] No such file or directory: '{reply.path or '…'}'"
    found = {
        Kind.KEY_FILE_MISSING: missing,
        Kind.KEY_FILE_REFUSED: "FileNotFoundError: [Errno 2] No such file or directory: '…",
        Kind.KEY_FILE_UNREADABLE: f"PermissionError: [Errno 13] Permission denied: '{reply.path or '…'}'",
        Kind.TOKEN_EXPIRED: _TAKES_EXPIRED,
        Kind.REDIRECTED: _FOLLOWS,
    }
    return found.get(reply.kind, "")


def _transport(reply: FailedReply) -> str:
    if reply.status is not None:
        return ""
    host, port = reply.address
    if reply.kind is Kind.CERTIFICATE_MISMATCH:
        return "SSLError: …" + _WRONG_PIN + "…"
    if reply.kind is Kind.CONNECTION_LOST:
        return "ConnectionError: ('Connection aborted.', …"
    if reply.kind is Kind.TIMEOUT:
        return "(no message: it waits without a time limit)"
    return f"ConnectionError: HTTPConnectionPool(host='{host}', port={port}): Max retries exceeded with url: …"


def _msal_reply(reply: FailedReply) -> str:
    if reply.source == "azure_arc":
        return _arc_reply(reply)
    if reply.document is None:
        return f"JSONDecodeError: {reply.json_error}"
    if reply.source == "app_service":
        return f"invalid_scope: {_python(reply, 'statusCode')}, {_python(reply, 'message')}"
    if reply.source == "azure_ml":
        return f"invalid_scope: {reply.document}"
    if reply.source == "service_fabric":
        return f"{_FABRIC_WORDS.get(str(reply.nested.get('code')), 'invalid_request')}: {reply.body}"
    return f"{_python(reply, 'error')}: {_python(reply, 'error_description')}"


def _arc_reply(reply: FailedReply) -> str:
    if reply.kind is Kind.IDENTITY_ECHO_MISSING:
        return f"ManagedIdentityError: {_UNCONFIRMED}"
    if reply.kind is Kind.CHALLENGE_MISSING and reply.status == 401:
        return "ManagedIdentityError: Unrecognizable WWW-Authenticate header: …"
    return f"invalid_request: {reply.body}"


def _python(reply: FailedReply, name: str) -> object:
    return (reply.document or {}).get(name)


def sync_message(reply: FailedReply) -> str:
    """azure-identity's exception around what MSAL said."""
    if reply.source == "cloud_shell":
        return _service_error(reply) if reply.status is None else _own_client(reply)
    if early := _before_a_reply(reply):
        return _redirected(reply) if reply.kind is Kind.REDIRECTED else early
    if reply.source == "imds":
        return _sync_imds(reply)
    prefix = f"{_NAMES.get(reply.source, reply.source)} managed identity configuration not found in environment."
    if reply.status is None:
        return _transport(reply) if reply.source == "service_fabric" else _service_error(reply)
    if reply.document is None and reply.source != "azure_arc":
        return f"JSONDecodeError: {reply.json_error}"
    said = _msal_reply(reply)
    if said.startswith("ManagedIdentityError: "):
        return f"ClientAuthenticationError: {prefix} {said.removeprefix('ManagedIdentityError: ')}"
    return f"CredentialUnavailableError: {prefix} {_token_request_error(said)}"


def _sync_imds(reply: FailedReply) -> str:
    if reply.status is None:
        return _NO_RESPONSE
    if reply.document is not None:
        return f"{_NO_RESPONSE} {_token_request_error(_msal_reply(reply))}"
    if reply.body and (not reply.content_type or "json" in reply.content_type):
        return f"ClientAuthenticationError: JSON is invalid: {reply.json_error}…"
    return _UNAVAILABLE


def _token_request_error(said: str) -> str:
    error, _, description = said.partition(": ")
    return f"Token request error: ({error}) {'' if description == 'None' else description}"


def _service_error(reply: FailedReply) -> str:
    """azure-core tells a request that could not be sent from a reply that did not come."""
    lost = reply.kind in (Kind.CONNECTION_LOST, Kind.TIMEOUT)
    return "ServiceResponseError: …" if lost else "ServiceRequestError: …"


def _redirected(reply: FailedReply) -> str:
    if reply.source == "imds":
        return _UNAVAILABLE
    return "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"


def aio_message(reply: FailedReply) -> str:
    """azure-identity's asynchronous client, which is another engine than the synchronous one."""
    if reply.kind in (Kind.KEY_FILE_MISSING, Kind.KEY_FILE_REFUSED):
        return "ClientAuthenticationError: The key file path is invalid: …"
    if reply.kind is Kind.KEY_FILE_UNREADABLE:
        return f"PermissionError: [Errno 13] Permission denied: '{reply.path or '…'}'"
    if reply.kind is Kind.CERTIFICATE_MISMATCH:
        return "(no error: it does not check the certificate and sends the secret)"
    if reply.kind is Kind.TOKEN_EXPIRED:
        return _TAKES_EXPIRED
    if reply.kind is Kind.CHALLENGE_MISSING and reply.status == 401:
        return "ClientAuthenticationError: …"
    return _own_client(reply)


def _own_client(reply: FailedReply) -> str:
    """The words of azure-identity's own client, which aio uses everywhere and sync for Cloud Shell."""
    imds = reply.source == "imds"
    if reply.status is None:
        return _NO_RESPONSE if imds else "ServiceRequestError: …"
    if not reply.body:
        return "ClientAuthenticationError: No token received."
    if reply.document is None:
        if not reply.content_type:
            return _NO_RESPONSE if imds else "AttributeError: …"
        if reply.content_type.startswith("application/json"):
            return "ClientAuthenticationError: Failed to deserialize JSON from response…"
        return f'CredentialUnavailableError: Unexpected content type "{reply.content_type}"…'
    if reply.nested:
        return f"ClientAuthenticationError: ({reply.nested.get('code')}) {reply.nested.get('message')}…"
    if not imds and (message := reply.text("message")):
        return f"ClientAuthenticationError: ({(reply.document or {}).get('code')}) {message}…"
    unexpected = f'Unexpected response "{reply.document}"'
    if imds and reply.status == 400:
        assigned = "The requested identity has not been assigned to this resource."
        return f"{_UNAVAILABLE} {assigned} Error: {unexpected}"
    return f"ClientAuthenticationError: {unexpected}…"
