"""What a config file lists: identities, resources and vaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.keyvault.verdict import ProbeDepth


@dataclass(frozen=True, slots=True)
class IdentityConfig:
    identity: Identity
    name: str = ""


@dataclass(frozen=True, slots=True)
class ResourceConfig:
    resource: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class VaultConfig:
    """One ``[[vaults]]``; ``probe_every`` is in seconds, None when the vault is probed only on request."""

    url: str
    name: str = ""
    secret: str = ""
    prefix: str = ""
    want: tuple[str, ...] = ()
    probe: ProbeDepth = "read"
    probe_every: float | None = None
    allow_loopback: bool = False
    ca_file: str = ""
