"""Draw the README's screenshots from the demo: `python screenshots/make.py` in an environment with mitui installed.

`python screenshots/make.py --comparisons FOLDER` draws what differs between every two scenarios, at both sizes, to be
looked at: 1,250 pictures, which are kept nowhere.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import Path

from mitui.cli.demo import simulated
from mitui.cli.headless import plan_for_one_look
from mitui.cli.output.exports import compared_rows
from mitui.cli.output.looking import look_once
from mitui.cli.replay import ReplayFeed
from mitui.clock import ManualClock, SystemClock
from mitui.monitor.plan import Plan
from mitui.monitor.refresher import Refresher
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.compare import compare
from mitui.report.comparison.forms import Side
from mitui.simulator.scenarios.table import SCENARIOS
from mitui.tui.app import MituiApp
from mitui.tui.screens.comparison import ComparisonScreen
from mitui.tui.settings import DashboardSettings

FOLDER = Path(__file__).parent
SETTLED_SECONDS = 15
ONE_LOOK_SECONDS = 2.0  # "slow" takes 3 s


@dataclass(frozen=True)
class Shot:
    """One picture: its file's name, the demo scenario, the size, the keys pressed once all is there, and the theme."""

    name: str
    scenario: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: str = DashboardSettings().theme


SHOTS = (
    Shot("dashboard-120x40", "vm", (120, 40)),
    Shot("dashboard-80x24", "vm", (80, 24)),
    Shot("why-120x40", "vm", (120, 40), ("3", "j", "j", "enter")),
    Shot("vault-80x24", "vm", (80, 24), ("5", "j")),
    Shot("no-endpoint-80x24", "docker", (80, 24)),
    Shot("light-120x40", "healthy", (120, 40), theme="mitui-light"),
)
COMPARED_AT = ((120, 40), (80, 24))


async def draw(shot: Shot) -> None:
    """Run the dashboard on the scenario until it has settled, press the keys, and save what is on the screen."""
    with simulated(shot.scenario, Plan()) as (plan, environment):
        plan = replace(plan, assumptions=())  # that the host is simulated need not be said in a picture of it
        clock = SystemClock()
        app = MituiApp(lambda: Refresher(plan, environment, clock), clock, settings=DashboardSettings(theme=shot.theme))
        async with app.run_test(size=shot.size) as pilot:
            async with asyncio.timeout(SETTLED_SECONDS):
                while not app.snapshot.complete:
                    await pilot.pause(0.1)
            await pilot.press(*shot.keys)
            await pilot.pause(0.2)
            save(app, shot.size, FOLDER / f"{shot.name}.svg")


def save(app: MituiApp, size: tuple[int, int], place: Path) -> None:
    """Write what is on the screen."""
    picture = app.export_screenshot(title=f"mitui at {size[0]}x{size[1]}")
    # The fonts come from another host, which a reader's browser has no reason to call.
    place.write_text(re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL), "utf-8")


async def look_at_all() -> dict[str, Snapshot]:
    """Every scenario, looked at once, one after the other: a busy machine would make them look slow."""
    found = {}
    for name in SCENARIOS:
        with simulated(name, plan_for_one_look(Plan(), ONE_LOOK_SECONDS)) as look:
            found[name], _ = await look_once(*look)
    return found


async def draw_comparisons(folder: Path) -> None:
    """Every scenario against every one, on the dashboard's own page."""
    snapshots = await look_at_all()
    for size in COMPARED_AT:
        for name, snapshot in snapshots.items():
            await draw_compared(Side(name, snapshot), [Side(*each) for each in snapshots.items()], size, folder)
            print(f"{name} at {size[0]}x{size[1]}")


async def draw_compared(one: Side, others: list[Side], size: tuple[int, int], folder: Path) -> None:
    """The replay of ``one`` with its comparison with each of the others on top."""
    clock = ManualClock(one.snapshot.generated_at)
    app = MituiApp(lambda: ReplayFeed(one.snapshot), clock, settings=DashboardSettings(live=False))
    async with app.run_test(size=size) as pilot:
        for other in others:
            rows = compared_rows(compare(one.snapshot, other.snapshot))
            await app.push_screen(ComparisonScreen(rows, one.words, other.words))
            await pilot.pause()
            save(app, size, folder / f"{one.name}_{other.name}_{size[0]}x{size[1]}.svg")
            app.pop_screen()


async def main() -> None:
    parser = argparse.ArgumentParser(description="Draw pictures of the demo.")
    parser.add_argument("--comparisons", type=Path, metavar="FOLDER", help="draw those of every two scenarios instead")
    folder = parser.parse_args().comparisons
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        await draw_comparisons(folder)
        return
    for shot in SHOTS:
        await draw(shot)
        print(f"{shot.name}.svg")


if __name__ == "__main__":
    asyncio.run(main())
