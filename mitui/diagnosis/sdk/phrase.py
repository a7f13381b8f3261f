"""The words of an SDK as data: phrases with the replies that they belong to, the first that fits being said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from mitui.diagnosis.failed_reply import FailedReply
from mitui.diagnosis.sdk.schema import Basis
from mitui.engine.failure import FailureKind as Kind

Speak = Callable[[FailedReply], str]
_CLASS: Final = re.compile(r"[A-Za-z]+(?:Error|Exception): ")
_FIELD: Final = re.compile(r"\{(\w+)\}")
NO_REPLY: Final = (None,)


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text`` is said of a reply that fits every condition that is given; ``{field}`` in it stands for a part of the
    reply, an ellipsis for what varies from call to call. In parentheses it says why there is no message.

    ``statuses`` is (None,) where no reply came; ``holds`` is a text that its body holds; ``document`` says whether the
    body is a JSON object, and ``fields`` names those of the reply's parts that must not be empty.
    """

    text: str
    sources: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    statuses: tuple[int | None, ...] = ()
    holds: str = ""
    document: bool | None = None
    fields: tuple[str, ...] = ()
    user_assigned: bool | None = None

    def fits(self, reply: FailedReply) -> bool:
        """Whether this is what is said of the reply."""
        return (
            (not self.sources or reply.source in self.sources)
            and (not self.kinds or reply.kind in self.kinds)
            and (not self.statuses or reply.status in self.statuses)
            and self.holds in reply.body
            and self.document in (None, reply.document is not None)
            and self.user_assigned in (None, reply.user_assigned)
            and all(_part(each, reply) for each in self.fields)
        )


@dataclass(frozen=True, slots=True)
class Words:
    """What one SDK says. ``inner`` is the SDK in it whose message ``{inner}`` stands for, without its class; what that
    one says in parentheses, this one says as well.
    """

    sdk: str
    basis: Basis
    phrases: tuple[Phrase, ...]
    inner: Speak | None = None

    def say(self, reply: FailedReply) -> str:
        """The message about this reply."""
        phrase = next(each for each in self.phrases if each.fits(reply))
        said = self.inner(reply) if self.inner is not None and "{inner}" in phrase.text else ""
        if said.startswith("("):
            return said
        inner = _CLASS.sub("", said, count=1)
        return _FIELD.sub(lambda match: inner if match[1] == "inner" else _part(match[1], reply), phrase.text)


def _part(name: str, reply: FailedReply) -> str:
    """A part of the reply by its name in a phrase; "" where it has none."""
    match name:
        case "status":
            return str(reply.status or "")
        case "reason":
            return HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) and reply.status else ""
        case "body":
            return reply.body.strip()
        case "url":
            return reply.url
        case "method":
            return reply.method.capitalize()
        case "challenge":
            return reply.challenge
        case "correlation":
            return reply.text("correlationId", "correlation_id")
        case "description":
            return reply.text("error_description")
        case _:
            return reply.text(name)
