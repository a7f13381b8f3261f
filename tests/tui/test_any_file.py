"""Whatever a file holds that can be read, the board on it stands: every pane, every page, and it is left by q."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import HealthCheck, Phase, example, given, settings

from mitui.clock import StillClock
from mitui.diagnosis.advice import SdkChoice
from mitui.monitor.snapshot import Snapshot
from mitui.safe_text import UNSAFE
from mitui.tui.app import MituiApp
from mitui.tui.settings import DashboardSettings
from tests.report.saved.any_snapshot import SNAPSHOTS
from tests.support import snapshots
from tests.support.feeds import ScriptedFeed
from tests.tui.drawing import screen_text

_KEYS = (
    "1",
    "g",
    "enter",
    "escape",
    "G",
    "enter",
    "escape",
    "z",
    "enter",
    "escape",
    "z",
    "2",
    "enter",
    "escape",
    "3",
    "enter",
    "escape",
)
_MORE = ("4", "z", "enter", "escape", "z", "5", "enter", "escape", "6", "enter", "escape", "t", "t", "C", "escape")


_STRANGE = (SdkChoice("MSAL Moon 1.0", "imds", selectors=("moon",)), SdkChoice("MSAL Sun 1.0", "nowhere"))


async def walk(snapshot: Snapshot) -> None:
    settings = DashboardSettings(badge="saved", live=False)
    app = MituiApp(lambda: ScriptedFeed(snapshot), StillClock(snapshot.generated_at), settings=settings)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for key in (*_KEYS, *_MORE):
            await pilot.press(key)
            assert UNSAFE.search(screen_text(app).replace("\n", "")) is None
        await pilot.pause()
        assert app.is_running
        assert app.dashboard.is_attached


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(SNAPSHOTS)
@example(snapshots.failed())
@example(replace(snapshots.failed(), source=replace(snapshots.source(), sdk_choices=_STRANGE)))
def test_the_board_stands_on_any_file(snapshot: Snapshot) -> None:
    asyncio.run(walk(snapshot))
