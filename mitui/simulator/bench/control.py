"""The port through which a test looks at a bench and changes it while it runs.

``GET /_mitui/requests`` tells what was served, ``POST /_mitui/faults`` switches faults on (an object as in the TOML
file, or an array of them), ``DELETE /_mitui/faults`` off (all, or ``?name=``), and ``POST /_mitui/reset`` makes
everything as it was at the start. ``/<tenant>/v2.0/.well-known/openid-configuration`` leads to the keys that the tokens
are signed with, as at Entra ID; without ``v2.0`` it names the issuer of Microsoft's own audiences' tokens.
"""

from __future__ import annotations

import json
from typing import Any, Final

from mitui.simulator.bench.bench import Bench
from mitui.simulator.bench.pieces import fault_of
from mitui.simulator.identities import TENANT
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import json_reply
from mitui.simulator.server import LoopbackServer, Reply
from mitui.simulator.signing import can_sign, discovery_document, signing_key

_DISCOVERY: Final = "/.well-known/openid-configuration"
_KEYS: Final = "/discovery/v2.0/keys"
_PATHS: Final = {"/_mitui/requests": ("GET",), "/_mitui/faults": ("POST", "DELETE"), "/_mitui/reset": ("POST",)}


class Control:
    """Serves the control port of a bench on 127.0.0.1. ``start()`` raises OSError when the port is taken."""

    def __init__(self, bench: Bench, port: int = 0) -> None:
        self._bench = bench
        self._server = LoopbackServer(self._answer, port=port, names=frozenset())

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Control:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _answer(self, request: RecordedRequest) -> Reply:
        path = request.path.rstrip("/")
        if path.endswith((_DISCOVERY, _KEYS)):
            return self._keys(path)
        if "origin" in request.headers:  # a page in a browser
            return _refusal(403, "no web page may use this")
        if path not in _PATHS:
            return _refusal(404, f"there are {', '.join(_PATHS)}")
        if request.method not in _PATHS[path]:
            return _refusal(405, f"{path} takes {' and '.join(_PATHS[path])}")
        try:
            return json_reply(200, self._carry_out(path, request))
        except ValueError as error:
            return _refusal(400, str(error))

    def _keys(self, path: str) -> Reply:
        tenant = self._bench.host.tenant if self._bench.host is not None else TENANT
        if not can_sign():
            return _refusal(404, "the tokens are not signed: that takes the package cryptography, in mitui[simulator]")
        if path.endswith(_KEYS):
            return json_reply(200, signing_key().key_set(tenant))
        v1 = not path.endswith(f"/v2.0{_DISCOVERY}")
        return json_reply(200, discovery_document(self.url, tenant, v1=v1))

    def _carry_out(self, path: str, request: RecordedRequest) -> dict[str, Any]:
        if path.endswith("/requests"):
            return {"requests": self._bench.log.entries()}
        if path.endswith("/reset"):
            self._bench.reset()
        elif request.method == "DELETE":
            self._bench.heal(request.query["name"][0] if "name" in request.query else None)
        else:
            given = _parsed(request.body)
            for fault in [fault_of(each) for each in (given if isinstance(given, list) else [given])]:
                self._bench.fail(fault)
        return {}


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError('the body is no JSON; write one such as {"name": "imds.throttle", "times": 2}') from None


def _refusal(status: int, sentence: str) -> Reply:
    return json_reply(status, {"error": sentence})
