"""One vault's state, as one identity sees it -> its view."""

from __future__ import annotations

from typing import NamedTuple

from mitui.diagnosis.advice import Advice
from mitui.keyvault.probe_result import PermissionResult, ProbeResult
from mitui.monitor.identity_view import Activity, FailureView, PermissionView, VaultStatus, VaultView, WatchView
from mitui.monitor.watch_state import WatchedVault


class VaultInputs(NamedTuple):
    """Everything that a vault's view depends on."""

    vault: WatchedVault
    status: VaultStatus
    result: ProbeResult | None
    advice: dict[PermissionResult, tuple[Advice, ...]]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    failure_view: FailureView | None
    activity: Activity | None
    watch: WatchView | None
    next_probe_at: float | None


def vault_view(inputs: VaultInputs) -> VaultView:
    """The view; nothing in it changes with the time alone."""
    vault, result = inputs.vault, inputs.result
    address, planned = vault.address, vault.planned
    name = planned.name or (planned.vault if address is None else address.name)
    if result is None:
        return VaultView(
            vault.url,
            name,
            inputs.status,
            depth=planned.depth,
            next_probe_at=inputs.next_probe_at,
            failure=inputs.failure_view,
            activity=inputs.activity,
            watch=inputs.watch,
            origin=planned.origin,
        )
    wanted = frozenset(planned.want)
    return VaultView(
        vault=vault.url,
        name=name,
        status=inputs.status,
        model=result.model,
        depth=result.depth,
        tenant_id=result.tenant_id,
        token_tenant_id=result.token_tenant_id,
        probed_at=result.finished_at,
        next_probe_at=inputs.next_probe_at,
        stages=result.stages,
        permissions=tuple(
            PermissionView(each, each.word in wanted, inputs.advice.get(each, ())) for each in result.permissions
        ),
        wanted_missing=inputs.missing,
        notes=inputs.notes,
        facts=result.facts,
        requests_sent=result.requests_sent,
        client_request_id=result.client_request_id,
        failure=inputs.failure_view,
        activity=inputs.activity,
        watch=inputs.watch,
        origin=planned.origin,
    )
