"""A Snapshot as JSON, schema version 1: changes are additive only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from mitui import __version__
from mitui.diagnosis.placeholders import where_to_find
from mitui.report.times import iso

if TYPE_CHECKING:
    from mitui.diagnosis.advice import HealthWarning, SdkChoice
    from mitui.diagnosis.sdk.carried.packages import ProcessFacts
    from mitui.engine.host.facts import HostFacts
    from mitui.monitor.snapshot import (
        FailureView,
        IdentityView,
        PermissionView,
        Snapshot,
        SourceView,
        TokenView,
        VaultView,
    )

SCHEMA_VERSION: Final = 1


def json_report(snapshot: Snapshot, *, indent: int | None = 2) -> str:
    """The whole report, ASCII with escapes; ``indent`` None puts it on one line."""
    separators = (",", ":") if indent is None else None
    return json.dumps(document(snapshot), indent=indent, separators=separators, ensure_ascii=True, allow_nan=False)


def document(snapshot: Snapshot) -> dict[str, object]:
    """The report as plain values. An id that is not known, a time that has not come and no failure are None."""
    return {
        "schema_version": SCHEMA_VERSION,
        "mitui_version": __version__,
        "generated_at": iso(snapshot.generated_at),
        "status": snapshot.status,
        "host": _host(snapshot.host),
        "process": _process(snapshot.process),
        "source": _source(snapshot.source),
        "sdk_choices": [_choice(each) for each in snapshot.source.sdk_choices],
        "warnings": [_warning(each) for each in snapshot.warnings],
        "identities": [_identity(each) for each in snapshot.identities],
    }


def _host(host: HostFacts) -> dict[str, object]:
    return {
        "name": host.name,
        "location": host.location,
        "cloud": host.cloud,
        "resource_id": host.resource_id or None,
    }


def _process(process: ProcessFacts | None) -> dict[str, object] | None:
    if process is None:
        return None
    return {
        "pid": process.process_id,
        "name": process.name,
        "runtime": process.runtime or None,
        "sdks": [{"name": each.name, "version": each.version, "evidence": each.evidence} for each in process.sdks],
        "note": process.note,
    }


def _choice(choice: SdkChoice) -> dict[str, object]:
    return {
        "sdk": choice.sdk,
        "source": choice.source,
        "note": choice.note,
        "endpoint": choice.endpoint or None,
        "basis": choice.basis,
        "revision": choice.revision,
        "carried": choice.carried or None,
        "fault": choice.fault or None,
        "selectors": list(choice.selectors),
        "reads": list(choice.reads),
        "reads_client_id": choice.reads_client_id,
    }


def _source(source: SourceView) -> dict[str, object]:
    return {
        "kind": str(source.kind),
        "endpoint": source.endpoint or None,
        "evidence": [
            {"signal": each.signal, "kind": each.kind, "state": each.state, "note": each.note}
            for each in source.evidence
        ],
        "failure": _failure(source.failure),
    }


def _warning(warning: HealthWarning) -> dict[str, object]:
    return {
        "kind": warning.kind,
        "message": warning.message,
        "remedy": warning.remedy,
        "commands": list(warning.commands),
        "placeholders": dict(where_to_find(warning.commands)),
    }


def _identity(view: IdentityView) -> dict[str, object]:
    of_tokens = [warning for token in view.tokens for warning in token.warnings]
    warnings = dict.fromkeys((*view.warnings, *of_tokens))
    return {
        "identity": {"selector": view.identity.selector, "value": view.identity.value, "name": view.name},
        "status": view.status,
        "unsupported": view.unsupported or None,
        "warnings": [_warning(each) for each in warnings],
        "actual": {
            "kind": view.actual.kind,
            "client_id": view.actual.client_id or None,
            "object_id": view.actual.object_id or None,
            "tenant_id": view.actual.tenant_id or None,
            "resource_id": view.actual.resource_id or None,
        },
        "tokens": [_token(each) for each in view.tokens],
        "vaults": [_vault(each) for each in view.vaults],
    }


def _token(token: TokenView) -> dict[str, object]:
    return {
        "resource": token.resource,
        "status": token.status,
        "acquired_at": iso(token.acquired_at),
        "expires_at": iso(token.expires_at),
        "refresh_at": iso(token.refresh_at),
        "latency_ms": _milliseconds(token.latency_ms),
        "attempts": token.attempts,
        "from_cache": token.from_cache,
        "claims": _finite(token.claims.payload()),
        "failure": _failure(token.failure),
    }


def _vault(vault: VaultView) -> dict[str, object]:
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
        "permissions": [_permission(each) for each in vault.permissions],
        "wanted_missing": list(vault.wanted_missing),
        "notes": list(vault.notes),
        "failure": _failure(vault.failure),
    }


def _permission(view: PermissionView) -> dict[str, object]:
    advice = view.advice[0] if view.advice else None
    return {
        "object": view.result.object_type,
        "permission": view.result.permission,
        "verdict": str(view.result.verdict),
        "evidence": view.result.evidence,
        "wanted": view.wanted,
        "cause": advice.cause if advice else None,
        "remedy": advice.remedy if advice else None,
        "commands": list(advice.commands) if advice else [],
        "placeholders": dict(where_to_find(advice.commands)) if advice else {},
    }


def _failure(failure: FailureView | None) -> dict[str, object] | None:
    if failure is None:
        return None
    advice = failure.causes[0] if failure.causes else None
    return {
        "kind": failure.kind,
        "http_status": failure.http_status,
        "message": failure.message,
        "cause": advice.cause if advice else None,
        "remedy": advice.remedy if advice else None,
        "commands": list(advice.commands) if advice else [],
        "placeholders": dict(where_to_find(advice.commands)) if advice else {},
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
