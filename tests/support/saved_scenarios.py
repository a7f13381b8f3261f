"""Every scenario, looked at once over its sockets and saved, masked and not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mitui.cli.demo import simulated
from mitui.cli.headless import plan_for_one_look
from mitui.cli.output.looking import look_once
from mitui.monitor.plan import Plan
from mitui.monitor.snapshot import Snapshot
from mitui.report.redaction import Redactor
from mitui.report.saved.document import Saved, masked_copy, read_document, write_document
from mitui.simulator.scenarios.table import SCENARIOS

_IMPATIENT: Final = {"throttled": 2.5, "upgrade": 2.5, "mesh": 2.5, "slow": 2.0}
"""Hosts that make who asks wait, and for how long in seconds; the others answer at once, however slow this machine."""


@dataclass(frozen=True, slots=True)
class ScenarioFiles:
    """The files of one scenario."""

    plain: Path
    masked: Path

    def replayed(self, *, masked: bool = False) -> Snapshot:
        """What a replay of the file shows."""
        return read_document((self.masked if masked else self.plain).read_bytes()).snapshot


def save_scenarios(folder: Path) -> dict[str, ScenarioFiles]:
    """Save every scenario into this folder; those that wait do so while the others are looked at."""
    looks = asyncio.run(_look_at_all())
    return {name: _write(folder, name, looks[name]) for name in SCENARIOS}


async def _look_at_all() -> dict[str, Saved]:
    others = [name for name in SCENARIOS if name not in _IMPATIENT]
    groups = await asyncio.gather(_look_at(others), *(_look_at([name]) for name in _IMPATIENT))
    return {name: saved for group in groups for name, saved in group.items()}


async def _look_at(names: list[str]) -> dict[str, Saved]:
    found = {}
    for name in names:
        with simulated(name, plan_for_one_look(Plan(), _IMPATIENT.get(name))) as (plan, environment):
            found[name] = Saved(*await look_once(plan, environment), masked=False)
    return found


def _write(folder: Path, name: str, saved: Saved) -> ScenarioFiles:
    files = ScenarioFiles(folder / f"{name}.json", folder / f"{name}.masked.json")
    files.plain.write_text(write_document(saved))
    files.masked.write_text(write_document(masked_copy(saved, Redactor())))
    return files
