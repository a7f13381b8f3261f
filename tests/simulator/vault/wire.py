"""A bare HTTP client and tokens for the simulated vault; neither knows anything of the vault's insides."""

from __future__ import annotations

import base64
import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any, Final

from mitui.simulator.vault.server import SimulatedVault

CALLER: Final = "0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41"
APPLICATION: Final = "c2a9e0b4-1d3f-4a58-93c7-0a6b1e2d4f55"
TENANT: Final = "72f9ab01-86f1-41af-91ab-2d7cd011db47"
ABSENT: Final = "mitui-probe-0123456789abcdef0123456789abcdef"
VERSION: Final = "fedcba9876543210fedcba9876543210"


def token(**claims: object) -> str:
    """A token for the vault that lasts an hour, with ``claims`` in place of the usual ones."""
    now = int(time.time())
    usual: dict[str, object] = {
        "aud": "https://vault.azure.net",
        "iss": f"https://sts.windows.net/{TENANT}/",
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "appid": APPLICATION,
        "oid": CALLER,
        "tid": TENANT,
        "ver": "1.0",
    }
    return f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(usual | claims)}.c2ln"


def _part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, with header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    all_headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error's code."""
        return str(self.json["error"]["code"])

    @property
    def inner(self) -> str:
        """The code of the inner error, or ""."""
        return str(self.json["error"].get("innererror", {}).get("code", ""))

    @property
    def message(self) -> str:
        """The error's message."""
        return str(self.json["error"]["message"])


class Wire:
    """Speaks plain HTTP/1.1 with a vault over one connection that is kept alive."""

    def __init__(self, vault: SimulatedVault, timeout: float = 5) -> None:
        self.connection = http.client.HTTPConnection(*vault.address, timeout=timeout)

    def bare(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """Send exactly this."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, path, body=data, headers=headers or {})
        reply = self.connection.getresponse()
        found = reply.getheaders()
        return Answer(reply.status, {name.lower(): value for name, value in found}, reply.read(), found)

    def send(self, method: str, path: str, body: object = None, **claims: object) -> Answer:
        """Send it with a token and an api-version."""
        joint = "&" if "?" in path else "?"
        headers = {"Authorization": f"Bearer {token(**claims)}"}
        return self.bare(method, f"{path}{joint}api-version=7.4", body, headers)

    def close(self) -> None:
        """End the connection."""
        self.connection.close()
