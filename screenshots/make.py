"""Draw the README's screenshots from the demo: `python screenshots/make.py` in an environment with mitui installed."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import Path

from mitui.cli.demo import simulated
from mitui.clock import SystemClock
from mitui.monitor.plan import Plan
from mitui.monitor.refresher import Refresher
from mitui.tui.app import MituiApp
from mitui.tui.settings import DashboardSettings

FOLDER = Path(__file__).parent
SETTLED_SECONDS = 15


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
            picture = app.export_screenshot(title=f"mitui at {shot.size[0]}x{shot.size[1]}")
    # The fonts come from another host, which a reader's browser has no reason to call.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    (FOLDER / f"{shot.name}.svg").write_text(picture, "utf-8")


async def main() -> None:
    for shot in SHOTS:
        await draw(shot)
        print(f"{shot.name}.svg")


if __name__ == "__main__":
    asyncio.run(main())
