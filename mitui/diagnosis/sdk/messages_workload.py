"""What azure-identity 1.27 says of a failed exchange of a pod's token, as runs against loopback showed it.

The MSAL libraries don't make the exchange by themselves. An ellipsis stands for what varies from call to call.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.failed_reply import FailedReply
from mitui.engine.failure import FailureKind as Kind

NOT_BY_ITSELF: Final = "(it knows no workload identity by itself, and asks the node's IMDS)"
NOT_READ: Final = "(its words for a failed exchange of a pod's token are not known here)"
_SENT_ALL_THE_SAME: Final = "(no error of its own: it sends whatever the file holds)"
_UNEXPECTED: Final = "ClientAuthenticationError: Unexpected response from Microsoft Entra ID: "


def entra_message(reply: FailedReply) -> str:
    """azure-identity's exception; the same words from its synchronous and its asynchronous client."""
    found = {
        Kind.ASSERTION_UNREADABLE: f"…Error: [Errno …] …: '{reply.path or '…'}'",
        Kind.ASSERTION_INVALID: _SENT_ALL_THE_SAME,
        Kind.TOKEN_EXPIRED: "(no error: it hands the expired token on)",
        Kind.REDIRECTED: "(it follows the redirect, and takes the pod's token along)",
    }.get(reply.kind)
    if found:
        return found
    if reply.status is None:
        return "Service…Error: …"
    if not reply.body.strip():
        return "ClientAuthenticationError: No response content from Microsoft Entra ID"
    if reply.document is None:
        # Only what says that it is JSON is read as such; anything else is taken for a text.
        is_json = "json" in reply.content_type.lower()
        return f"DecodeError: JSON is invalid: {reply.json_error}\nContent: …" if is_json else _UNEXPECTED + "…"
    if "error" not in reply.document:
        return _UNEXPECTED + "{…}"
    error, description = reply.text("error"), reply.text("error_description")
    said = f"({error}) {description}" if description else "…"
    return f"ClientAuthenticationError: Microsoft Entra ID error '{said}'\nContent: …"
