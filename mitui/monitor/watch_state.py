"""The refresher's memory: what is watched, and what is known of each. Snapshots are built from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mitui.claims import ActualIdentity, Claims
from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.engine.evidence import Detection, Evidence
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, Identity, ObjectId
from mitui.engine.source_kind import SourceKind
from mitui.engine.token.access_token import AccessToken
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.defaults import own_identity
from mitui.monitor.identity_view import Activity, FailureView, TokenView, WatchView
from mitui.monitor.plan import PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.snapshot import SYSTEM_NAME, USER_NAME

if TYPE_CHECKING:
    from mitui.keyvault.address import VaultAddress
    from mitui.keyvault.probe_result import PermissionResult, ProbeResult, VaultFailure

UNDETECTED: Final = Detection(SourceKind.NONE, "", "", (), ())


@dataclass(slots=True)
class TokenState:
    """One identity's token for one resource. ``token`` is the last good one, whether or not there is a ``failure``."""

    token: AccessToken | None = None
    claims_before: Claims = Claims()
    failure: TokenFailure | None = None
    also_tried: tuple[str, ...] = ()
    second_question: bool = False  # one is under way
    failures_in_a_row: int = 0
    activity: Activity | None = None
    asked_at: float | None = None
    warnings: tuple[HealthWarning, ...] = ()
    stale: HealthWarning | None = None
    failure_view: FailureView | None = None

    @property
    def settled(self) -> bool:
        return self.token is not None or (self.failure is not None and not self.second_question)


@dataclass(slots=True)
class VaultState:
    """What one identity met on one vault; ``result`` is the last whole probe."""

    result: ProbeResult | None = None
    refusal: VaultFailure | None = None
    no_token: TokenFailure | None = None
    also_tried: tuple[str, ...] = ()
    dns_works: bool | None = None  # for another name; None where none was asked for
    claims: Claims = Claims()  # of the token that was sent
    activity: Activity | None = None
    watch: WatchView | None = None
    baseline: frozenset[str] = frozenset()  # what was denied when the watch began
    awaited: bool = False  # whether something was known to be lacking then
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    advice: dict[PermissionResult, tuple[Advice, ...]] = field(default_factory=dict)
    failure_view: FailureView | None = None


@dataclass(slots=True)
class IdentityState:
    """One identity on the board, with its tokens by resource and its vaults by the text they were given as."""

    planned: PlannedIdentity
    unsupported: str = ""
    tokens: dict[str, TokenState] = field(default_factory=dict)
    vaults: dict[str, VaultState] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called: by a person, else in Azure as far as its tokens tell, else how it is selected."""
        if self.actual.kind == "user" and self.planned.name == SYSTEM_NAME:
            return USER_NAME
        spec = str(self.planned.identity)
        given = self.planned.name if self.planned.name != spec else ""
        return given or name_in_azure(self.planned.identity, self.actual) or spec

    @property
    def actual(self) -> ActualIdentity:
        """Whose tokens they are: the answer of the token that says most."""
        best = ActualIdentity()
        for state in self.tokens.values():
            if state.token is not None and (state.token.actual.object_id or best.kind == "unknown"):
                best = state.token.actual
                if best.object_id and best.kind != "unknown":
                    break
        return best


def name_in_azure(identity: Identity, actual: ActualIdentity) -> str:
    """The name of a user-assigned identity's own resource, where its token is that of the id that was asked for."""
    match identity:
        case ClientId(asked):
            same = asked.lower() == actual.client_id.lower()
        case ObjectId(asked):
            same = asked.lower() == actual.object_id.lower()
        case _:
            same = False
    return actual.resource_id.rpartition("/")[2] if same and actual.kind == "user-assigned" else ""


@dataclass(slots=True)
class WatchedVault:
    """A vault on the board: as it was given, and what its address turned out to be."""

    planned: PlannedVault
    address: VaultAddress | None = None
    refusal: VaultFailure | None = None

    @property
    def url(self) -> str:
        return self.address.url if self.address is not None else self.planned.vault


@dataclass(slots=True)
class SourceState:
    """The source and what is known of the host."""

    environment: HostEnvironment
    detection: Detection = UNDETECTED
    probe_evidence: tuple[Evidence, ...] = ()
    sdk_choices: tuple[SdkChoice, ...] = ()
    selectors: tuple[str, ...] = ("system",)
    selector_reason: str = ""
    stranger: bool = False  # something that is not IMDS answers at its address
    answered_ms: float | None = None
    answered_at: float | None = None
    checked_at: float | None = None
    failure: FailureView | None = None
    process_note: str = ""
    identity_note: str = ""
    process: ProcessFacts | None = None
    warnings: tuple[HealthWarning, ...] = ()
    federated: TokenView | None = None  # the pod's own token; its status is that of the moment it was read
    beside: HealthWarning | None = None  # IMDS answers, too, and is not the source
    faults: tuple[HealthWarning, ...] = ()  # of the SDKs that the process carries
    slow: HealthWarning | None = None  # it takes connections, and is slow to answer
    clock: HealthWarning | None = None  # this host's is off against the source's
    host: HostFacts = HostFacts()
    host_known: bool = False


@dataclass(slots=True)
class WatchState:
    """Everything. ``resources`` is None until the cloud is known, where the defaults depend on it.

    ``wanted``, ``names`` and ``removed`` are what a person chose, called otherwise and took off the board: it holds in
    every process's view, whether or not that view has the identity. ``names`` and ``removed`` are by identity spec.
    ``of_view`` is the identity that a view selects by itself, before what was wanted elsewhere, until a person selects
    one in it. ``assumed`` is what was assumed of this view's identities, ``assumptions`` all else.
    """

    source: SourceState
    identities: list[IdentityState] = field(default_factory=list)
    resources: list[PlannedResource] | None = None
    vaults: list[WatchedVault] = field(default_factory=list)
    wanted: Identity | None = None
    of_view: Identity | None = None
    wanted_before: list[Identity] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    paused: bool = False
    interval: float = 60.0
    assumptions: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    assigned: AssignedIdentities | None = None
    ready: bool = False

    @property
    def selected(self) -> int:
        """The place of the view's own or the wanted identity on the board, else the first."""
        places = {each.planned.identity: at for at, each in enumerate(self.identities)}
        return next((places[each] for each in (self.of_view, self.wanted) if each in places), 0)

    def select_by_view(self) -> None:
        """In another process's view, select what that process gets; in our own, unless a person chose otherwise."""
        environment = self.source.environment
        is_ours = environment.process_id is None
        self.of_view = None if is_ours and self.wanted is not None else own_identity(environment)

    @property
    def chosen(self) -> IdentityState | None:
        """The selected identity."""
        return self.identities[self.selected] if self.identities else None

    @property
    def settled(self) -> bool:
        """Whether every token is there or has failed."""
        return all(state.settled for identity in self.identities for state in identity.tokens.values())

    def identity(self, identity: Identity) -> IdentityState | None:
        """The state of this identity, None if it is not on the board."""
        return next((each for each in self.identities if each.planned.identity == identity), None)

    def put(self, planned: Sequence[PlannedIdentity]) -> None:
        """Watch these identities, none of which has been asked for yet."""
        self.identities = [IdentityState(each) for each in planned]

    def token(self, identity: Identity, resource: str) -> TokenState | None:
        """The state of this token, None if either is no longer on the board."""
        state = self.identity(identity)
        return state.tokens.get(resource) if state is not None else None

    def vault(self, vault: str | None) -> WatchedVault | None:
        """The vault with this URL, or as it was given; the first for None."""
        if vault is None:
            return self.vaults[0] if self.vaults else None
        return next((each for each in self.vaults if vault in (each.url, each.planned.vault)), None)

    def fill(self) -> None:
        """Give every identity a state for every resource and vault, and drop what is no longer watched."""
        resources = [each.resource for each in self.resources or ()]
        for identity in self.identities:
            identity.tokens = {each: identity.tokens.get(each) or TokenState() for each in resources}
            vaults = [] if identity.unsupported else [each.planned.vault for each in self.vaults]
            identity.vaults = {each: identity.vaults.get(each) or VaultState() for each in vaults}
