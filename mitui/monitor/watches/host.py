"""Detects the source, asks who the host is, and finds out whether anything answers as IMDS."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mitui.clock import Clock
from mitui.defect import describe
from mitui.diagnosis.environment_lint import lint
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.sdk.default_credential import identity_note
from mitui.diagnosis.sdk.faults import fault_warnings, known_faults, with_faults
from mitui.diagnosis.source_warnings import slow_endpoint_warning
from mitui.engine.detection import detect
from mitui.engine.evidence import Detection
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.lookup import KUBELET_IDENTITY, host_facts
from mitui.engine.selectors import supported_selectors, unsupported_reason
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.registry import source_of
from mitui.engine.token.notice import Notice
from mitui.monitor.events import EventLog
from mitui.monitor.identity_view import FailureView
from mitui.monitor.plan import Plan
from mitui.monitor.session import Session
from mitui.monitor.watch_state import WatchState

if TYPE_CHECKING:
    from mitui.engine.asking.health_check import ImdsProbe

PROBE_TIMEOUT: Final = 2.0
BESIDE_TIMEOUT: Final = 1.0
NO_ENDPOINT: Final = "no managed identity endpoint here"


class HostWatch:
    """Keeps the source state of the board current."""

    def __init__(self, plan: Plan, watched: WatchState, log: EventLog, clock: Clock, ours: HostEnvironment) -> None:
        self._plan = plan
        self._watched = watched
        self._log = log
        self._clock = clock
        self._ours = ours
        self.silence: TokenFailure | None = None
        self._ours_silent = False  # as it was when our own view was last looked at

    def look_as(self, process_id: int | None) -> str:
        """Take that process's view of the host, our own for None; the reason if it can't be read, else ""."""
        source = self._watched.source
        if process_id is None:
            source.environment, source.process_note = self._ours, ""
            return ""
        from mitui.engine.host.process_environment import ProcessUnreadable, environment_of
        from mitui.monitor.process_view import view_note

        view = environment_of(process_id)
        if isinstance(view, ProcessUnreadable):
            return view.message
        if source.environment.process_id is None:
            self._ours_silent = self.silence is not None
        note = view_note(self._ours, view, silent=self._ours_silent)
        source.environment, source.process_note = view, note
        return ""

    def unreadable(self, process_id: int, message: str) -> None:
        """There is no view of the host at all: the process that was asked for can't be read."""
        from mitui.diagnosis.sdk.carried.running_process import process_name

        self._watched.source.process = ProcessFacts(process_id, process_name(process_id), note=message)
        self._watched.source.failure = FailureView(FailureKind.PROCESS_UNREADABLE, message, self._clock.now())
        self._log.add("error", "source", message)

    def detect(self) -> Detection:
        """Detect the source from variables and files; nothing is sent."""
        source = self._watched.source
        found = detect(source.environment)
        if found != source.detection:
            known, source.detection = source.detection, found
            self._choose()
            source.identity_note = identity_note(source.environment, found.source)
            source.selectors = supported_selectors(found.source)
            chosen = source_of(found.source)
            source.selector_reason = chosen.selector_reason if chosen is not None else ""
            was = f"; before, it was {known.label}" if known.label not in ("", found.label) else ""
            self._log.add("info", "source", f"detected {found.label}{was}")
        self.judge_identities()
        return found

    def _choose(self) -> None:
        """Say what each SDK would do here, and what is known against those that the process carries."""
        source = self._watched.source
        carried = source.process.sdks if source.process is not None else ()
        choices = sdk_choices(source.environment, carried)
        silent = self.silence is not None
        found = tuple(known_faults(carried, str(source.detection.source), source.environment, silent=silent))
        source.sdk_choices = tuple(with_faults(choices, found))
        source.faults = fault_warnings(found)

    def judge_identities(self) -> None:
        """Say which identities on the board this source can't select."""
        kind = self._watched.source.detection.source
        for each in self._watched.identities:
            each.unsupported = unsupported_reason(kind, each.planned.identity)
        self.lint()

    def lint(self) -> None:
        """Look over the environment for what will bite somebody."""
        source, watched = self._watched.source, self._watched
        resources = [each.resource for each in self._plan.resources] or [
            each.resource for each in watched.resources or ()
        ]
        identities = [each.planned.identity for each in watched.identities]
        now = self._clock.now()
        source.warnings = lint(source.environment, source.detection, identities, resources, now)
        source.federated = None
        if source.detection.source is SourceKind.WORKLOAD_IDENTITY:
            from mitui.monitor.watches.federated import federated_view

            source.federated = federated_view(source.environment, source.host, now)

    async def learn_process(self) -> None:
        """Find out what the process is whose view this is, and which SDKs it carries."""
        from mitui.diagnosis.sdk.carried.inspection import inspect_process

        source = self._watched.source
        process_id = source.environment.process_id
        if process_id is None:
            return
        try:
            source.process = await inspect_process(process_id, source.environment.variables)
        except Exception as error:  # noqa: BLE001 - a defect here costs this one answer and nothing else
            source.process = ProcessFacts(process_id, note=describe(error))
            self._log.add("error", "mitui", describe(error))
        self._choose()

    async def learn_host(self, session: Session) -> None:
        """Ask for the host's facts; they stay empty where nothing tells."""
        facts = await host_facts(
            session.environment,
            session.detection,
            session.client,
            self._clock,
            allow_endpoints=self._plan.allow_endpoints,
        )
        self._watched.source.host, self._watched.source.host_known = facts, True

    async def probe(self, session: Session) -> bool:
        """Whether there is an endpoint worth asking. Only IMDS is probed: every other source was named to us."""
        source = self._watched.source
        if session.detection.source is not SourceKind.IMDS:
            source.checked_at = self._clock.now()
            return True
        from mitui.engine.asking.health_check import Answerer, probe_imds

        probe = await probe_imds(
            session.environment,
            session.client,
            self._clock,
            timeout=min(PROBE_TIMEOUT, self._plan.timeout or PROBE_TIMEOUT),
            allow_endpoints=self._plan.allow_endpoints,
        )
        silent = probe.answerer is Answerer.SILENT
        source.checked_at, source.answered_ms = self._clock.now(), None if silent else probe.latency_ms
        source.probe_evidence, source.stranger = (probe.evidence,), probe.answerer is Answerer.OTHER
        self._note_slowness(probe.message if silent else "")
        # Something unknown that answers may still hand out tokens: an emulator, or an agent in a cluster. So may
        # something that takes its time; whether it does, its tokens will tell.
        if probe.is_imds or probe.answerer in (Answerer.OTHER, Answerer.SILENT):
            if probe.is_imds:
                source.answered_at = self._clock.now()
                self._note_skew(probe.skew)
            self._recover()
            return True
        self._fall_silent(probe)
        return False

    async def look_beside(self, session: Session) -> None:
        """In a pod with an identity of its own, whether the node's can be had as well: IMDS is asked for no token."""
        source = self._watched.source
        source.beside = None
        if session.detection.source is not SourceKind.WORKLOAD_IDENTITY:
            return
        from mitui.diagnosis.workload_identity import node_identity_beside
        from mitui.engine.asking.health_check import probe_imds

        probe = await probe_imds(
            session.environment,
            session.client,
            self._clock,
            timeout=BESIDE_TIMEOUT,
            allow_endpoints=self._plan.allow_endpoints,
        )
        if not probe.is_imds:
            return
        node = await host_facts(
            session.environment,
            replace(session.detection, source=SourceKind.IMDS),
            session.client,
            self._clock,
            allow_endpoints=self._plan.allow_endpoints,
        )
        source.beside = node_identity_beside(dict(node.detail).get(KUBELET_IDENTITY, ""))
        source.probe_evidence = (probe.evidence,)

    def dress(self) -> None:
        """Make the texts that depend on the host's facts anew."""
        source = self._watched.source
        if self.silence is not None:
            from mitui.monitor.watches.also_tried import about_silence
            from mitui.monitor.watches.failure_views import token_failure_view

            also_tried = about_silence(self.silence, source.environment)
            source.failure = token_failure_view(self.silence, source.host, source.environment, also_tried)

    def _recover(self) -> None:
        if self.silence is not None:
            self._log.add("ok", "source", "the endpoint answers again")
            self.silence = None
            self._choose()
        self._watched.source.failure = None

    def _note_slowness(self, message: str) -> None:
        """Warn of an endpoint that is slow to answer, as ``message`` says; "" takes the warning back."""
        source = self._watched.source
        if not message:
            source.slow = None
            return
        if source.slow is None:
            self._log.add("warning", "source", message)
        source.slow = slow_endpoint_warning(message)

    def _note_skew(self, skew: Notice | None) -> None:
        """Warn of a clock that is off, or take that back."""
        source = self._watched.source
        if skew is None:
            source.clock = None
            return
        from mitui.diagnosis.notices import warning_of

        if source.clock is None:
            self._log.add("warning", "source", skew.message)
        source.clock = warning_of(skew, source.host, source.environment)

    def _fall_silent(self, probe: ImdsProbe) -> None:
        answered_at = self._watched.source.answered_at
        what = NO_ENDPOINT
        if answered_at is not None:
            what = f"{self._watched.source.detection.label} answered earlier and answers no more"
        if self.silence is None:
            self._log.add("error", "source", f"{what}: {probe.message}")
        self.silence = TokenFailure(
            _kind_of(probe) if answered_at is not None else FailureKind.NO_ENDPOINT,
            f"{what}: {probe.message}",
            str(SourceKind.IMDS),
            "",
            "",
            http_status=probe.exchange.status if probe.exchange is not None else None,
            attempts=1,
            failed_at=self._clock.now(),
            exchanges=(probe.exchange,) if probe.exchange is not None else (),
            facts=(("verdict", str(probe.answerer)),),
        )
        self.dress()
        self._choose()


def _kind_of(probe: ImdsProbe) -> FailureKind:
    """The failure of an endpoint that is there, as a token request would have met it."""
    from mitui.engine.asking.acquisition import KIND_OF_PROBLEM

    return FailureKind.NO_ENDPOINT if probe.problem is None else KIND_OF_PROBLEM[probe.problem]
