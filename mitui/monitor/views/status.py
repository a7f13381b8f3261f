"""How each part's state adds up to a status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.warning_kinds import raised
from mitui.engine.failure import TokenFailure
from mitui.engine.token.access_token import AccessToken
from mitui.monitor.identity_view import IdentityView, Status, TokenStatus, TokenView, VaultStatus, VaultView
from mitui.monitor.origin import UNASKED
from mitui.monitor.snapshot import SourceView
from mitui.monitor.watch_state import VaultState

RENEWAL: Final = 15.0
"""Seconds in which a token is renewed, unless something is amiss."""
_RANK: Final[dict[Status, int]] = {"ok": 0, "unknown": 1, "warning": 2, "critical": 3}


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of them: critical before warning before unknown before ok; unknown when there are none."""
    return max(statuses, key=_RANK.__getitem__, default="unknown")


def token_status(
    token: AccessToken | None, failure: TokenFailure | None, now: float, expiring_below: float
) -> TokenStatus:
    """The status of one token; a failed refresh counts although the last good token may still be valid."""
    if failure is not None:
        return "failed"
    if token is None:
        return "waiting"
    if token.expires_at <= now:
        return "expired"
    return "expiring" if expiring_from(token, expiring_below) <= now else "ok"


def expiring_from(token: AccessToken, expiring_below: float) -> float:
    """When the token begins to count as expiring, in epoch seconds.

    One that is renewed only about then has some time for it: a healthy renewal is no reason for a warning.
    """
    begins = token.expires_at - expiring_below
    renewed = token.refresh_at + RENEWAL
    return min(renewed, token.expires_at) if abs(token.refresh_at - begins) < RENEWAL else begins


def vault_status(state: VaultState) -> VaultStatus:
    """The status of one vault: failed if the probe could not be ended, critical if something wanted is missing."""
    if state.refusal is not None:
        return "failed"
    if state.result is None:
        return "probing" if state.activity is not None else "unprobed"
    if state.result.failure is not None:
        return "failed"
    if state.missing:
        return "critical"
    from mitui.keyvault.verdict import Verdict

    granted = any(each.verdict in (Verdict.GRANTED, Verdict.LIKELY) for each in state.result.permissions)
    return "ok" if granted else "warning"


def identity_status(
    tokens: Iterable[TokenView],
    vaults: Iterable[VaultView],
    warnings: Iterable[HealthWarning],
    *,
    unsupported: bool,
    critical_until: float = 0.0,
) -> Status:
    """The status of one identity: critical where the source can't select it, unknown until something is known of it.

    A token that expires by ``critical_until``, in epoch seconds, counts as one that has expired.
    """
    statuses: list[Status] = ["critical"] if unsupported else []
    for token in tokens:
        if token.status in ("failed", "expired") or _ends_by(token, critical_until):
            statuses.append("critical")
        elif token.status != "waiting":
            statuses.append("warning" if token.status == "expiring" or raised(token.warnings) else "ok")
    for vault in vaults:
        if vault.status in ("failed", "critical"):
            statuses.append("critical")
        elif vault.status in ("ok", "warning"):
            statuses.append("warning" if vault.status == "warning" else "ok")
    if statuses and raised(warnings):
        statuses.append("warning")
    return worst(statuses)


def overall_status(source: SourceView, identities: Iterable[IdentityView], warnings: Iterable[HealthWarning]) -> Status:
    """The status of the host: the worst of its identities and its own warnings.

    Without an endpoint it is unknown, or critical if there was one that answered earlier.

    An identity that this source can't select counts only where a person asked for it by option or config, or where
    there is no other.
    """
    if source.failure is not None:
        return "critical" if source.answered_at is not None else "unknown"
    identities = tuple(identities)
    asked = [each.status for each in identities if not (each.unsupported and each.origin in UNASKED)]
    if not asked:
        asked = [each.status for each in identities]
    if asked and raised(warnings):
        asked.append("warning")
    return worst(asked)


def _ends_by(token: TokenView, moment: float) -> bool:
    return token.expires_at is not None and token.expires_at <= moment
