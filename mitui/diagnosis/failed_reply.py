"""The deciding reply of a failure, read the way that SDKs read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from mitui.diagnosis.reply import header
from mitui.engine.failure import FailureKind, TokenFailure


@dataclass(frozen=True, slots=True)
class FailedReply:
    """``status`` is None where no reply came. ``document`` is the body where it is a JSON object, and ``json_error``
    why it is not JSON.
    """

    kind: FailureKind
    source: str
    user_assigned: bool
    status: int | None
    body: str
    content_type: str
    document: dict[str, object] | None
    json_error: str
    method: str
    url: str
    challenge: str
    path: str
    trouble: str

    @classmethod
    def of(cls, failure: TokenFailure) -> FailedReply:
        """Read the last exchange, or for Arc's first leg the one before the key file."""
        last = failure.exchanges[-1] if failure.exchanges else None
        body = last.body if last else ""
        document, json_error = _read(body)
        return cls(
            failure.kind,
            str(failure.source),
            failure.identity.partition(":")[0] in ("client", "object", "resource"),
            last.status if last else None,
            body,
            header(last, "content-type"),
            document,
            json_error,
            last.method if last else "GET",
            last.url if last else "",
            header(last, "www-authenticate"),
            failure.fact("path"),
            last.trouble if last else failure.message,
        )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that were called."""
        try:
            parts = urlsplit(self.url)
            return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            return "", 0

    def text(self, *names: str) -> str:
        """The first of these fields of the document that is a string or a number, or ""."""
        for name in names:
            value = (self.document or {}).get(name)
            if isinstance(value, (str, int)) and not isinstance(value, bool):
                return str(value)
        return ""

    @property
    def nested(self) -> dict[str, object]:
        """``error`` where it is an object, as Cloud Shell and Service Fabric send it; else empty."""
        error = (self.document or {}).get("error")
        return error if isinstance(error, dict) else {}


def _read(body: str) -> tuple[dict[str, object] | None, str]:
    try:
        document = json.loads(body)
    except json.JSONDecodeError as error:
        return None, str(error)
    except RecursionError:
        return None, "nested too deeply"
    return (document, "") if isinstance(document, dict) else (None, "")
