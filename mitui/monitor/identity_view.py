"""What a Snapshot says of one identity: its tokens, its vaults, and what failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mitui.claims import ActualIdentity, Claims
from mitui.facts import WithFacts

if TYPE_CHECKING:
    from mitui.diagnosis.advice import Advice, HealthWarning, SdkMessage
    from mitui.engine.identity import Identity
    from mitui.exchange import Exchange
    from mitui.keyvault.probe_result import PermissionResult, Stage
    from mitui.keyvault.verdict import ProbeDepth, VaultModel
    from mitui.monitor.origin import Origin

Status = Literal["ok", "warning", "critical", "unknown"]
TokenStatus = Literal["waiting", "ok", "expiring", "expired", "failed"]
VaultStatus = Literal["unprobed", "probing", "ok", "warning", "critical", "failed"]


@dataclass(frozen=True, slots=True)
class FailureView:
    """One failure with everything the Why screen shows. ``kind`` is from a closed, documented set of words."""

    kind: str
    message: str
    at: float
    http_status: int | None = None
    code: str = ""
    exchanges: tuple[Exchange, ...] = ()
    causes: tuple[Advice, ...] = ()  # ranked, the likeliest first
    sdk_messages: tuple[SdkMessage, ...] = ()
    also_tried: tuple[str, ...] = ()  # the second question that was asked to settle it, and its answer


@dataclass(frozen=True, slots=True)
class Activity:
    """What is under way right now, in words ("waiting: IMDS is being upgraded, attempt 3"), since and until when.

    Times are epoch seconds; ``until`` is None when it is not known when it ends.
    """

    words: str
    since: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class TokenView:
    """The token of one identity for one resource. ``name`` is what a person calls the resource.

    Beside a failure, times and claims are those of the last good token, which may still be valid.
    ``claims_before`` are the claims of the token before this one, for marking what changed.
    """

    resource: str
    name: str = ""
    status: TokenStatus = "waiting"
    acquired_at: float | None = None
    expires_at: float | None = None
    refresh_at: float | None = None
    next_attempt_at: float | None = None
    latency_ms: float | None = None
    attempts: int = 0
    from_cache: bool = False
    claims: Claims = Claims()
    claims_before: Claims = Claims()
    exchanges: tuple[Exchange, ...] = ()
    warnings: tuple[HealthWarning, ...] = ()
    failure: FailureView | None = None
    activity: Activity | None = None
    origin: Origin = "default"
    is_federated: bool = False  # the pod's own token, which is exchanged for the others


@dataclass(frozen=True, slots=True)
class PermissionView:
    """One cell of the matrix: the probe's verdict, whether it was wanted, and the way to get it if it is denied."""

    result: PermissionResult
    wanted: bool = False
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchView:
    """A propagation watch: since when it probes, how often it has, and when the wait ended (None: not yet)."""

    started_at: float
    probes: int = 0
    granted_at: float | None = None
    next_probe_at: float | None = None


@dataclass(frozen=True, slots=True)
class VaultView(WithFacts):
    """One vault as one identity sees it. The last result stays, with its age, while a new probe runs or has failed."""

    vault: str
    name: str
    status: VaultStatus = "unprobed"
    model: VaultModel = "unknown"
    depth: ProbeDepth = "read"
    tenant_id: str = ""
    token_tenant_id: str = ""
    probed_at: float | None = None
    next_probe_at: float | None = None
    stages: tuple[Stage, ...] = ()
    permissions: tuple[PermissionView, ...] = ()
    wanted_missing: tuple[str, ...] = ()  # "secrets/get"
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # as ProbeResult.facts
    requests_sent: int = 0
    client_request_id: str = ""
    failure: FailureView | None = None
    activity: Activity | None = None
    watch: WatchView | None = None
    origin: Origin = "default"

    @property
    def lacks(self) -> bool:
        """Whether something that is wanted was not found to be granted; where nothing is, whether anything is denied.

        True where that is not known yet.
        """
        if self.probed_at is None or self.failure is not None or self.wanted_missing:
            return True
        wanted = any(each.wanted for each in self.permissions)
        return not wanted and any(each.result.verdict in ("denied", "blocked") for each in self.permissions)

    @property
    def is_watched(self) -> bool:
        """Whether it is probed again and again until something is granted."""
        return self.watch is not None and self.watch.granted_at is None

    @property
    def one_each(self) -> tuple[PermissionView, ...]:
        """Each permission once, with the result that counts: the one that gives more where a secret was named."""
        from mitui.keyvault.tally import one_each  # late: a board without a vault does without

        counted = {id(each) for each in one_each(view.result for view in self.permissions)}
        return tuple(view for view in self.permissions if id(view.result) in counted)


@dataclass(frozen=True, slots=True)
class IdentityView:
    """One identity with its tokens and vaults. ``unsupported`` is the reason why this source can't select it, or ""."""

    identity: Identity
    name: str
    status: Status = "unknown"
    unsupported: str = ""
    actual: ActualIdentity = ActualIdentity()
    tokens: tuple[TokenView, ...] = ()
    vaults: tuple[VaultView, ...] = ()
    warnings: tuple[HealthWarning, ...] = ()
    origin: Origin = "default"

    @property
    def all_warnings(self) -> tuple[HealthWarning, ...]:
        """Its own warnings, then those of its tokens."""
        return (*self.warnings, *(each for token in self.tokens for each in token.warnings))
