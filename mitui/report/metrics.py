"""A Snapshot as Prometheus metrics, by a collector for prometheus_client, which writes the exposition.

Needs the extra ``metrics``. All metrics are gauges, in base units, and none holds a claim beyond ids. Everything that
came from outside goes through ``visible_line`` before it is a label: a lone surrogate has no UTF-8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from mitui import __version__
from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import IdentityView, Status, TokenView, VaultView
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.safe_text import visible_line

_LABEL: Final = 512
_OF_TOKEN: Final = ("identity", "resource")
METRICS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "mitui_build_info": ("Which mitui this is.", ("version",)),
    "mitui_source_info": ("The identity source of this host.", ("source", "label", "endpoint")),
    "mitui_host_info": ("The host, as its platform names it.", ("name", "location", "cloud", "resource_id")),
    "mitui_status": ("1 for the status that this host has.", ("status",)),
    "mitui_identity_status": ("1 for the status that this identity has.", ("identity", "status")),
    "mitui_identity_info": (
        "Who this identity is, by its tokens; empty where it has had none.",
        ("identity", "selector", "kind", "client_id", "object_id", "tenant_id"),
    ),
    "mitui_token_valid": ("1 if there is a token that has not expired.", _OF_TOKEN),
    "mitui_token_expiry_timestamp_seconds": ("When the last good token expires.", _OF_TOKEN),
    "mitui_token_refresh_timestamp_seconds": ("When the last good token is due to be replaced.", _OF_TOKEN),
    "mitui_token_acquire_duration_seconds": ("How long the last good token took to get.", _OF_TOKEN),
    "mitui_token_failure_info": ("1 while the last request for this token failed.", (*_OF_TOKEN, "kind", "code")),
    "mitui_vault_permission": (
        "1 for the verdict on a permission; what was not tested has no series.",
        ("identity", "vault", "object", "permission", "verdict"),
    ),
    "mitui_vault_wanted_missing": ("How many wanted permissions were not found.", ("identity", "vault")),
    "mitui_vault_stage_duration_seconds": ("How long a stage of the last probe took.", ("vault", "stage")),
    "mitui_vault_certificate_expiry_timestamp_seconds": ("When the vault's TLS certificate expires.", ("vault",)),
    "mitui_warning_info": ("1 while there is this warning; no identity for one of the host.", ("kind", "identity")),
    "mitui_check_duration_seconds": ("How long it took to look at everything once.", ()),
    "mitui_check_timestamp_seconds": ("When this was last true.", ()),
}
"""Every metric, with its help and its labels."""


class SnapshotCollector(Collector):
    """Tells the Snapshot and the check that ``current`` gives at each collection; nothing before there is one."""

    def __init__(self, current: Callable[[], tuple[Snapshot, CheckRun] | None], now: Callable[[], float]) -> None:
        self._current = current
        self._now = now

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Every metric without a sample."""
        return _Families().told()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every metric that has a sample."""
        current = self._current()
        families = _Families()
        families.add("mitui_build_info", 1, __version__)
        if current is not None:
            snapshot, run = current
            _tell(snapshot, families, self._now())
            families.add("mitui_check_duration_seconds", run.duration)
            families.add("mitui_check_timestamp_seconds", snapshot.generated_at)
        return (each for each in families.told() if each.samples)


def registry_of(current: Callable[[], tuple[Snapshot, CheckRun] | None], now: Callable[[], float]) -> CollectorRegistry:
    """A registry with nothing in it but the collector: nothing of this process, which is not what is watched."""
    registry = CollectorRegistry()
    registry.register(SnapshotCollector(current, now))
    return registry


def prometheus_text(snapshot: Snapshot, run: CheckRun) -> str:
    """The metrics in the text format that every Prometheus and the textfile collector read."""
    return _exposed(snapshot, run, "text/plain")


def openmetrics_text(snapshot: Snapshot, run: CheckRun) -> str:
    """The metrics as OpenMetrics 1.0; they end in ``# EOF``."""
    return _exposed(snapshot, run, "application/openmetrics-text")


def _exposed(snapshot: Snapshot, run: CheckRun, media_type: str) -> str:
    encode, _ = choose_encoder(media_type)
    return encode(registry_of(lambda: (snapshot, run), lambda: snapshot.generated_at)).decode()


class _Families:
    """The metrics of one collection. Of samples with the same labels the first stays: a scrape can't hold two."""

    def __init__(self) -> None:
        self._families = {
            name: GaugeMetricFamily(name, words, labels=labels) for name, (words, labels) in METRICS.items()
        }
        self._seen: set[tuple[str, ...]] = set()

    def add(self, name: str, value: float | None, *labels: str) -> None:
        """Add a sample; None is no sample."""
        if value is None:
            return
        shown = [visible_line(each, _LABEL) for each in labels]
        if (name, *shown) not in self._seen:
            self._seen.add((name, *shown))
            self._families[name].add_metric(shown, value)

    def told(self) -> Iterable[GaugeMetricFamily]:
        return self._families.values()


def _tell(snapshot: Snapshot, families: _Families, now: float) -> None:
    host, source = snapshot.host, snapshot.source
    families.add("mitui_source_info", 1, str(source.kind), source.label, source.endpoint)
    families.add("mitui_host_info", 1, host.name, host.location, host.cloud, host.resource_id)
    for status in get_args(Status):
        families.add("mitui_status", snapshot.status == status, status)
    for warning in snapshot.warnings:
        families.add("mitui_warning_info", 1, warning.kind, "")
    for name, identity in _named(snapshot.identities):
        _tell_identity(name, identity, families, now)


def _named(identities: tuple[IdentityView, ...]) -> Iterator[tuple[str, IdentityView]]:
    """Each identity with a name of its own: the spec stands beside a name that two go by."""
    names = Counter(each.name for each in identities)
    for each in identities:
        yield each.name if names[each.name] == 1 else f"{each.name} ({each.identity})", each


def _tell_identity(name: str, view: IdentityView, families: _Families, now: float) -> None:
    actual = view.actual
    for status in get_args(Status):
        families.add("mitui_identity_status", view.status == status, name, status)
    ids = (actual.client_id, actual.object_id, actual.tenant_id)
    families.add("mitui_identity_info", 1, name, str(view.identity), actual.kind, *ids)
    for token in view.tokens:
        _tell_token(name, token, families, now)
    for vault in view.vaults:
        _tell_vault(name, vault, families)
    for warning in view.all_warnings:
        families.add("mitui_warning_info", 1, warning.kind, name)


def _tell_token(name: str, token: TokenView, families: _Families, now: float) -> None:
    valid = token.expires_at is not None and token.expires_at > now
    families.add("mitui_token_valid", valid, name, token.resource)
    families.add("mitui_token_expiry_timestamp_seconds", token.expires_at, name, token.resource)
    families.add("mitui_token_refresh_timestamp_seconds", token.refresh_at, name, token.resource)
    families.add("mitui_token_acquire_duration_seconds", _seconds(token.latency_ms), name, token.resource)
    if token.failure is not None:
        families.add("mitui_token_failure_info", 1, name, token.resource, token.failure.kind, token.failure.code)


def _tell_vault(name: str, vault: VaultView, families: _Families) -> None:
    for view in vault.one_each:
        found = view.result
        if found.verdict is not Verdict.UNTESTED:
            labels = (found.object_type, found.permission, str(found.verdict))
            families.add("mitui_vault_permission", 1, name, vault.vault, *labels)
    if vault.probed_at is not None:
        families.add("mitui_vault_wanted_missing", len(vault.wanted_missing), name, vault.vault)
    for stage in vault.stages:
        families.add("mitui_vault_stage_duration_seconds", _seconds(stage.latency_ms), vault.vault, stage.stage)
    expiry = vault.fact("certificate_expires_at")
    families.add("mitui_vault_certificate_expiry_timestamp_seconds", float(expiry) if expiry else None, vault.vault)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
