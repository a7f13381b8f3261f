"""A Snapshot as the values that a report tells: the one walk over it, for JSON, text and Markdown alike.

The shape is that of the JSON document, schema version 1: changes are additive only. A new field is one line here; what
is said of the host and of whose token it is, text and Markdown list by its key. A key that begins with ``_`` is for
people and stays out of JSON. An id that is not known, a time that has not come and no failure are None.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from mitui import __version__
from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.placeholders import beside, where_to_find
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.diagnosis.steps import labelled, uses_of
from mitui.engine.source_kind import SourceKind
from mitui.monitor.identity_view import FailureView, IdentityView, PermissionView, TokenView, VaultView
from mitui.monitor.snapshot import Snapshot, SourceView
from mitui.report.sdk_values import agreement_values, choice_values, group_values

SCHEMA_VERSION: Final = 1

Values = dict[str, Any]
"""One object of the document, text from outside as it came."""


def report_values(snapshot: Snapshot) -> Values:
    """All that any report tells of this snapshot."""
    host, source = snapshot.host, snapshot.source
    return {
        "schema_version": SCHEMA_VERSION,
        "mitui_version": __version__,
        "generated_at": iso(snapshot.generated_at),
        "status": snapshot.status,
        "_standstill": _standstill(snapshot),
        "host": {
            "name": host.name,
            "location": host.location,
            "cloud": host.cloud,
            "resource_id": host.resource_id or None,
        },
        "process": _process(snapshot.process),
        "source": {
            "kind": str(source.kind),
            "_label": _label(source),
            "endpoint": source.endpoint or None,
            "_process_id": source.process_id,
            "_process_note": source.process_note,
            "trouble": source.trouble or None,
            "identity_note": source.identity_note,
            "evidence": [
                {"signal": each.signal, "kind": each.kind, "state": each.state, "note": each.note}
                for each in source.evidence
            ],
            "failure": _failure(source.failure),
            "federated_token": None
            if source.federated is None
            else _federated(source.federated, snapshot.generated_at),
        },
        "sdk_agreement": agreement_values(source),
        "sdk_choices": [choice_values(each) for each in source.sdk_choices],
        "_sdk_groups": group_values(source.sdk_choices),
        "_assumptions": snapshot.assumptions,
        "warnings": [_warning(each) for each in snapshot.warnings],
        "identities": [_identity(each, snapshot.generated_at) for each in snapshot.identities],
    }


def iso(epoch: float | None) -> str | None:
    """``2026-01-01T00:00:00Z``; None for no time, and for one that no calendar holds."""
    if epoch is None:
        return None
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
    except (OverflowError, OSError, ValueError):
        return None


def published(values: Values) -> Values:
    """What of it JSON tells."""

    def told(value: object) -> object:
        if isinstance(value, list):
            return [told(each) for each in value]
        return published(value) if isinstance(value, dict) else value

    # A token names its claims as it likes.
    return {key: value if key == "claims" else told(value) for key, value in values.items() if not key.startswith("_")}


def _standstill(snapshot: Snapshot) -> str:
    """The headline where there is nothing to tell yet, or no longer; else ""."""
    if snapshot.stopped is not None:
        return f"unknown: not updated since {iso(snapshot.stopped.at)}: {snapshot.stopped.reason}"
    return f"{snapshot.status}: looking" if snapshot.phase == "starting" else ""


def _process(process: ProcessFacts | None) -> Values | None:
    if process is None:
        return None
    return {
        "pid": process.process_id,
        "name": process.name,
        "runtime": process.runtime or None,
        "_words": process.words,
        "sdks": [{"name": each.name, "version": each.version, "evidence": each.evidence} for each in process.sdks],
        "note": process.note,
    }


def _federated(token: TokenView, now: float) -> Values:
    """The pod's own token: its claims, and never itself."""
    return {
        "audience": token.resource or None,
        "status": token.status,
        "expires_at": iso(token.expires_at),
        "_expires_in": None if token.expires_at is None else token.expires_at - now,
        "renewed_at": iso(token.refresh_at),
        "claims": _finite(token.claims.payload()),
        "failure": _failure(token.failure),
    }


def _label(source: SourceView) -> str:
    """What a person calls it; what was tried in vain is no source."""
    if source.kind is SourceKind.NONE and source.label:
        return f"none: {source.label} was tried in vain"
    return source.label or str(source.kind)


def _warning(warning: HealthWarning) -> Values:
    return {
        "kind": warning.kind,
        "message": warning.message,
        "remedy": warning.remedy,
        **_commands(warning),
    }


def _identity(view: IdentityView, now: float) -> Values:
    return {
        "identity": {"selector": view.identity.selector, "value": view.identity.value, "name": view.name},
        "_spec": str(view.identity),
        "status": view.status,
        "unsupported": view.unsupported or None,
        "_own_warnings": [_warning(each) for each in view.warnings],
        "warnings": [_warning(each) for each in dict.fromkeys(view.all_warnings)],
        "actual": {
            "kind": view.actual.kind,
            "client_id": view.actual.client_id or None,
            "object_id": view.actual.object_id or None,
            "tenant_id": view.actual.tenant_id or None,
            "resource_id": view.actual.resource_id or None,
        },
        "tokens": [_token(each, now) for each in view.tokens],
        "vaults": [_vault(each) for each in view.vaults],
    }


def _token(token: TokenView, now: float) -> Values:
    return {
        "resource": token.resource,
        "status": token.status,
        "acquired_at": iso(token.acquired_at),
        "expires_at": iso(token.expires_at),
        "_expires_in": None if token.expires_at is None else token.expires_at - now,
        "refresh_at": iso(token.refresh_at),
        "latency_ms": _milliseconds(token.latency_ms),
        "attempts": token.attempts,
        "from_cache": token.from_cache,
        "claims": _finite(token.claims.payload()),
        "_warnings": [_warning(each) for each in token.warnings],
        "failure": _failure(token.failure),
    }


def _vault(vault: VaultView) -> Values:
    counted = {id(each) for each in vault.one_each}
    return {
        "vault": vault.vault,
        "status": vault.status,
        "model": vault.model,
        "tenant_id": vault.tenant_id or None,
        "stages": [
            {
                "stage": stage.stage,
                "status": stage.status,
                "latency_ms": _milliseconds(stage.latency_ms),
                "detail": stage.detail,
            }
            for stage in vault.stages
        ],
        "permissions": [_permission(each, counts=id(each) in counted) for each in vault.permissions],
        "wanted_missing": list(vault.wanted_missing),
        "notes": list(vault.notes),
        "failure": _failure(vault.failure),
    }


def _permission(view: PermissionView, *, counts: bool) -> Values:
    return {
        "object": view.result.object_type,
        "permission": view.result.permission,
        "target": view.result.target,
        "_label": view.result.label,
        "_counts": counts,
        "verdict": str(view.result.verdict),
        "evidence": view.result.evidence,
        "wanted": view.wanted,
        **_way_out(view.advice),
    }


def _failure(failure: FailureView | None) -> Values | None:
    if failure is None:
        return None
    return {
        "kind": failure.kind,
        "http_status": failure.http_status,
        "message": failure.message,
        **_way_out(failure.causes),
        "also_tried": list(failure.also_tried),
        "_exchange": failure.exchanges[-1] if failure.exchanges else None,
    }


def _way_out(causes: Sequence[Advice]) -> Values:
    """What is said of the likeliest cause."""
    if not causes:
        nothing: Values = {"commands": [], "purposes": [], "ways": [], "costs": [], "placeholders": {}}
        return {"cause": None, "remedy": None, **nothing}
    return {
        "cause": causes[0].cause,
        "remedy": causes[0].remedy,
        **_commands(causes[0]),
    }


def _commands(advice: Advice | HealthWarning) -> Values:
    """The commands, what each is for, and where to find what is not filled in."""
    return {
        "commands": list(advice.commands),
        "purposes": list(advice.purposes),
        "ways": list(advice.ways),
        "costs": list(advice.costs),
        "_groups": list(beside(labelled(uses_of(advice)), advice.found_above)),
        "placeholders": dict(where_to_find(advice.commands)),
    }


def _milliseconds(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _finite(value: object) -> object:
    # A token may hold numbers that JSON has no word for: json reads 1e999 as infinity.
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return value
