"""What the user of each SDK sees for a failure: the message people search for, which is seldom what the wire said."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.advice import SdkMessage
from mitui.diagnosis.failed_reply import FailedReply
from mitui.diagnosis.sdk.messages_compiled import dotnet_message, go_message, node_message
from mitui.diagnosis.sdk.messages_python import aio_message, msal_message, sync_message
from mitui.diagnosis.sdk.messages_workload import NOT_BY_ITSELF, entra_message
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.failure import TokenFailure

# Refusals of mitui's own: no SDK would have seen anything of the kind.
_OURS: Final = frozenset(
    {
        Kind.ENDPOINT_NOT_ALLOWED,
        Kind.ENDPOINT_INVALID,
        Kind.SELECTOR_UNSUPPORTED,
        Kind.CANCELLED,
        Kind.PROCESS_UNREADABLE,
    }
)
_SPEAKERS: Final = (
    ("MSAL Go", go_message),
    ("MSAL Python", msal_message),
    ("MSAL .NET", dotnet_message),
    ("msal-node", node_message),
    ("azure-identity", sync_message),
    ("azure-identity aio", aio_message),
)
_OF_A_POD: Final = frozenset({"azure-identity", "azure-identity aio"})
_LONGEST: Final = 1500


def sdk_messages(failure: TokenFailure) -> tuple[SdkMessage, ...]:
    """What each SDK would say about the same reply; empty where only mitui has an objection.

    A message in parentheses is no message of the SDK but says why there is none. The texts hold parts of the reply.
    """
    if failure.kind in _OURS:
        return ()
    reply = FailedReply.of(failure)
    if failure.source == "workload_identity":
        said = _shortened(entra_message(reply))
        return tuple(SdkMessage(sdk, said if sdk in _OF_A_POD else NOT_BY_ITSELF) for sdk, _ in _SPEAKERS)
    return tuple(SdkMessage(sdk, _shortened(speak(reply))) for sdk, speak in _SPEAKERS)


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"
