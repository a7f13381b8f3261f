"""Answers that come in place of the vault's: an overloaded service, and hosts that mean harm."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import json_reply
from mitui.simulator.server import Abort, Reply
from mitui.simulator.vault.challenge import SIGNING_KEY_UNRESOLVED, unauthorized
from mitui.simulator.vault.errors import error, html_reply
from mitui.simulator.vault.settings import VaultSettings

_BLOCK: Final = b"x" * 65_536


@dataclass(frozen=True, slots=True)
class Refused:
    """The request and the vault's settings, for an answer that needs nothing else of the vault."""

    request: RecordedRequest
    settings: VaultSettings
    resource: str
    stopping: threading.Event

    @property
    def retry_after(self) -> tuple[tuple[str, str], ...]:
        """The header, where one is set."""
        return (("Retry-After", self.settings.retry_after),) if self.settings.retry_after else ()


def _throttled(refused: Refused) -> Reply:
    message = "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached"
    reply = error(refused.settings, 429, "Throttled", message)
    return Reply(429, (*reply.headers, *refused.retry_after), reply.body)


def _redirect(refused: Refused) -> Reply:
    target = f"{refused.settings.elsewhere}{quote(refused.request.path)}"
    return html_reply(307, "Object moved", (("Location", target),))


def _secret_body(refused: Refused) -> Reply:
    value = {"value": refused.settings.canary, "id": "https://contoso-kv.vault.azure.net/secrets/found/0"}
    return json_reply(200, value | {"attributes": {"enabled": True}})


def _huge_body(refused: Refused) -> Reply:
    def blocks() -> Iterator[bytes]:
        for _ in range(refused.settings.size // len(_BLOCK)):
            yield _BLOCK

    length = refused.settings.size // len(_BLOCK) * len(_BLOCK)
    return Reply(200, (("Content-Type", "application/json"),), pieces=blocks(), length=length)


def _slow_drip(refused: Refused) -> Reply:
    text = json.dumps({"value": [], "padding": "x" * 4096}).encode()

    def drops() -> Iterator[bytes]:
        for each in text:
            if refused.stopping.wait(refused.settings.pace):
                return
            yield bytes((each,))

    return Reply(200, (("Content-Type", "application/json"),), pieces=drops(), length=len(text))


REFUSALS: Final[dict[str, Callable[[Refused], Reply | Abort]]] = {
    "throttled": _throttled,
    "unavailable": lambda refused: html_reply(503, "Service Unavailable", refused.retry_after),
    "server_error": lambda refused: error(refused.settings, 500, "InternalServerError", "An internal error occurred."),
    "signing_key": lambda refused: unauthorized(refused.settings, refused.resource, SIGNING_KEY_UNRESOLVED),
    "revoked": lambda refused: unauthorized(
        refused.settings, refused.resource, "The user session has been revoked.", "claims"
    ),
    "redirect": _redirect,
    "secret_body": _secret_body,
    "huge_body": _huge_body,
    "slow_drip": _slow_drip,
    "portal": lambda _: html_reply(200, "Sign in to the guest network"),
    "half_json": lambda _: Reply(403, (("Content-Type", "application/json"),), b'{"error":{"code":"Forbid'),
    "hang": lambda _: Abort.HANG,
    "reset": lambda _: Abort.RESET,
}
