"""What a bench consists of: a host or a scenario, its identities, faults and vaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mitui.simulator.identities import SimulatedIdentity

OutputFormat = Literal["env", "json", "dotenv", "docker", "github"]
LogFormat = Literal["text", "json", "none"]


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A fault of the host, or of a vault: of the one that ``vault`` names, or of all.

    ``times``, ``after`` and ``match`` are as in ``SimulatedHost.fail()``; ``lasting`` is in seconds; ``options`` are
    the fault's own.
    """

    name: str
    times: int | None = None
    after: int = 0
    lasting: float | None = None
    match: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    vault: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A right on a vault: a role, or permissions of an access policy on one type of object.

    ``identity`` is a name, or "" for every identity of the host.
    """

    role: str = ""
    object_type: str = ""
    permissions: tuple[str, ...] = ()
    identity: str = ""


@dataclass(frozen=True, slots=True)
class VaultSpec:
    """A vault with TLS. ``port`` 0 is any free one."""

    name: str
    port: int = 0
    grants: tuple[Grant, ...] = ()
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class BenchSpec:
    """A bench. ``source`` is a scenario or a kind of host; None leaves what the source has of its own.

    ``lifetime`` is that of tokens, in seconds, and ``latency`` the wait before every answer, in seconds. Port 0 is any
    free one. ``arm`` adds a Resource Manager with TLS, for Azure CLI.
    """

    source: str
    host: str = "127.0.0.1"
    port: int = 0
    control_port: int = 0
    root: Path | None = None
    identities: tuple[SimulatedIdentity, ...] | None = None
    system_assigned: bool | None = None
    lifetime: float | None = None
    latency: float = 0
    faults: tuple[FaultSpec, ...] = ()
    vaults: tuple[VaultSpec, ...] = ()
    arm: bool = False
    format: OutputFormat = "env"
    log: LogFormat = "text"
