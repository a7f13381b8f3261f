"""The Snapshot: all that a screen or a report ever sees, as one frozen tree with value equality.

Nothing here, and nothing that it imports, needs httpx or jwt. There is no token string anywhere in it.
Texts may come from outside: they pass through ``visible()`` where a view or a report uses them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from mitui.engine.host.facts import HostFacts
from mitui.engine.source_kind import SourceKind

if TYPE_CHECKING:
    from mitui.diagnosis.advice import HealthWarning, SdkChoice
    from mitui.diagnosis.sdk.carried.packages import ProcessFacts
    from mitui.engine.evidence import Evidence, SourceVerdict
    from mitui.monitor.assigned import AssignedIdentities
    from mitui.monitor.event import Event
    from mitui.monitor.identity_view import FailureView, IdentityView, Status, TokenView

Phase = Literal["starting", "ready"]
SYSTEM_NAME: Final = "system-assigned"
USER_NAME: Final = "signed-in user"
"""What answers in Cloud Shell, and on an Azure ML compute with single sign-on, where the host's own is asked for."""
GENERIC_NAMES: Final = (SYSTEM_NAME, USER_NAME)
"""Names that say what it is and not whose; nobody gave them."""
SIMULATED: Final = "this is a simulated host"
"""How the assumption begins that says so."""


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
    trouble: str = ""  # what every token met, where that is a failure of the source's own: a failure kind, or not_imds
    process_id: int | None = None  # whose view this is; None for our own
    federated: TokenView | None = None  # the pod's own token, under workload identity
    process_note: str = ""  # how that process's view differs from ours, or why it can't be read
    identity_note: str = ""  # which identity an SDK gets here, where a variable names one


@dataclass(frozen=True, slots=True)
class Stopped:
    """The refresher is not running: since when nothing here is updated, why, and when it is started again."""

    at: float
    reason: str
    next_try_at: float | None = None


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
