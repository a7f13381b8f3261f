"""What becomes of a job that ended in a defect of mitui."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from mitui.defect import describe
from mitui.diagnosis.source_warnings import defect_warning
from mitui.engine.failure import FailureKind
from mitui.monitor.due_items import Arrival, AssignedAsked, HealthCheck, TokenDue, VaultDue
from mitui.monitor.snapshot import AssignedIdentities, FailureView
from mitui.monitor.watches.token import LONGEST_BACKOFF

if TYPE_CHECKING:
    from mitui.monitor.scheduler import Scheduler


def note_defect(scheduler: Scheduler, key: Hashable, error: BaseException) -> None:
    """What the job was for says so, and is tried again later; the others go on."""
    now, watched = scheduler.clock.now(), scheduler.watched
    message = describe(error)
    match key:
        case TokenDue(identity, resource):
            scheduler.tokens.break_down(identity, resource, error)
        case VaultDue(identity, name):
            scheduler.vaults.break_down(identity, name, error)
        case AssignedAsked():
            watched.assigned = AssignedIdentities(now, refusal=message)
        case Arrival():
            scheduler.broken_arrivals += 1
            wait = min(LONGEST_BACKOFF, 2.0**scheduler.broken_arrivals)
            watched.source.failure = FailureView(str(FailureKind.DEFECT), message, now)
            watched.ready = True
            scheduler.log.add("error", "mitui", message)
            scheduler.schedule.put(Arrival(), now + wait)
        case _:
            scheduler.log.add("error", "mitui", message)
            watched.source.slow = defect_warning(message)
            scheduler.schedule.put(HealthCheck(), now + watched.interval)
