"""What the user of each SDK sees for a failure: the message people search for, which is seldom what the wire said."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.advice import SdkMessage
from mitui.diagnosis.failed_reply import FailedReply
from mitui.diagnosis.sdk.messages_compiled import dotnet_message, go_message, node_message
from mitui.diagnosis.sdk.messages_python import aio_message, msal_message, sync_message
from mitui.diagnosis.sdk.messages_workload import NOT_BY_ITSELF, NOT_READ, entra_message
from mitui.diagnosis.sdk.phrase import Speak
from mitui.diagnosis.sdk.schema import How
from mitui.diagnosis.sdk.words import WORDS
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
_SPEAKERS: Final[tuple[tuple[str, How, Speak], ...]] = (
    ("MSAL Go", "read, not run", go_message),
    ("MSAL Python", "run", msal_message),
    ("MSAL .NET", "read, not run", dotnet_message),
    ("msal-node", "run", node_message),
    ("azure-identity", "run", sync_message),
    ("azure-identity aio", "run", aio_message),
    *((each.sdk, each.basis.how, each.say) for each in WORDS),
)
_OF_A_POD: Final = frozenset({"azure-identity", "azure-identity aio"})
_NOT_OF_A_POD: Final = frozenset({"MSAL Go", "MSAL Python", "MSAL .NET", "msal-node"})
_LONGEST: Final = 1500


def sdk_messages(failure: TokenFailure) -> tuple[SdkMessage, ...]:
    """What each SDK would say about the same reply; empty where only mitui has an objection.

    A message in parentheses is no message of the SDK but says why there is none. The texts hold parts of the reply.
    """
    if failure.kind in _OURS:
        return ()
    reply = FailedReply.of(failure)
    if failure.source == "workload_identity":
        said = dict.fromkeys(_OF_A_POD, _shortened(entra_message(reply))) | dict.fromkeys(_NOT_OF_A_POD, NOT_BY_ITSELF)
        return tuple(SdkMessage(sdk, said.get(sdk, NOT_READ), how) for sdk, how, _ in _SPEAKERS)
    return tuple(SdkMessage(sdk, _shortened(speak(reply)), how) for sdk, how, speak in _SPEAKERS)


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"
