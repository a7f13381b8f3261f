"""What one stage of the probe hands to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mitui.exchange import Exchange
from mitui.keyvault.probe_result import Stage, VaultFailure, VaultFailureKind
from mitui.keyvault.verdict import StageName

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where connections for the vault go: the addresses found, their port, and the proxy they belong to, if any.

    ``dial`` is the address that was reached, "" before that.
    """

    addresses: tuple[str, ...]
    port: int
    proxy: str = ""
    dial: str = ""

    def through(self, address: str) -> Route:
        """The same route, with the address that was reached."""
        return replace(self, dial=address)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The stage as it is shown, and what it found out. A failure stops the probe."""

    stage: Stage
    failure: VaultFailure | None = None
    facts: Facts = ()
    notes: tuple[str, ...] = ()
    route: Route | None = None

    @classmethod
    def ok(
        cls,
        name: StageName,
        detail: str,
        latency_ms: float | None = None,
        *,
        facts: Facts = (),
        notes: tuple[str, ...] = (),
        route: Route | None = None,
    ) -> Outcome:
        return cls(Stage(name, "ok", latency_ms, detail), None, facts, notes, route)

    @classmethod
    def skipped(cls, name: StageName, detail: str) -> Outcome:
        return cls(Stage(name, "skipped", None, detail))

    @classmethod
    def failed(
        cls,
        name: StageName,
        kind: VaultFailureKind,
        message: str,
        latency_ms: float | None = None,
        *,
        facts: Facts = (),
        http_status: int | None = None,
        code: str = "",
        inner_code: str = "",
        exchanges: tuple[Exchange, ...] = (),
    ) -> Outcome:
        failure = VaultFailure(kind, message, name, http_status, code, inner_code, exchanges, facts)
        return cls(Stage(name, "failed", latency_ms, message), failure, facts)
