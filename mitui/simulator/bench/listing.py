"""What can be simulated: a row for each scenario, kind of host, fault, and fault of a vault."""

from __future__ import annotations

from collections.abc import Iterator

from mitui.simulator.faults.table import list_faults
from mitui.simulator.kinds import KINDS
from mitui.simulator.scenarios.table import SCENARIOS
from mitui.simulator.vault.faults import list_vault_faults


def listing() -> Iterator[tuple[str, str, str]]:
    """Everything that has a name: what it is, its name, and what it does."""
    for name, kind in KINDS.items():
        yield "source", name, kind.words
    for name, scenario in SCENARIOS.items():
        yield "scenario", name, scenario.words
    for fault in list_faults():
        on = f" (on {', '.join(fault.kinds)})" if fault.kinds else ""
        yield "fault", fault.name, f"{fault.words}{on}"
    for name, words in list_vault_faults().items():
        yield "vault fault", name, words
