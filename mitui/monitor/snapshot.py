"""The Snapshot: all that a screen or a report ever sees, as one frozen tree with value equality.

Nothing here, and nothing that it imports, needs httpx or jwt. There is no token string anywhere in it.
Texts may come from outside: they pass through ``visible()`` where a view or a report uses them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from mitui.claims import ActualIdentity, Claims
from mitui.engine.evidence import SourceKind
from mitui.engine.host.facts import HostFacts
from mitui.facts import WithFacts

if TYPE_CHECKING:
    from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice, SdkMessage
    from mitui.diagnosis.sdk.carried.packages import ProcessFacts
    from mitui.engine.evidence import Evidence, SourceVerdict
    from mitui.engine.identity import Identity
    from mitui.exchange import Exchange
    from mitui.keyvault.verdict import PermissionResult, ProbeDepth, Stage, VaultModel

Status = Literal["ok", "warning", "critical", "unknown"]
TokenStatus = Literal["waiting", "ok", "expiring", "expired", "failed"]
VaultStatus = Literal["unprobed", "probing", "ok", "warning", "critical", "failed"]
Origin = Literal["default", "environment", "option", "config", "state"]
Phase = Literal["starting", "ready"]
UNASKED: Final[frozenset[Origin]] = frozenset({"default", "environment", "state"})
"""Where an identity came from that nobody asked for by option or config."""


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


@dataclass(frozen=True, slots=True)
class SourceView:
    """The detected source. ``answered_ms`` is the latency of the last probe or token call, None before one."""

    kind: SourceKind = SourceKind.NONE
    label: str = ""
    endpoint: str = ""
    evidence: tuple[Evidence, ...] = ()
    verdicts: tuple[SourceVerdict, ...] = ()
    sdk_choices: tuple[SdkChoice, ...] = ()
    selectors: tuple[str, ...] = ("system",)  # which of system, client_id, object_id, resource_id this source takes
    selector_reason: str = ""  # why the others are not taken
    answered_ms: float | None = None
    answered_at: float | None = None  # when it last answered in this run; a failure after that is news
    checked_at: float | None = None
    failure: FailureView | None = None  # no endpoint here, and why
    process_id: int | None = None  # whose view this is; None for our own
    federated: TokenView | None = None  # the pod's own token, under workload identity
    process_note: str = ""  # how that process's view differs from ours, or why it can't be read


@dataclass(frozen=True, slots=True)
class Event:
    """Something the refresher did. ``subject`` names the identity, resource or vault it was about."""

    at: float
    level: Literal["info", "ok", "warning", "error"]
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The refresher is not running: since when nothing here is updated, why, and when it is started again."""

    at: float
    reason: str
    next_try_at: float | None = None


@dataclass(frozen=True, slots=True)
class AssignedIdentities:
    """The answer to "which identities are assigned to this host", asked of ARM on request; or why there is none."""

    asked_at: float
    identities: tuple[tuple[str, str, str], ...] = ()  # (resource ID or "system", client ID, object ID)
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything at one moment. Two snapshots that differ only in ``generated_at`` are equal, and repaint nothing."""

    generated_at: float = field(default=0.0, compare=False)
    phase: Phase = "starting"
    status: Status = "unknown"
    host: HostFacts = HostFacts()
    source: SourceView = SourceView()
    warnings: tuple[HealthWarning, ...] = ()
    identities: tuple[IdentityView, ...] = ()
    selected: int = 0
    events: tuple[Event, ...] = ()  # oldest first, bounded
    assumptions: tuple[str, ...] = ()  # what was assumed because nothing was configured
    assigned: AssignedIdentities | None = None
    process: ProcessFacts | None = None  # whose view of the host this is; None for our own
    paused: bool = False
    stopped: Stopped | None = None
    interval: float = 60.0  # seconds between health checks
    next_check_at: float | None = None
    complete: bool = False  # every token has settled and every probe that was due at the start has ended

    @property
    def identity(self) -> IdentityView | None:
        """The selected identity, None when there is none."""
        return self.identities[self.selected] if 0 <= self.selected < len(self.identities) else None
