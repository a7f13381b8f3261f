"""The pod of a simulated workload identity: its projected token, as the kubelet lays it out and keeps it fresh."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TOKEN_FOLDER: Final = "/var/run/secrets/azure/tokens"
TOKEN_FILE: Final = f"{TOKEN_FOLDER}/azure-identity-token"
CA_FILE: Final = "/etc/ssl/certs/simulated-entra-ca.pem"
EXCHANGE_AUDIENCE: Final = "api://AzureADTokenExchange"
BINDING_AUDIENCE: Final = "api://AKSIdentityBinding"
_DATA: Final = "..data"
_ISSUER: Final = "https://westeurope.oic.prod-aks.azure.com/72f9ab01-86f1-41af-91ab-2d7cd011db47/5d0c8b1e/"


@dataclass(frozen=True, slots=True)
class Credential:
    """A federated credential of an identity: whose tokens it takes."""

    issuer: str = _ISSUER
    subject: str = "system:serviceaccount:shop:web"
    audience: str = EXCHANGE_AUDIENCE


@dataclass(frozen=True, slots=True)
class Pod:
    """The pod and its token. ``lifetime`` and ``age`` of the token are in seconds; it is written anew at 80 %."""

    name: str = "web-7c9d5b8f6-x2x4z"
    issuer: str = _ISSUER
    namespace: str = "shop"
    service_account: str = "web"
    audience: str = EXCHANGE_AUDIENCE
    lifetime: float = 3600
    age: float = 0

    @property
    def subject(self) -> str:
        """What its token names it by."""
        return f"system:serviceaccount:{self.namespace}:{self.service_account}"

    def claims(self, now: float) -> dict[str, Any]:
        """The claims of a service account's token, as the API server issues it."""
        issued_at = int(now - self.age)
        bound = {
            "namespace": self.namespace,
            "node": {"name": "aks-pool-12345678-vmss000000", "uid": "0c1d2e3f-1111-4222-8333-444455556666"},
            "pod": {"name": self.name, "uid": "1a2b3c4d-5555-4666-8777-888899990000"},
            "serviceaccount": {"name": self.service_account, "uid": "2b3c4d5e-aaaa-4bbb-8ccc-ddddeeeeffff"},
        }
        return {
            "aud": [self.audience],
            "exp": int(issued_at + self.lifetime),
            "iat": issued_at,
            "iss": self.issuer,
            "jti": secrets.token_hex(16),
            "kubernetes.io": bound,
            "nbf": issued_at,
            "sub": self.subject,
        }

    def is_due(self, claims: dict[str, Any], now: float) -> bool:
        """Whether the kubelet would write a new token by now."""
        return bool(now > claims["iat"] + 0.8 * self.lifetime)


def project(folder: Path, raw: str) -> None:
    """Put the token into its volume: the file is a link into a folder that is swapped as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    before = (folder / _DATA).readlink() if (folder / _DATA).is_symlink() else None
    version = folder / f"..{secrets.token_hex(8)}"
    version.mkdir()
    name = Path(TOKEN_FILE).name
    (version / name).write_text(raw)
    fresh = folder / "..data_tmp"
    fresh.symlink_to(version.name)
    fresh.replace(folder / _DATA)
    if not (folder / name).is_symlink():
        (folder / name).symlink_to(f"{_DATA}/{name}")
    if before is not None:
        shutil.rmtree(folder / before, ignore_errors=True)
