"""Microsoft's own clients, pointed at a simulated vault by its real name and over TLS."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.secrets import SecretClient

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.wire import token


@dataclass(slots=True)
class Credential:
    """Hands out a token for whatever is asked, and remembers what that was."""

    claims: dict[str, object] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token whose audience is the scope's resource."""
        self.scopes.extend(scopes)
        audience = scopes[0].removesuffix("/.default")
        return AccessToken(token(**({"aud": audience} | self.claims)), int(time.time()) + 3600)


@dataclass(slots=True)
class Clients:
    """The three clients of one vault; they don't retry."""

    vault: SimulatedVault
    credential: Credential = field(default_factory=Credential)
    stack: ExitStack = field(default_factory=ExitStack)

    def secrets(self, url: str = "") -> SecretClient:
        """A client for secrets."""
        return self.stack.enter_context(SecretClient(url or self.vault.url, self.credential, **self._options()))

    def keys(self) -> KeyClient:
        """A client for keys."""
        return self.stack.enter_context(KeyClient(self.vault.url, self.credential, **self._options()))

    def certificates(self) -> CertificateClient:
        """A client for certificates."""
        return self.stack.enter_context(CertificateClient(self.vault.url, self.credential, **self._options()))

    def _options(self) -> dict[str, Any]:
        return {"transport": RequestsTransport(connection_verify=self.vault.ca_file), "retry_total": 0}
