"""Help: every key of the table is on the page of the pane it belongs to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mitui.tui.keys.action import shown_keys
from mitui.tui.keys.actions import ACTIONS, PANES
from mitui.tui.screens.help import pane_help
from tests.tui.screens.host import Host, shown


@pytest.mark.parametrize("pane", PANES)
async def test_every_key_of_the_pane_is_there_and_no_other(pane: str) -> None:
    app = Host(pane_help(pane))
    async with app.run_test(size=(120, 120)) as pilot:
        await pilot.pause()
        text = shown(app)
        for action in ACTIONS:
            if not action.keys:
                continue
            here = not action.panes or pane in action.panes
            assert (action.description in text) == here, action.id
            if here:
                assert any(
                    line.split("│")[1].strip().startswith(f"{shown_keys(action)} ")
                    for line in text.splitlines()
                    if action.description in line
                )


async def test_a_persons_own_keys_are_shown() -> None:
    app = Host(
        pane_help(
            "tokens", tuple(replace(action, keys="ctrl+r") if action.id == "refresh" else action for action in ACTIONS)
        )
    )
    async with app.run_test(size=(120, 120)) as pilot:
        await pilot.pause()
        line = next(line for line in shown(app).splitlines() if "Ask for new tokens" in line)
        assert "ctrl+r" in line
