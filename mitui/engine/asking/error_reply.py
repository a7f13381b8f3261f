"""Error bodies in every shape that endpoints send: nested, flat and PascalCase JSON, text, HTML, nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, Literal

from mitui.engine.failure import FailureKind
from mitui.http import HttpReply, redact

_AADSTS: Final = re.compile(r"AADSTS\d{4,9}")
_WHOLE_AADSTS: Final = re.compile(r"AADSTS\d{4,9}(?=\D)")  # at the very end of a text it may be cut off
_TAG: Final = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_READ: Final = 64 << 10
_PAGE: Final = 4096
_TEXT: Final = 8192
_SAID: Final = 300
_NO_SUCH_RESOURCE: Final = frozenset({"invalid_resource", "AADSTS500011", "AADSTS500014", "AADSTS50001"})
_BY_STATUS: Final = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.UNAUTHORIZED,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    405: FailureKind.METHOD_NOT_ALLOWED,
    408: FailureKind.SERVER_ERROR,
    410: FailureKind.ENDPOINT_UPDATING,
    429: FailureKind.THROTTLED,
}


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An error as read from a reply: its machine-readable ``code`` and its ``text``, both "" if there was none.

    The text is on one line, at most 8,192 characters, and without anything token-like.
    """

    status: int
    code: str
    text: str
    form: Literal["json", "html", "text", "empty"]
    server: str

    def mentions(self, *words: str) -> bool:
        """Whether any of these lower-case phrases occurs in what was said. Good for a hint, never for control flow."""
        text = self.text.lower()
        return any(word in text for word in words)

    @property
    def said(self) -> str:
        """The text in at most 300 characters, cut between words."""
        if len(self.text) <= _SAID:
            return self.text
        cut = self.text[: _SAID - 2]
        return (cut.rpartition(" ")[0] or cut) + " …"

    @property
    def usual_kind(self) -> FailureKind:
        """What the code and the status mean whatever the source."""
        if self.code in _NO_SUCH_RESOURCE or self.mentions("aadsts500011"):
            return FailureKind.RESOURCE_NOT_FOUND
        if 200 <= self.status < 300:
            return FailureKind.REPLY_INCOMPLETE if self.form == "json" else FailureKind.REPLY_NOT_JSON
        if 300 <= self.status < 400:
            return FailureKind.REDIRECTED
        return _BY_STATUS.get(self.status) or (
            FailureKind.SERVER_ERROR if self.status >= 500 else FailureKind.BAD_REQUEST
        )


def read_error(reply: HttpReply, secrets: tuple[str, ...] = ()) -> ErrorReply:
    """Read an error out of any body; ``secrets`` are values that must not be repeated."""
    text = reply.body[:_READ].decode("utf-8", "replace").strip("\ufeff \t\r\n\0")
    server = reply.header("server")[:80]
    code = ""
    form: Literal["json", "html", "text", "empty"]
    document = _json_object(reply.body)
    if document is not None:
        form = "json"
        code, said = _read_document(document)
    elif not text:
        form, said = "empty", ""
    elif text.startswith("<"):
        form = "html"
        text = text[:_PAGE]
        title = _TITLE.search(text)
        said = title.group(1) if title else _TAG.sub(" ", text)
    else:
        form, said = "text", text
    if not code and (found := (_AADSTS if form == "json" else _WHOLE_AADSTS).search(said)):
        code = found.group()
    return ErrorReply(reply.status, _line(code, secrets)[:80], _line(said, secrets), form, server)


def _json_object(body: bytes) -> dict[str, object] | None:
    if body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _read_document(document: dict[str, object]) -> tuple[str, str]:
    """(code, text) of {"error", "error_description"}, {"error": {"code", "message"}} or {"statusCode", "message"}."""
    fields = {str(key).lower(): value for key, value in document.items()}
    error = fields.get("error")
    if isinstance(error, dict):
        nested = {str(key).lower(): value for key, value in error.items()}
        return _text(nested.get("code")), _text(nested.get("message"))
    said = next(
        (
            text
            for name in ("error_description", "message", "exceptionmessage", "errormessage", "title")
            if (text := _text(fields.get(name)))
        ),
        "",
    )
    code = _text(error)
    if found := _AADSTS.search(said):
        return found.group(), said
    if " " in code:
        return "", f"{code} {said}".strip()
    return code, said


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(text: str, secrets: tuple[str, ...]) -> str:
    return " ".join(redact(text[:_TEXT], secrets).split())
