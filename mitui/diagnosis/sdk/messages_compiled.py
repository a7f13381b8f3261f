"""The words of MSAL Go and MSAL .NET as their sources read, which were not run, and of msal-node 7.2.3, which was."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from mitui.diagnosis.failed_reply import FailedReply
from mitui.engine.failure import FailureKind as Kind

_DOTNET_UNAVAILABLE: Final = (
    "[Managed Identity] Authentication unavailable. Either the requested identity has not been assigned to this "
    "resource, or other errors could be present. …"
)
_DOTNET_GATEWAY: Final = "[Managed Identity] Authentication unavailable. The request failed due to a gateway error."
_DOTNET_TIMEOUT: Final = (
    "[Managed Identity] Authentication unavailable. The request to the managed identity endpoint timed out."
)
_DOTNET_EMPTY: Final = (
    "[Managed Identity] Authentication unavailable. No response received from the managed identity endpoint."
)
_DOTNET_UNPARSED: Final = "[Managed Identity] The error response was either empty or could not be parsed."
_FORBIDDEN: Final = "An attempt was made to access a socket in a way forbidden by its access permissions."
_NOT_AVAILABLE: Final = "Not Available"
_KEY_FILES: Final = (Kind.KEY_FILE_MISSING, Kind.KEY_FILE_UNREADABLE, Kind.KEY_FILE_REFUSED)


def go_message(reply: FailedReply) -> str:
    """MSAL Go hands the whole body on; on Arc it says only that there was no challenge."""
    if reply.status is None:
        if reply.kind is Kind.CERTIFICATE_MISMATCH:
            return f'{_verb(reply)} "{reply.url}": …'
        return f'{_verb(reply)} "{reply.url}": {_go_reason(reply)}'
    if reply.source == "azure_arc":
        if reply.kind in _KEY_FILES:
            return f"failed to get metadata for {reply.path or '…'} due to error: …"
        if reply.kind is Kind.CHALLENGE_MISSING and reply.status == 401:
            return (
                "basic realm= not found in the string, instead found: …"
                if reply.challenge
                else ("response has no www-authenticate header")
            )
        if reply.kind is not Kind.UNAUTHORIZED and reply.status != 401:
            return f"expected a 401 response, received {reply.status}"
    if 200 <= reply.status < 300:
        return "(an error of reading the JSON or its expires_on)"
    tail = f":\n{reply.body.strip()}" if reply.body.strip() else ""
    return f"http call({reply.url})({reply.method}) error: reply status code was {reply.status}{tail}"


def _verb(reply: FailedReply) -> str:
    return reply.method.capitalize()


def _go_reason(reply: FailedReply) -> str:
    host, port = reply.address
    if reply.kind is Kind.TIMEOUT:
        return f"dial tcp {host}:{port}: i/o timeout"
    if reply.kind is Kind.CONNECTION_REFUSED:
        return f"dial tcp {host}:{port}: connect: connection refused"
    if reply.kind is Kind.UNREACHABLE:
        words = "permission denied" if "forbidden" in reply.trouble else "no route to host"
        return f"dial tcp {host}:{port}: connect: {words}"
    return "EOF" if reply.kind is Kind.CONNECTION_LOST else "…"


def dotnet_message(reply: FailedReply) -> str:
    """MSAL .NET's MsalServiceException; on IMDS every 400 is headlined as an identity that is not assigned."""
    if reply.status is None:
        return _dotnet_transport(reply)
    if reply.kind in _KEY_FILES or reply.kind is Kind.CHALLENGE_MISSING:
        return "MsalServiceException: managed_identity_request_failed: [Managed Identity] …"
    if reply.kind is Kind.TOKEN_EXPIRED:
        return "MsalServiceException: …"
    failed = "MsalServiceException: managed_identity_request_failed:"
    if reply.source == "imds" and reply.status in (400, 502, 504):
        headline = _DOTNET_UNAVAILABLE if reply.status == 400 else _DOTNET_GATEWAY
        return f"{failed} {headline}\nStatus: {_dotnet_status(reply.status)} … {_dotnet_detail(reply)}"
    return f"{failed} {_dotnet_detail(reply)}"


def _dotnet_transport(reply: FailedReply) -> str:
    host, port = reply.address
    if reply.kind is Kind.TIMEOUT:
        return f"TaskCanceledException: {_DOTNET_TIMEOUT}"
    if reply.kind is Kind.CONNECTION_REFUSED:
        reason = f"Connection refused ({host}:{port})"
    elif reply.kind is Kind.UNREACHABLE:
        reason = f"{_FORBIDDEN if 'forbidden' in reply.trouble else 'No route to host'} ({host}:{port})"
    else:
        reason = "An error occurred while sending the request."
    return f"MsalServiceException: managed_identity_unreachable_network: {reason}"


def _dotnet_detail(reply: FailedReply) -> str:
    if not reply.body:
        return _DOTNET_EMPTY
    if reply.nested:
        return f"[Managed Identity] Error Code: {reply.nested.get('code')} Error Message: {reply.nested.get('message')}"
    parts = [
        f"{words}: {text}"
        for words, text in (
            ("Error Code", reply.text("error")),
            ("Error Message", reply.text("message", "Message")),
            ("Error Description", reply.text("error_description")),
        )
        if text
    ]
    if reply.document is None:
        return f"{_DOTNET_UNPARSED}. Error response received from the server: {reply.body}."
    return f"[Managed Identity] {' '.join(parts)}" if parts else f"{_DOTNET_UNPARSED}."


def _dotnet_status(status: int) -> str:
    """.NET's name for a status: BadRequest, GatewayTimeout."""
    return HTTPStatus(status).phrase.replace(" ", "")


def node_message(reply: FailedReply) -> str:
    """msal-node's ServerError, whose code is the wire's and whose message lists what it has.

    Service Fabric's certificate is its own authority, which Node trusts only where NODE_EXTRA_CA_CERTS names it.
    """
    if reply.status is None or reply.url.startswith("https:"):
        return "NetworkError: network_error: Network request failed: fetch failed, additionalErrorInfo: …"
    if reply.document is None:
        return "AuthError: token_parsing_error: Failed to parse response: …"
    if reply.kind in _KEY_FILES:
        return "ManagedIdentityError: unable_to_read_secret_file: …"
    if reply.kind is Kind.CHALLENGE_MISSING and reply.status == 401:
        return "ManagedIdentityError: www_authenticate_header_…"
    if reply.kind is Kind.TOKEN_EXPIRED:
        return "(no error: it hands the expired token on)"
    code = reply.text("error") or str(reply.nested.get("code") or "")
    description = reply.text("message", "error_description") or str(reply.nested.get("message") or "")
    numbers = (reply.document or {}).get("error_codes")
    listed = ",".join(map(str, numbers)) if isinstance(numbers, list) else _NOT_AVAILABLE
    if not code and not description:
        return "(no error: it takes the reply for a token, and hands an empty one on)"
    return (
        f"ServerError: {code}: Error(s): {listed} - "
        f"Timestamp: {reply.text('timestamp') or _NOT_AVAILABLE} - Description: {description or _NOT_AVAILABLE} - "
        f"Correlation ID: {reply.text('correlation_id', 'correlationId') or _NOT_AVAILABLE} - "
        f"Trace ID: {reply.text('trace_id') or _NOT_AVAILABLE}"
    )
