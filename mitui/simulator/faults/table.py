"""Every fault by its name."""

from __future__ import annotations

from typing import Final

from mitui.simulator.faults.fault import Fault
from mitui.simulator.faults.of_entra import ENTRA_FAULTS
from mitui.simulator.faults.of_sources import SOURCE_FAULTS
from mitui.simulator.faults.of_transport import TRANSPORT_FAULTS

FAULTS: Final = {fault.name: fault for fault in (*SOURCE_FAULTS, *ENTRA_FAULTS, *TRANSPORT_FAULTS)}


def find_fault(name: str, kind: str) -> Fault:
    """The fault of this name that a host of ``kind`` can have. Raises ValueError, saying which it can have."""
    fault = FAULTS.get(name)
    if fault is None or (fault.kinds and kind not in fault.kinds):
        known = ", ".join(each.name for each in list_faults(kind))
        trouble = "there is no fault" if fault is None else f"a simulated {kind} host has no fault"
        raise ValueError(f"{trouble} {name!r}; it has {known}")
    return fault


def list_faults(kind: str | None = None) -> tuple[Fault, ...]:
    """Every fault, or those that a host of ``kind`` can have, for documentation."""
    return tuple(fault for fault in FAULTS.values() if kind is None or not fault.kinds or kind in fault.kinds)
